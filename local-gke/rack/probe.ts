import { CommandError, run } from "../../system/run.ts";
import { podProcess } from "./processes.ts";

/** Bash connects by itself: no client has to be installed, and no process is left when it is killed. */
const script =
  'exec 3<>"/dev/tcp/$0/$1" && printf %s "$2" >&3 && mapfile -u 3 -t lines && printf "%s\\n" "${lines[@]}"';

/** A question to a pod, sent from its node. */
export interface Question {
  /** The node's name; empty while the pod has none. */
  readonly node: string;
  /** The pod's address; empty while it has none. */
  readonly address: string;
  readonly port: number;
  readonly text: string;
  /** Milliseconds that the answer may take. */
  readonly within: number;
}

/**
 * Sends a text to a pod from the node that the pod runs on, whose connections NetworkPolicies do not restrict.
 * @returns the answer; empty where there is none in time
 */
export async function askFromNode({ node, address, ...question }: Question): Promise<string> {
  return node === "" || address === "" ? "" : await ask(`/run/netns/${node}`, { address, ...question });
}

/** A question to a program in a pod that listens only inside the pod. */
export interface LoopbackQuestion extends Pick<Question, "port" | "text" | "within"> {
  /** The pod's uid. */
  readonly uid: string;
  /** The program's name. */
  readonly program: string;
}

/**
 * Sends a text to a program in a pod, from the pod's own network namespace.
 * @returns the answer; empty where there is none in time
 */
export async function askOnLoopback({ uid, program, ...question }: LoopbackQuestion): Promise<string> {
  const process = podProcess(uid, program);
  return process === undefined
    ? ""
    : await ask(`/proc/${process.pid}/ns/net`, { address: "127.0.0.1", ...question });
}

/** @param network the file of the network namespace */
async function ask(
  network: string,
  { address, port, text, within }: Omit<Question, "node">,
): Promise<string> {
  const args = [`--net=${network}`, "bash", "-c", script, address, String(port), text];
  try {
    return await run("nsenter", args, { timeout: within });
  } catch (error) {
    if (error instanceof CommandError) {
      // A server that cannot be reached gives no answer; its state is what the caller wants to know.
      return "";
    }
    throw error;
  }
}
