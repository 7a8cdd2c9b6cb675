import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { isReady, isTerminating, nameOf, uidOf, type StatefulSet } from "../../kubernetes/objects.ts";
import type { Drill, DrillContext } from "../drill.ts";
import { readPods } from "../ensemble.ts";
import { expect } from "../errors.ts";
import type { Kubectl } from "../kubectl.ts";
import type { Pulumi } from "../pulumi.ts";
import { createTestNode, expectTestNode, testData } from "../znode.ts";

/** Row 5: the servers go, their volumes stay, and the same servers come back with their data. */
export const durable: Drill = {
  row: 5,
  name: "durable",
  section: "Providing durable storage",
  promise: "claims and data outlive the StatefulSet, and each ordinal mounts its own claim again",
  disruptive: true,
  updates: true,
  deadline: 300,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { name, pods, selector } = ensemble;
    await context.pulumi?.expectOnly();
    const saved = await kubectl.read("statefulsets", name);
    expect(saved !== undefined, `there is no StatefulSet ${name}`);
    const owner = await applier(kubectl, name);
    const claimsBefore = await claimsOf(context);
    const path = await createTestNode(context);

    const manifest = saveManifest(context, saved);
    context.putBack(`create StatefulSet ${name} again where it is missing`, async (putBack) => {
      const now = await putBack.read("statefulsets", name);
      if (isTerminating(now)) {
        await putBack.run(["wait", "--for=delete", `sts/${name}`, "--timeout=120s"]);
      }
      if (now === undefined || isTerminating(now)) {
        await createAgain(putBack, manifest, owner);
      }
    });
    await kubectl.run(["delete", "statefulsets", name]);
    await kubectl.run(["wait", "--for=delete", "pod", "-l", selector, "--timeout=120s"]);
    context.seen(`The StatefulSet and its ${pods.length} pods are gone: nobody serves.`);
    await kubectl.run(["get", "pvc", "-l", selector]);
    expect(
      isDeepStrictEqual(await claimsOf(context), claimsBefore),
      "the claims are not those that were there before the StatefulSet was deleted",
    );
    context.seen("Every claim is still there and Bound to the same volume.");

    if (context.pulumi === undefined) {
      await createAgain(kubectl, manifest, owner);
    } else {
      await createByPulumi(context.pulumi, `StatefulSet ${ensemble.namespace}/${name}`);
    }
    await kubectl.run(["rollout", "status", `sts/${name}`, "--timeout=240s"]);
    await kubectl.run(["get", "pods", "-l", selector]);
    await expectTestNode(context, pods.at(-1) ?? "", path);
    context.seen(`All servers were ended and created again, and "${testData}" is still there.`);
    await kubectl.run(["get", "pvc", "-l", selector]);
    expect(isDeepStrictEqual(await claimsOf(context), claimsBefore), "the claims are not those from before");
    await expectOwnClaims(context);
    context.seen("Each server mounts the same claim and volume as before.");
    const now = (await kubectl.read("statefulsets", name))?.spec;
    expect(isDeepStrictEqual(now, saved.spec), "the StatefulSet is not the same as before");
    if (context.pulumi === undefined) {
      context.notChecked(
        "that pulumi up creates it again: its stack is not at hand (--stack), so kubectl did.",
      );
    }
  },
};

/** The claims of the ensemble's pods: name, identity, volume and phase. @throws DrillFailure when one is not Bound */
async function claimsOf(context: DrillContext): Promise<string[]> {
  const { kubectl, ensemble } = context;
  const claims = (await kubectl.readAll("persistentvolumeclaims", "-l", ensemble.selector)).map((claim) =>
    [nameOf(claim), uidOf(claim), claim.spec?.volumeName ?? "", claim.status?.phase ?? ""].join(" "),
  );
  expect(
    claims.length >= ensemble.pods.length && claims.every((claim) => claim.endsWith(" Bound")),
    `there is not a Bound claim for each server: ${claims.join("; ") || "none"}`,
  );
  return claims.sort();
}

async function expectOwnClaims(context: DrillContext): Promise<void> {
  const { kubectl, ensemble } = context;
  for (const [ordinal, pod] of (await readPods(kubectl, ensemble)).entries()) {
    const name = ensemble.pods[ordinal] ?? "";
    const claims = (pod?.spec?.volumes ?? []).flatMap(
      (volume) => volume.persistentVolumeClaim?.claimName ?? [],
    );
    expect(
      isReady(pod) && claims.some((claim) => claim.endsWith(`-${name}`)),
      `${name} does not run with a claim of its own: ${claims.join(", ")}`,
    );
  }
}

/** Keeps the manifest in a file until the drill has put everything back, for whoever finds the StatefulSet missing. */
function saveManifest(context: DrillContext, statefulSet: StatefulSet): string {
  const folder = mkdtempSync(join(tmpdir(), "zookeeper-drill-"));
  const file = join(folder, `${context.ensemble.name}.json`);
  writeFileSync(file, JSON.stringify(manifestOf(statefulSet), null, 2));
  context.putBack(`remove ${file}`, async (putBack) => {
    // Where the StatefulSet could not be put back, this file is how it is.
    if ((await putBack.read("statefulsets", context.ensemble.name)) !== undefined) {
      rmSync(folder, { recursive: true });
    }
  });
  return file;
}

/** What was asked for, without what the cluster added. */
const manifestOf = (statefulSet: StatefulSet): StatefulSet => ({
  ...statefulSet,
  metadata: {
    ...statefulSet.metadata,
    uid: undefined,
    resourceVersion: undefined,
    generation: undefined,
    creationTimestamp: undefined,
    managedFields: undefined,
  },
  status: undefined,
});

/** Who owns the StatefulSet's fields by server-side apply, such as Pulumi; undefined where nobody does. */
async function applier(kubectl: Kubectl, name: string): Promise<string | undefined> {
  const statefulSet = await kubectl.read("statefulsets", name, "--show-managed-fields");
  return statefulSet?.metadata?.managedFields?.find(
    ({ operation, subresource }) => operation === "Apply" && subresource === undefined,
  )?.manager;
}

/** Has pulumi create again what is missing, and nothing else. */
async function createByPulumi(pulumi: Pulumi, missing: string): Promise<void> {
  await pulumi.expectOnly(({ name, op, drifted }) => name === missing && op === "create" && drifted);
  await pulumi.run("up", "--refresh", "--yes", "--skip-preview");
}

/** Creates the StatefulSet in the name of who owned its fields, so that the owner finds nothing that is another's. */
async function createAgain(kubectl: Kubectl, file: string, owner: string | undefined): Promise<void> {
  const apply = ["apply", "--server-side", "--force-conflicts", `--field-manager=${owner ?? ""}`, "-f", file];
  await kubectl.run(owner === undefined ? ["create", "-f", file] : apply);
}
