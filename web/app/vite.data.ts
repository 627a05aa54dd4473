import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

import { en } from "./src/text/en";
import { zh } from "./src/text/zh";

const examples = new URL("../../examples/", import.meta.url);

/** The files of data by their names: the texts of each language, and what a submission may begin with. */
function files(): Record<string, unknown> {
  const names = readdirSync(examples).filter((name) => name.endsWith(".json")).sort();
  return { "en.json": en, "zh.json": zh, "examples.json": names.map((name) => JSON.parse(readFileSync(new URL(name, examples), "utf8"))) };
}

/** Makes files of what the console reads when it wants it: what is no script need not be loaded and compiled to start. */
export function dataFiles(): Plugin {
  let base = "/";
  return {
    name: "data-files",
    configResolved: (config) => void (base = config.base),
    configureServer: (server) =>
      void server.middlewares.use((request, response, next) => {
        const data = files()[request.url?.slice(base.length) ?? ""];
        if (data === undefined) return next();
        response.setHeader("Content-Type", "application/json").end(JSON.stringify(data));
      }),
    generateBundle() {
      for (const [fileName, data] of Object.entries(files())) {
        // A line of its own for each text, so that a change of one is a change of one line.
        this.emitFile({ type: "asset", fileName, source: `${JSON.stringify(data, null, 1)}\n` });
      }
    },
  };
}
