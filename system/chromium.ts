import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

import { isErrno } from "./files.ts";
import { CommandError, execute } from "./run.ts";
import { largeTemporaryDir } from "./temporary.ts";

/** The Debian package with headless Chromium, and its program. */
export const chromium = "chromium";

/** A size of a window, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a page has become. */
export interface Rendered {
  /** The document, as HTML. */
  readonly document: string;
  /** What the browser logged about the page's scripts, one message a line. */
  readonly messages: readonly string[];
}

/**
 * Milliseconds of the page's own time, which stands still while it waits for an answer. A page that asks again and
 * again is never ready by itself.
 */
const pageTime = 15_000;

/** Milliseconds after which a browser hangs. */
const endsWithin = 180_000;

/** Whether Chromium is installed. */
export function hasChromium(): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, chromium), constants.X_OK);
      return true;
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EACCES"].some((code) => isErrno(error, code))) {
        return false;
      }
      throw error;
    }
  });
}

async function open(
  url: string,
  { width, height }: Size,
  what: string,
  signal: AbortSignal,
): Promise<Rendered> {
  const profile = mkdtempSync(join(largeTemporaryDir, "chromium-"));
  try {
    const args = [
      "--headless",
      // Root has no sandbox; the page is this machine's own.
      "--no-sandbox",
      "--disable-gpu",
      // In containers, /dev/shm is small.
      "--disable-dev-shm-usage",
      "--hide-scrollbars",
      "--no-first-run",
      "--enable-logging=stderr",
      `--user-data-dir=${profile}`,
      `--window-size=${width},${height}`,
      `--virtual-time-budget=${pageTime}`,
      what,
      url,
    ];
    const ending = AbortSignal.any([signal, AbortSignal.timeout(endsWithin)]);
    const { code, stdout, stderr } = await execute(chromium, args, { signal: ending });
    if (code !== 0) {
      throw new CommandError(chromium, code, stderr);
    }
    return { document: stdout, messages: stderr.split("\n").filter((line) => line.includes(":CONSOLE")) };
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Opens a page, and returns what it has become. @throws CommandError; the signal's reason where it aborts */
export async function render(url: string, size: Size, signal: AbortSignal): Promise<Rendered> {
  return await open(url, size, "--dump-dom", signal);
}

/**
 * Opens a page, and writes a picture of it.
 * @param file a PNG, which is replaced
 * @throws CommandError; Error where there is no picture then; the signal's reason where it aborts
 */
export async function screenshot(url: string, file: string, size: Size, signal: AbortSignal): Promise<void> {
  rmSync(file, { force: true });
  const { messages } = await open(url, size, `--screenshot=${resolve(file)}`, signal);
  // It ends with code 0 all the same.
  if (!existsSync(file)) {
    throw new Error([`${chromium} has written no picture to ${resolve(file)}`, ...messages].join("\n"));
  }
}
