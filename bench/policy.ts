/**
 * Measures the policy pack as the engine runs it: its start (spawn to port) and peak memory, and how long it judges a
 * stack of 1,000 resources (each one by itself, then all together) beyond an empty pack. Run it with
 * `node bench/policy.ts`; it prints medians in ms and MiB, with the budgets.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { environment, neighbours } from "../test/policy/fixtures/ensemble.ts";
import type { Registered } from "../test/policy/harness.ts";

const root = join(import.meta.dirname, "..");
const runs = Number(process.env["BENCH_RUNS"] ?? 7);
const budgets = { startMs: 400, startMiB: 140, judgeMs: 1000 };

interface Pack {
  readonly process: ChildProcess;
  readonly port: number;
  readonly startMs: number;
}

function start(folder: string): Promise<Pack> {
  const began = performance.now();
  const runner = join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    child.once("exit", (code) => {
      reject(new Error(`the pack in ${folder} ended with ${String(code)} before it printed its port`));
    });
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString();
      const port = /^(\d+)\n/.exec(printed)?.[1];
      if (port !== undefined)
        resolve({ process: child, port: Number(port), startMs: performance.now() - began });
    });
  });
}

/** Peak memory of the process so far, in MiB. */
function peakMiB({ process: child }: Pack): number {
  const status = readFileSync(`/proc/${String(child.pid)}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

async function stop({ process: child }: Pack): Promise<void> {
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await ended;
}

/** The stack: copies of an environment and its neighbours, each in a namespace of its own. */
function stackOf(size: number): readonly Registered[] {
  const copy = [...environment, ...neighbours];
  return Array.from({ length: size }, (_, i) => {
    const resource = copy[i % copy.length] ?? { type: "", name: "", props: {} };
    const group = Math.floor(i / copy.length);
    const text = JSON.stringify(resource.props).replaceAll('"default"', `"group-${group}"`);
    return { ...resource, name: `${resource.name}-${group}`, props: JSON.parse(text) as object };
  });
}

function unary<Request, Response>(
  call: (request: Request, callback: (error: Error | null, response: Response) => void) => unknown,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call(request, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

type Properties = Parameters<typeof structs.Struct.fromJavaScript>[0];

/** Time to judge the stack, in ms: Remediate and Analyze for each resource, AnalyzeStack for all, as the engine does. */
async function judgeMs(pack: Pack, stack: readonly Registered[]): Promise<number> {
  const client = new services.AnalyzerClient(`127.0.0.1:${pack.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": 2 ** 28,
    "grpc.max_send_message_length": 2 ** 28,
  });
  const urn = ({ type, name }: Registered) => `urn:pulumi:dev::bench::${type}::${name}`;
  const single = stack.map((resource) => {
    const request = new messages.AnalyzeRequest();
    request.setType(resource.type);
    request.setUrn(urn(resource));
    request.setName(resource.name);
    request.setProperties(structs.Struct.fromJavaScript(resource.props as Properties));
    request.setOptions(new messages.AnalyzerResourceOptions());
    return request;
  });
  const whole = new messages.AnalyzeStackRequest();
  whole.setResourcesList(
    stack.map((resource) => {
      const request = new messages.AnalyzerResource();
      request.setType(resource.type);
      request.setUrn(urn(resource));
      request.setName(resource.name);
      request.setProperties(structs.Struct.fromJavaScript(resource.props as Properties));
      request.setOptions(new messages.AnalyzerResourceOptions());
      return request;
    }),
  );
  const began = performance.now();
  for (const request of single) {
    await unary(client.remediate.bind(client), request);
    await unary(client.analyze.bind(client), request);
  }
  await unary(client.analyzeStack.bind(client), whole);
  const took = performance.now() - began;
  client.close();
  return took;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function emptyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), "empty-pack-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ version: "0.0.1", type: "module", main: "index.js" }),
  );
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
  writeFileSync(
    join(folder, "index.js"),
    'import { PolicyPack } from "@pulumi/policy";\nnew PolicyPack("empty", { policies: [] });\n',
  );
  return folder;
}

interface Figures {
  readonly startMs: number;
  readonly startMiB: number;
  readonly judgeMs: number;
}

async function measure(folder: string, stack: readonly Registered[]): Promise<Figures> {
  const results: Figures[] = [];
  for (let run = 0; run < runs; run++) {
    const pack = await start(folder);
    const startMiB = peakMiB(pack);
    results.push({ startMs: pack.startMs, startMiB, judgeMs: await judgeMs(pack, stack) });
    await stop(pack);
  }
  const of = (key: keyof Figures) => median(results.map((result) => result[key]));
  return { startMs: of("startMs"), startMiB: of("startMiB"), judgeMs: of("judgeMs") };
}

const stack = stackOf(1000);
const empty = emptyPack();
const baseline = await measure(empty, stack);
const ours = await measure(join(root, "policy"), stack);
rmSync(empty, { recursive: true });

const line = (what: string, value: number, budget: number, unit: string): string =>
  `${what}: ${value.toFixed(0)} ${unit} (budget ${budget} ${unit}) ${value <= budget ? "ok" : "OVER"}`;
console.log(
  `median of ${runs} runs; empty pack: start ${baseline.startMs.toFixed(0)} ms, ${baseline.startMiB.toFixed(0)} MiB, 1,000 resources ${baseline.judgeMs.toFixed(0)} ms`,
);
console.log(line("start", ours.startMs, budgets.startMs, "ms"));
console.log(line("peak memory at start", ours.startMiB, budgets.startMiB, "MiB"));
console.log(
  line("1,000 resources beyond an empty pack", ours.judgeMs - baseline.judgeMs, budgets.judgeMs, "ms"),
);
