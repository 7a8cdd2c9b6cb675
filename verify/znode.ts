import { randomBytes } from "node:crypto";

import { isReady, nameOf } from "../kubernetes/objects.ts";
import type { DrillContext } from "./drill.ts";
import { readPods, type Ensemble } from "./ensemble.ts";
import { expect } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";
import { untilAnswered } from "./wait.ts";
import { dataOf } from "./zookeeper.ts";

/** The tutorial's znode and its data. */
const tutorialNode = "/hello";
export const testData = "world";

/** The words of a zkCli.sh command against the server in the same pod. */
function zkCli(ensemble: Ensemble, ...command: string[]): string[] {
  // 2181 is what zkCli.sh itself takes.
  const server = ensemble.clientPort === 2181 ? [] : ["-server", `localhost:${ensemble.clientPort}`];
  return ["zkCli.sh", ...server, ...command];
}

/**
 * Creates the tutorial's znode through the first server, and registers its removal. If the znode already exists, it
 * stays as it is, and another path is used.
 * @returns the path
 */
export async function createTestNode(context: DrillContext): Promise<string> {
  const { ensemble, kubectl } = context;
  const first = ensemble.pods[0] ?? "";
  const look = await kubectl.quiet(["exec", first, "--", ...zkCli(ensemble, "get", tutorialNode)]);
  // Servers before 3.5 print the state of the node with it, later ones only the data; all say when there is none.
  const missing = /Node does not exist|NoNode/.test(look.stdout + look.stderr);
  expect(missing || look.code === 0, `${first} does not answer zkCli.sh: ${look.stderr.slice(-300)}`);
  const path = missing ? tutorialNode : `${tutorialNode}-${randomBytes(4).toString("hex")}`;
  if (!missing) {
    context.seen(`${tutorialNode} already exists and stays as it is; the drill uses ${path}.`);
  }
  context.putBack(`remove ${path}`, async (putBack) => {
    await removeNode(putBack, ensemble, path);
  });
  await kubectl.exec(first, ...zkCli(ensemble, "create", path, testData));
  return path;
}

/** Reads the znode through a server, shown, and expects the data that was written. */
export async function expectTestNode(context: DrillContext, pod: string, path: string): Promise<void> {
  const answer = await context.kubectl.exec(pod, ...zkCli(context.ensemble, "get", path));
  expect(dataOf(answer) === testData, `${pod} returns "${dataOf(answer)}" for ${path}, not "${testData}"`);
}

/**
 * Removes a znode through a server that is Ready, as soon as there is one.
 */
async function removeNode(kubectl: Kubectl, ensemble: Ensemble, path: string): Promise<void> {
  await untilAnswered(`${path} is removed`, kubectl.signal, async () => {
    const ready = (await readPods(kubectl, ensemble)).find(isReady);
    if (ready === undefined) {
      return false;
    }
    const command = ["exec", nameOf(ready), "--", ...zkCli(ensemble, "delete", path)];
    const { code, stdout, stderr } = await kubectl.run(command, { anyExit: true });
    return code === 0 || /Node does not exist|NoNode/.test(stdout + stderr);
  });
}
