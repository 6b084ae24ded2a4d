// Weighs what a first visit loads: the entry of index.html and all it imports statically. Fails over the limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);
const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

const html = readFileSync(new URL("index.html", dist), "utf8");
const first = new Set(["index.html"]);
const visit = (file) => {
  if (first.has(file)) return;
  first.add(file);
  if (!file.endsWith(".js")) return;
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const text = readFileSync(new URL(file, dist), "utf8");
  for (const match of text.matchAll(/(?:from|^import|;import)\s*["']\.\/([^"']+)["']/g)) visit(folder + match[1]);
};
for (const match of html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)) visit(match[1]);

let total = 0;
for (const file of first) total += weigh(file);
console.log(`first load: ${(total / 1024).toFixed(1)} KiB gzipped in ${first.size} files (limit ${LIMIT / 1024})`);
if (total > LIMIT) process.exit(1);
