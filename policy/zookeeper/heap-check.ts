import { largestHeapShare, parseJvmSize } from "../../domain/heap.ts";
import { imageName, parseImage } from "../../domain/image.ts";
import { mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count } from "../settings.ts";
import { heapInCommand, heapInFlags, hidesHeap, type Heap } from "./heap.ts";
import { commandLine } from "./sources.ts";
import { expandInShell, type Environment, type Unseen } from "./variables.ts";

/** The settings by which policies validate a heap. */
export const heapSettings = {
  maximumHeapPercent: count(
    "Largest share of the memory limit that the heap may take, in percent",
    100 * largestHeapShare,
    1,
  ),
};

/** Bytes of heap that `zkEnv.sh` gives a server by default. */
const defaultHeap = 1000 * mebibyte;

/** A heap in MiB unless it has a unit. */
function sizeInMiB(text: string): Heap | undefined {
  const size = text.trim();
  const bytes = parseJvmSize(/^\d+$/.test(size) ? `${size}m` : size);
  return bytes === undefined ? undefined : { bytes };
}

type Parse = (text: string) => Heap | undefined;

function read(parse: Parse, names: readonly string[]): readonly (readonly [string, Parse])[] {
  return names.map((name) => [name, parse]);
}

/** Variables that the JVM itself reads; any flag on the command line wins over them. */
const jvmVariables = read(heapInFlags, ["JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"]);

/** What Kafka's scripts read, the strongest first. */
const kafkaVariables = [...read(heapInFlags, ["KAFKA_OPTS", "KAFKA_HEAP_OPTS"]), ...jvmVariables];

/** What other images read, the strongest first (`zkServer.sh` puts JVMFLAGS last on the command line). */
const otherVariables = [
  ...read(heapInFlags, ["JVMFLAGS", "SERVER_JVMFLAGS"]),
  ...read(sizeInMiB, ["ZK_SERVER_HEAP", "ZOO_HEAP_SIZE", "ZK_HEAP_SIZE"]),
  ...read(heapInFlags, ["KAFKA_HEAP_OPTS", "PULSAR_MEM"]),
  ...jvmVariables,
];

/** Whether the server is started by Kafka's scripts, as in the images of Kafka and Confluent. */
function usesKafka(container: Field, command: string): boolean {
  const image = imageName(known(container.at("image").string()) ?? "");
  return /kafka|^cp-/i.test(image) || /\bzookeeper-server-start\b|\bkafka-run-class\b/.test(command);
}

/** Whether the heap without a setting is that of `zkEnv.sh`: in the official image, and in Kubernetes' own. */
function usesZkEnv(container: Field, command: string): boolean {
  const reference = known(container.at("image").string()) ?? "";
  return (
    /(?:^|\/)library\/zookeeper$/.test(parseImage(reference)?.repository ?? "") ||
    (/^(?:kubernetes-zookeeper|k8szk)$/.test(imageName(reference)) && /\bzkServer\.sh\b/.test(command))
  );
}

/** The heap of a server and its place, or why it is not seen. */
export type HeapSetting =
  | Unseen
  | { readonly state: "known"; readonly place: string; readonly heap: Heap; readonly isDefault: boolean };

/** The heap of the container: the first source that sets one, or the start script's default. */
export function heapOf(container: Field, { variables, rest }: Environment): HeapSetting {
  const command = expandInShell(commandLine(container), variables);
  const inCommand = heapInFlags(command) ?? heapInCommand(command);
  const { path: place } = container.at("command");
  if (inCommand !== undefined) {
    return { state: "known", place, heap: inCommand, isDefault: false };
  }
  // A variable that is missing here may be in a ConfigMap.
  const missing = (where: string): Unseen =>
    rest?.state === "configured" ? rest : { state: "hidden", place: where };
  if (hidesHeap(command)) {
    return missing(place);
  }
  for (const [name, parse] of usesKafka(container, command) ? kafkaVariables : otherVariables) {
    const variable = variables.get(name);
    if (variable === undefined) {
      continue;
    }
    if (variable.state !== "known") {
      return variable;
    }
    const heap = parse(variable.text);
    if (heap !== undefined) {
      return { state: "known", place: variable.place, heap, isDefault: false };
    }
    if (variable.text.includes("$")) {
      return missing(variable.place);
    }
  }
  if (rest !== undefined) {
    return rest;
  }
  return usesZkEnv(container, command)
    ? { state: "known", place: container.at("env").path, heap: { bytes: defaultHeap }, isDefault: true }
    : { state: "hidden", place: "as its image sets it" };
}

function show(bytes: number): string {
  return `${Math.round(bytes / mebibyte)}Mi`;
}

/** Validates that the heap leaves room in the container's memory limit. */
export function validateHeap(
  container: Field,
  setting: HeapSetting,
  maximumPercent: number,
  report: Report,
): void {
  if (setting.state === "unknown") {
    report.leaveOpen(`${setting.place} (heap)`);
    return;
  }
  if (setting.state !== "known") {
    report.leaveHidden(`the heap (${setting.place})`);
    return;
  }
  const { heap, isDefault, place } = setting;
  const limit = known(container.at("resources", "limits", "memory").scalar());
  const bytes = limit === undefined ? undefined : parseQuantity(limit);
  if (bytes === undefined) {
    return;
  }
  const size = "bytes" in heap ? heap.bytes : heap.share * bytes;
  if (size <= (bytes * maximumPercent) / 100) {
    return;
  }
  report.reject({
    path: place,
    observed: `${isDefault ? "no heap setting, so the start script's" : "a"} heap of ${show(size)} in a memory limit of ${show(bytes)}`,
    required: `a heap of ${maximumPercent} % of the memory limit at most (metaspace, threads and buffers need the rest)`,
    fix: `set -Xmx to ${show((bytes * maximumPercent) / 100)} or less, or raise the limit`,
  });
}
