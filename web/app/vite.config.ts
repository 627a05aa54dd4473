import { defineConfig } from "vitest/config";

import { dataFiles } from "./vite.data";

// The built files have names without hashes, so that a change of the console is a change of
// few lines in ../dist, which is committed. The server's ETags tell versions apart.
export default defineConfig({
  base: "/console/",
  plugins: [dataFiles()],
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    // A style inside the script would be refused by the page's policy.
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        entryFileNames: "console.js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
        // What others wrote changes seldom: a browser keeps it over a change of the console.
        codeSplitting: { groups: [{ name: "library", test: /node_modules/ }] },
      },
    },
  },
  test: { include: ["test/**/*.test.ts", "test/**/*.test.tsx"], setupFiles: "test/setup.ts" },
});
