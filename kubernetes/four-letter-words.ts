import { connect } from "node:net";

import { ports } from "../domain/names.ts";
import { opensPort, type Pod } from "./objects.ts";

/**
 * A command that a server answers on its client port without a session.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_4lw
 */
export type FourLetterWord = "srvr" | "mntr" | "ruok";

/** What a server says about its part in the ensemble. */
export interface ServerStatus {
  /** `leader`, `follower`, `observer` or `standalone`; undefined while the server is not in a quorum. */
  readonly mode: string | undefined;
  /** How many followers are in sync; only a leader's answer to `mntr` says so. */
  readonly syncedFollowers?: number;
}

/** Reads a server's answer to `srvr`; an empty one is that of a server that does not answer. */
export const parseSrvr = (answer: string): ServerStatus => ({ mode: /^Mode: (\S+)/m.exec(answer)?.[1] });

/** The values in a server's answer to `mntr`, by name; empty while the server is not in a quorum. */
export function parseMntr(answer: string): ReadonlyMap<string, string> {
  const lines = answer.matchAll(/^(zk_\S+(?: [^\t]+)?)\t(.*)$/gm);
  return new Map([...lines].map(([, name = "", value = ""]) => [name, value]));
}

/** What a server's answer to `mntr` says about its part in the ensemble. */
export function statusFromMntr(answer: string): ServerStatus {
  const values = parseMntr(answer);
  const synced = values.get("zk_synced_followers");
  return {
    mode: values.get("zk_server_state"),
    ...(synced === undefined ? {} : { syncedFollowers: Number(synced) }),
  };
}

/** The command that asks the server in the same pod; for `kubectl exec POD --`. */
export const askInPod = (word: FourLetterWord, port: number): string[] => [
  "sh",
  "-c",
  `printf ${word} | nc -w 3 127.0.0.1 ${port}`,
];

/** How a server is asked. */
export interface AskOptions {
  /** @default ZooKeeper's client port */
  readonly port?: number;
  /** Milliseconds that the answer may take. @default 1000 */
  readonly within?: number;
}

/**
 * Asks a server from this machine.
 * @param host its address; empty where it has none yet
 * @returns the answer; empty where there is none in time
 */
export async function ask(
  host: string,
  word: FourLetterWord,
  { port = ports.client, within = 1000 }: AskOptions = {},
): Promise<string> {
  if (host === "") {
    return "";
  }
  return await new Promise((resolve) => {
    let answer = "";
    const socket = connect({ host, port });
    const end = (result: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(end, within, "");
    socket
      .on("connect", () => socket.write(word))
      .on("data", (data) => (answer += data.toString()))
      // A server that cannot be reached gives no answer; its state is what the caller wants to know.
      .on("error", () => {
        end("");
      })
      .on("close", () => {
        end(answer);
      });
  });
}

/** Whether a server answers in plain text from outside its pod: with `clientTls: require`, only inside. */
export const answersOutside = (pod: Pod): boolean =>
  opensPort(pod, ports.client) || !opensPort(pod, ports.secureClient);
