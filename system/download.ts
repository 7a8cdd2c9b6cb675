import { createHash } from "node:crypto";
import { createWriteStream, openSync, rmSync } from "node:fs";
import { get as getPlain } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, get as getSecure } from "node:https";
import { pipeline } from "node:stream/promises";

/** A checksum as a publisher states it. */
export interface Checksum {
  readonly algorithm: "sha256" | "sha512";
  /** The sum in lower-case hexadecimal digits. */
  readonly hex: string;
}

/** A download that did not start, broke off, or is not what its checksum says. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
}

/** How long a download may take to get on. */
export interface Patience {
  /** Milliseconds in which the file must begin to arrive, redirects included. @default 5000 */
  readonly startWithin?: number;
  /** Milliseconds in which `leastBytes` must arrive, again and again until the end. @default 15000 */
  readonly stallWithin?: number;
  /** @default 262144 */
  readonly leastBytes?: number;
}

/** How a download is followed and ended. */
export interface SaveOptions {
  readonly signal: AbortSignal;
  /** Called with the number of bytes so far. */
  readonly report: (received: number) => void;
}

/** A file that has begun to arrive. One that is not wanted any more must be cancelled. */
export interface Download {
  /** Its size in bytes, as the server states it. */
  readonly size: number;
  /**
   * Writes it to a new file, which exists afterwards only where its checksum is right.
   * @throws DownloadError where it stalls, breaks off or has another checksum; the signal's reason where that aborted
   */
  readonly save: (file: string, checksum: Checksum, options: SaveOptions) => Promise<void>;
  /** Lets the rest not arrive. */
  readonly cancel: () => void;
}

/** No archive of a tool is as large; a server that states or sends more is not the right one. */
const mostBytes = 2 ** 31;

const mostRedirects = 5;

const loopback = ["127.0.0.1", "[::1]", "localhost"];

/** The addresses of a download: nobody on the way can read or change what comes from them. */
function requireSecure(url: URL): void {
  if (url.protocol === "https:" || (url.protocol === "http:" && loopback.includes(url.hostname))) {
    return;
  }
  throw new DownloadError(`${url.host} would send it over ${url.protocol.slice(0, -1)}, not https`);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Requests one address. @returns the answer, whatever it is */
async function request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  requireSecure(url);
  return await new Promise((resolve, reject) => {
    const options = { signal, headers: { "accept-encoding": "identity", "user-agent": "local-gke" } };
    const sent: ClientRequest =
      url.protocol === "https:"
        ? getSecure(url, { ...options, agent: new Agent({ proxyEnv: process.env }) })
        : getPlain(url, options);
    sent.on("response", resolve);
    sent.on("error", reject);
  });
}

/** Requests a file, and follows the redirects to it. @throws DownloadError where none of the servers has it */
async function follow(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  let next = url;
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const response = await request(next, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) {
      return response;
    }
    response.destroy();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
      throw new DownloadError(`${next.host} answers with status ${statusCode}`);
    }
    next = new URL(headers.location, next);
  }
  throw new DownloadError(`${url.host} redirects more than ${mostRedirects} times`);
}

/** The size that a server states. @throws DownloadError where it states none, or an impossible one */
function statedSize(response: IncomingMessage, host: string): number {
  const stated = response.headers["content-length"];
  const size = Number(stated);
  if (Number.isSafeInteger(size) && size > 0 && size <= mostBytes) {
    return size;
  }
  response.destroy();
  throw new DownloadError(
    stated === undefined ? `${host} states no size` : `${host} states the size ${stated}`,
  );
}

/** Ends a response that gets on too slowly. @returns ends the watch */
function watch(response: IncomingMessage, received: () => number, patience: Required<Patience>): () => void {
  let before = received();
  const timer = setInterval(() => {
    if (received() - before < patience.leastBytes) {
      response.destroy(
        new DownloadError(
          `less than ${patience.leastBytes} bytes came in ${patience.stallWithin / 1000} s, after ${received()} bytes`,
        ),
      );
    }
    before = received();
  }, patience.stallWithin);
  return () => {
    clearInterval(timer);
  };
}

/**
 * Begins to download a file over https, through the proxy that the environment names (HTTPS_PROXY, NO_PROXY).
 * @throws DownloadError where it does not begin in time; the signal's reason where that aborted
 */
export async function beginDownload(
  address: string,
  signal: AbortSignal,
  { startWithin = 5_000, stallWithin = 15_000, leastBytes = 2 ** 18 }: Patience = {},
): Promise<Download> {
  const url = new URL(address);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, startWithin);
  let response: IncomingMessage;
  let size: number;
  try {
    response = await follow(url, AbortSignal.any([signal, late.signal]));
    size = statedSize(response, url.host);
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted) {
      throw new DownloadError(`${url.host} does not answer within ${startWithin / 1000} s`);
    }
    throw error instanceof DownloadError ? error : new DownloadError(`${url.host}: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  // What breaks off before it is saved is noticed there.
  response.on("error", () => undefined);
  return {
    size,
    cancel: () => void response.destroy(),
    save: async (file, checksum, { signal: stop, report }) => {
      let received = 0;
      const hash = createHash(checksum.algorithm);
      const unwatch = watch(response, () => received, { startWithin, stallWithin, leastBytes });
      try {
        await pipeline(
          response,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              received += chunk.length;
              hash.update(chunk);
              report(received);
              yield chunk;
            }
          },
          createWriteStream(file, { fd: openSync(file, "wx") }),
          { signal: stop },
        );
        const hex = hash.digest("hex");
        if (hex !== checksum.hex) {
          throw new DownloadError(
            `what ${url.host} sent has the ${checksum.algorithm} ${hex} instead of ${checksum.hex}`,
          );
        }
      } catch (error) {
        rmSync(file, { force: true });
        stop.throwIfAborted();
        throw error instanceof DownloadError
          ? error
          : new DownloadError(`${url.host} broke off after ${received} of ${size} bytes: ${reasonOf(error)}`);
      } finally {
        unwatch();
      }
    },
  };
}
