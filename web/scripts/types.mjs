// Makes src/api/schema.ts of the platform's own description of its API. `--check` only says whether it is fresh.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));
const own = `${root}.venv/bin/python`;
const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");

const described = execFileSync(python, ["-m", "platform_api.describe"], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
const types = astToString(await openapiTS(JSON.parse(described.toString()), { defaultNonNullable: false }));
const text = `// Made by "npm run types" from the platform's OpenAPI document. Not to be edited.\n\n${types}`;

if (process.argv.includes("--check")) {
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    console.error("src/api/schema.ts is not what the platform serves now: npm run types");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
