import { render, screenshot, type Rendered } from "../system/chromium.ts";

/** What a page has noted about itself. */
export interface PageRecord {
  readonly plots: number;
  readonly points: number;
  /** How often everything was asked for, and shown. */
  readonly refreshes: number;
  /** Pixels. */
  readonly height: number;
  /** What went wrong in its scripts, one message a line; empty where nothing did. */
  readonly errors: string;
}

const unescaped = (text: string): string =>
  text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Reads what a page has noted in the attributes of its document. */
export function recordOf({ document }: Rendered): PageRecord {
  const [root = ""] = /<html\b[^>]*>/.exec(document) ?? [];
  const noted = (name: string): string =>
    unescaped(new RegExp(` data-${name}="([^"]*)"`).exec(root)?.[1] ?? "");
  return {
    plots: Number(noted("plots")),
    points: Number(noted("points")),
    refreshes: Number(noted("refreshes")),
    height: Number(noted("height")),
    errors: noted("errors"),
  };
}

/** The width of a picture in pixels: two panels beside each other. */
const width = 1280;

/** The height that a page has before its own is known. */
const firstHeight = 1024;

/**
 * Writes a picture of the whole page.
 * @param file a PNG
 * @throws Error where the page's scripts failed; CommandError of Chromium; the signal's reason
 */
export async function takePicture(url: string, file: string, signal: AbortSignal): Promise<void> {
  const { height, errors } = recordOf(await render(url, { width, height: firstHeight }, signal));
  if (errors !== "") {
    throw new Error(`the page failed:\n${errors}`);
  }
  await screenshot(url, file, { width, height: height || firstHeight }, signal);
}
