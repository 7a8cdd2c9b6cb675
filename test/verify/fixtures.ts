import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Drill } from "../../verify/drill.ts";
import type { Ensemble } from "../../verify/ensemble.ts";
import { runDrill } from "../../verify/runner.ts";

/** The tutorial's ensemble. */
export const zk: Ensemble = {
  name: "zk",
  namespace: "default",
  pods: ["zk-0", "zk-1", "zk-2"],
  selector: "app=zk",
  headless: "zk-hs",
  client: "zk-cs",
  budget: "zk-pdb",
  container: "kubernetes-zookeeper",
  clientPort: 2181,
};

/** A drill that does this. */
export function drill(parts: Partial<Drill> = {}): Drill {
  return {
    row: 1,
    name: "one",
    section: "One",
    promise: "one holds",
    disruptive: false,
    deadline: 10,
    run: () => Promise.resolve(),
    ...parts,
  };
}

/** A folder at the front of PATH with a stand-in for kubectl, until `remove`. */
export class FakeKubectl {
  readonly #folder = mkdtempSync(join(tmpdir(), "fake-kubectl-"));
  readonly #path = process.env["PATH"];

  /** @param body a shell script; `$*` are the arguments after the namespace */
  constructor(body: string) {
    const file = join(this.#folder, "kubectl");
    // Every command comes with -n NAMESPACE, or --context NAME before that.
    const script = `#!/bin/sh\n[ "$1" = --context ] && shift 2\nshift 2\necho "$*" >>'${this.#log}'\n${body}\n`;
    writeFileSync(file, script);
    chmodSync(file, 0o755);
    process.env["PATH"] = `${this.#folder}:${this.#path ?? ""}`;
  }

  /** Puts a stand-in for another command beside it. @param body a shell script */
  beside(command: string, body: string): void {
    writeFileSync(join(this.#folder, command), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  get #log(): string {
    return join(this.#folder, "log");
  }

  /** The arguments of every command so far, one a line. */
  get commands(): string[] {
    return readFileSync(this.#log, "utf8").trimEnd().split("\n");
  }

  remove(): void {
    process.env["PATH"] = this.#path;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const object = (kind: string, name: string, rest: object): string =>
  JSON.stringify({
    kind,
    metadata: { name, namespace: kind === "Node" ? undefined : "default", generation: 1 },
    ...rest,
  });

/** A shell script that answers as a healthy ensemble of one server would; lines before it may answer otherwise. */
export function healthyAnswers(): string {
  const pod = {
    spec: { nodeName: "node-0" },
    status: { phase: "Running", podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] },
  };
  const statefulSet = {
    spec: {
      replicas: 1,
      serviceName: "zk-hs",
      selector: { matchLabels: { app: "zk" } },
      template: { metadata: { labels: { app: "zk" } }, spec: { containers: [{ name: "server" }] } },
    },
    status: { observedGeneration: 1, currentRevision: "a", updateRevision: "a", readyReplicas: 1 },
  };
  const node = { status: { conditions: [{ type: "Ready", status: "True" }] } };
  return `case "$*" in
"get statefulsets zk "*) echo '${object("StatefulSet", "zk", statefulSet)}' ;;
"get pods -l app=zk -o json") echo '{"items": [${object("Pod", "zk-0", pod)}]}' ;;
"get nodes -o json") echo '{"items": [${object("Node", "node-0", node)}]}' ;;
"get services -o json" | "get poddisruptionbudgets -o json") echo '{"items": []}' ;;
*srvr*) echo "Mode: leader" ;;
esac`;
}

/**
 * Runs a drill on one healthy server.
 * @param body a shell script that answers some commands, and exits then
 * @returns the outcome, with the message if there is one
 */
export async function outcomeOf(
  one: Drill,
  body: string,
  ensemble: Partial<Ensemble> = { budget: undefined },
): Promise<string> {
  const fake = new FakeKubectl(`${body}\n${healthyAnswers()}`);
  try {
    const { outcome, message } = await runDrill(one, {
      target: { namespace: "default" },
      ensemble: { ...zk, pods: ["zk-0"], ...ensemble },
      disruptive: false,
      interrupt: new AbortController().signal,
      print: () => undefined,
    });
    return [outcome, ...(message === undefined ? [] : [message])].join(": ");
  } finally {
    fake.remove();
  }
}
