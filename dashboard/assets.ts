import { readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";

/** A file that the server has for the page. */
export interface Asset {
  readonly type: string;
  readonly content: string;
}

const page = join(import.meta.dirname, "page");

/** Where npm has installed the plotting library. */
const plotter = dirname(createRequire(import.meta.url).resolve("uplot"));

const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";

const read = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

/** The modules of the page's script, by their names. Browsers read JavaScript, so types are taken away. */
const modules = ["alerts", "data", "format", "main", "panel", "plot", "record"] as const;

/** Reads the files of the page, by their paths. */
export function readAssets(): Readonly<Record<string, Asset>> {
  return {
    "/": { type: "text/html; charset=utf-8", content: read(page, "index.html") },
    "/icon.svg": { type: "image/svg+xml", content: read(page, "icon.svg") },
    "/page/style.css": { type: style, content: read(page, "style.css") },
    ...Object.fromEntries(
      modules.map((name) => [
        `/page/${name}.ts`,
        { type: script, content: stripTypeScriptTypes(read(page, `${name}.ts`)) },
      ]),
    ),
    "/uplot.css": { type: style, content: read(plotter, "uPlot.min.css") },
    "/uplot.js": { type: script, content: read(plotter, "uPlot.iife.min.js") },
  };
}
