import { askInPod } from "../kubernetes/four-letter-words.ts";
import { isReady, nameOf, restartsOf } from "../kubernetes/objects.ts";
import type { Ensemble } from "./ensemble.ts";
import { messageOf } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";

/** How many lines of each log and of the events are kept. */
const tail = 60;

/**
 * The state of the ensemble after a failure, as text: objects, events, the last logs and every server's `srvr`. A
 * command that fails is replaced by its error.
 */
export async function gather(kubectl: Kubectl, ensemble: Ensemble): Promise<string> {
  const { selector } = ensemble;
  const general = [
    ["get", "pods", "-l", selector, "-o", "wide"],
    ["get", "statefulset,poddisruptionbudget,service,endpointslices,pvc", "-o", "wide"],
    ["get", "nodes", "-o", "wide"],
    ["get", "events", "--sort-by=.lastTimestamp"],
  ];
  const sections: string[] = [];
  for (const args of general) {
    sections.push(await section(kubectl, args));
  }
  for (const args of await podCommands(kubectl, ensemble)) {
    sections.push(await section(kubectl, args));
  }
  return sections.join("\n\n");
}

/** The commands that show each pod, with more detail for unhealthy ones. */
async function podCommands(kubectl: Kubectl, ensemble: Ensemble): Promise<string[][]> {
  const { selector, container, clientPort } = ensemble;
  const answer = await section(kubectl, ["get", "pods", "-l", selector, "-o", "name"]);
  const names = [...answer.matchAll(/^pod\/(\S+)$/gm)].map(([, name]) => name ?? "");
  const commands: string[][] = [];
  for (const name of names) {
    const pod = await kubectl.read("pods", name);
    if (pod === undefined) {
      continue;
    }
    const logs = ["logs", nameOf(pod), "-c", container, `--tail=${tail}`];
    commands.push(["exec", name, "-c", container, "--", ...askInPod("srvr", clientPort)]);
    if (!isReady(pod)) {
      commands.push(["describe", "pod", name]);
    }
    if (pod.status?.phase !== "Pending") {
      commands.push(logs);
    }
    if (restartsOf(pod) > 0) {
      commands.push([...logs, "--previous"]);
    }
  }
  return commands;
}

async function section(kubectl: Kubectl, args: readonly string[]): Promise<string> {
  const title = `$ ${kubectl.commandLine(args)}`;
  try {
    const { stdout, stderr } = await kubectl.quiet(args);
    const lines = (stdout + stderr).trimEnd().split("\n");
    const kept = args.includes("events") ? lines.slice(-tail) : lines;
    return [title, ...kept].join("\n");
  } catch (error) {
    return `${title}\n(${messageOf(error)})`;
  }
}
