import { serverPolicy } from "../define.ts";
import { largestHeapShare, parseJvmSize } from "../../domain/heap.ts";
import { mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { containersOf } from "../kubernetes/workload.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count } from "../settings.ts";
import { heapInCommand, heapInFlags, type Heap } from "../zookeeper/heap.ts";
import { commandLine, variable } from "../zookeeper/sources.ts";

/** Bytes of heap that `zkEnv.sh` gives a server by default. */
const defaultHeap = 1000 * mebibyte;

/** Variables with JVM flags, the strongest first (`zkServer.sh` puts JVMFLAGS last on the command line). */
const flagVariables = ["JVMFLAGS", "SERVER_JVMFLAGS"];

/** Variables with a heap in MiB unless they have a unit, the strongest first. */
const sizeVariables = ["ZK_SERVER_HEAP", "ZOO_HEAP_SIZE", "ZK_HEAP_SIZE"];

/** Variables that the JVM itself reads; any flag on the command line wins over them. */
const jvmVariables = ["JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"];

/** Where the heap is set, what it is, or that it is not known yet. */
interface HeapSource {
  readonly field: Field;
  readonly heap: Heap | undefined;
  readonly open: boolean;
}

function sourceOf(container: Field, name: string, parse: (text: string) => Heap | undefined): HeapSource[] {
  const entry = variable(container, name);
  if (entry === undefined) {
    return [];
  }
  const field = entry.at("value");
  const text = known(field.string());
  const open = field.unknown || !entry.at("valueFrom").absent;
  return [{ field, heap: text === undefined ? undefined : parse(text), open }];
}

function sizeInMiB(text: string): Heap | undefined {
  const size = text.trim();
  const bytes = parseJvmSize(/^\d+$/.test(size) ? `${size}m` : size);
  return bytes === undefined ? undefined : { bytes };
}

/** The heap of the container: the first source that sets one, or the start script's default. */
function heapOf(container: Field): HeapSource {
  const command = commandLine(container);
  const sources: readonly HeapSource[] = [
    { field: container.at("command"), heap: heapInFlags(command) ?? heapInCommand(command), open: false },
    ...flagVariables.flatMap((name) => sourceOf(container, name, heapInFlags)),
    ...sizeVariables.flatMap((name) => sourceOf(container, name, sizeInMiB)),
    ...jvmVariables.flatMap((name) => sourceOf(container, name, heapInFlags)),
  ];
  const env = container.at("env");
  const unnamed = env.unknown || items(env).some((entry) => entry.at("name").unknown);
  const fallback: HeapSource = {
    field: env,
    heap: unnamed ? undefined : { bytes: defaultHeap },
    open: unnamed,
  };
  return sources.find(({ heap, open }) => heap !== undefined || open) ?? fallback;
}

function show(bytes: number): string {
  return `${Math.round(bytes / mebibyte)}Mi`;
}

function validateHeap(container: Field, maximumPercent: number, report: Report): void {
  const { field, heap, open } = heapOf(container);
  if (open) {
    report.leaveOpen(`${field.path} (heap)`);
    return;
  }
  const limit = container.at("resources", "limits", "memory").scalar();
  const bytes = limit.state === "known" ? parseQuantity(limit.value) : undefined;
  if (bytes === undefined || heap === undefined) {
    return;
  }
  const size = "bytes" in heap ? heap.bytes : heap.share * bytes;
  if (size <= (bytes * maximumPercent) / 100) {
    return;
  }
  const isDefault = field.path.endsWith(".env");
  report.reject({
    path: field.path,
    observed: `${isDefault ? "no heap setting, so the start script's" : "a"} heap of ${show(size)} in a memory limit of ${show(bytes)}`,
    required: `a heap of ${maximumPercent} % of the memory limit at most (metaspace, threads and buffers need the rest)`,
    fix: `set -Xmx to ${show((bytes * maximumPercent) / 100)} or less, or raise the limit`,
  });
}

function validateContainer(container: Field, report: Report): void {
  const resources = container.at("resources");
  const request = resources.at("requests", "memory");
  const limit = resources.at("limits", "memory");
  const quantity = {
    holds: (value: number | string) => (parseQuantity(value) ?? 0) > 0,
    fix: "set requests.memory and limits.memory to the same quantity",
  };
  const required = "a memory limit equal to the request (otherwise the node may take the memory back)";
  report.check(limit.scalar(), { ...quantity, absent: "rejected", required });
  // A missing request is the limit.
  report.check(request.scalar(), { ...quantity, absent: "accepted", required });
  const [asked, most] = [known(request.scalar()), known(limit.scalar())].map((v) => v && parseQuantity(v));
  if (asked !== undefined && most !== undefined && asked !== most) {
    report.reject({
      path: request.path,
      observed: `not the limit (${String(known(limit.scalar()))})`,
      required,
      fix: quantity.fix,
    });
  }
  // A missing request is the limit, also for CPU.
  const [cpu, cpuLimit] = [resources.at("requests", "cpu"), resources.at("limits", "cpu")];
  report.check((cpu.absent && !cpuLimit.absent ? cpuLimit : cpu).scalar(), {
    holds: (value) => (parseQuantity(value) ?? 0) > 0,
    absent: "rejected",
    required:
      "a CPU request (otherwise the server is the first to starve on a busy node, and misses its ticks)",
    fix: "set requests.cpu",
  });
}

/**
 * A server that is killed for memory or starved of CPU leaves the quorum for no reason of its own.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_commonProblems ("incorrect Java heap size")
 */
export const resources = serverPolicy({
  name: "resources",
  description:
    "ZooKeeper's memory is reserved, its CPU requested, and its heap leaves room in the memory limit",
  settings: {
    maximumHeapPercent: count(
      "Largest share of the memory limit that the heap may take, in percent",
      100 * largestHeapShare,
      1,
    ),
  },
  enforcementLevel: "mandatory",
  validate: ({ pod, container: server }, report, settings) => {
    report.elements(pod.at("containers"));
    for (const { field, role } of containersOf(pod)) {
      if (role === "container" || role === "sidecar") {
        validateContainer(field, report);
      }
    }
    validateHeap(server, settings.maximumHeapPercent, report);
  },
});
