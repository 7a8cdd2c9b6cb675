import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { escapeHtml, type Html } from "./html.ts";

const { resolve } = createRequire(import.meta.url);

const read = (path: string): string => readFileSync(path, "utf8");

/** A hash by which a Content-Security-Policy names a script or a style of the page. */
const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** What may be in an element that ends with `</NAME>`. @throws Error where the text would end it */
function within(name: "script" | "style", text: string): string {
  if (text.toLowerCase().includes(`</${name}`)) {
    throw new Error(`a ${name} of the page contains its own end`);
  }
  return text;
}

/**
 * A page that needs no other file and makes no request: its policy allows only the scripts and styles that are in it.
 * @param title plain text
 */
export function renderPage(title: string, body: Html): string {
  const scripts = [
    read(resolve("uplot/dist/uPlot.iife.min.js")),
    read(join(import.meta.dirname, "draw.js")),
  ].map((text) => within("script", text));
  const styles = [
    read(resolve("uplot/dist/uPlot.min.css")),
    read(join(import.meta.dirname, "style.css")),
  ].map((text) => within("style", text));
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(" ")}`,
    `style-src ${styles.map(hash).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${styles.map((text) => `<style>${text}</style>`).join("\n")}
</head>
<body>
<main>
${body.text}
</main>
<noscript><p>The plots need JavaScript. The tables have the same values.</p></noscript>
${scripts.map((text) => `<script>${text}</script>`).join("\n")}
</body>
</html>
`;
}
