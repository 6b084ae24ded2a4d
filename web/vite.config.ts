import { defineConfig } from "vitest/config";

const api = process.env.SFERA_API ?? "http://127.0.0.1:7800";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Inlined assets and the preload helper's inline script would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // hls.js, which is loaded where something is played.
    chunkSizeWarningLimit: 640,
  },
  server: { host: "127.0.0.1", proxy: { "/api": { target: api, changeOrigin: false } } },
  preview: { host: "127.0.0.1", proxy: { "/api": { target: api, changeOrigin: false } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
