import { createHash } from "node:crypto";

import { expect } from "chai";

import { html } from "../../report/html.ts";
import { renderPage } from "../../report/page.ts";

describe("a page", () => {
  const text = renderPage("a <title>", html`<h1>${"a <b>"}</h1>`);

  it("has its title and body, and needs no other file", () => {
    expect(text).to.contain("<title>a &lt;title&gt;</title>").and.to.contain("<h1>a &lt;b&gt;</h1>");
    expect(text).to.match(/^<!doctype html>\n<html lang="en">/);
    expect(text).not.to.match(/<(?:link|img|iframe|script[^>]+src)\b/);
  });

  it("allows exactly the scripts and styles that are in it, and nothing else", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? "";
    const hashesOf = (element: string) =>
      [...text.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))].map(
        ([, content = ""]) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`,
      );
    const [scripts, styles] = [hashesOf("script"), hashesOf("style")];
    expect([scripts.length, styles.length]).to.deep.equal([2, 2]);
    expect(policy.split("; ")).to.deep.equal([
      "default-src 'none'",
      `script-src ${scripts.join(" ")}`,
      `style-src ${styles.join(" ")}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });
});
