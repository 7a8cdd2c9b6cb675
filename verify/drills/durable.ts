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

/** Row 5: the servers are deleted, their volumes stay, and new servers have the same data. */
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
    context.putBack(`recreate StatefulSet ${name} if it is missing`, async (putBack) => {
      const now = await putBack.read("statefulsets", name);
      if (isTerminating(now)) {
        await putBack.run(["wait", "--for=delete", `sts/${name}`, "--timeout=120s"]);
      }
      if (now === undefined || isTerminating(now)) {
        await recreate(putBack, manifest, owner);
      }
    });
    await kubectl.run(["delete", "statefulsets", name]);
    await kubectl.run(["wait", "--for=delete", "pod", "-l", selector, "--timeout=120s"]);
    context.seen(`The StatefulSet and its ${pods.length} pods are deleted: no server runs.`);
    await kubectl.run(["get", "pvc", "-l", selector]);
    expect(
      isDeepStrictEqual(await claimsOf(context), claimsBefore),
      "the claims differ from those before the StatefulSet was deleted",
    );
    context.seen("Every claim still exists and is bound to the same volume.");

    if (context.pulumi === undefined) {
      await recreate(kubectl, manifest, owner);
    } else {
      await recreateByPulumi(context.pulumi, `StatefulSet ${ensemble.namespace}/${name}`);
    }
    await kubectl.run(["rollout", "status", `sts/${name}`, "--timeout=240s"]);
    await kubectl.run(["get", "pods", "-l", selector]);
    await expectTestNode(context, pods.at(-1) ?? "", path);
    context.seen(`All servers were deleted and recreated, and "${testData}" is still stored.`);
    await kubectl.run(["get", "pvc", "-l", selector]);
    expect(
      isDeepStrictEqual(await claimsOf(context), claimsBefore),
      "the claims differ from those before the drill",
    );
    await expectOwnClaims(context);
    context.seen("Each server uses the same claim and volume as before.");
    const now = (await kubectl.read("statefulsets", name))?.spec;
    expect(isDeepStrictEqual(now, saved.spec), "the StatefulSet differs from that before the drill");
    if (context.pulumi === undefined) {
      context.notChecked("whether pulumi up recreates it; pass --stack to check. Here kubectl recreated it.");
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
      `${name} does not run with its own claim: ${claims.join(", ")}`,
    );
  }
}

/** Keeps the manifest in a file until everything is put back, in case the StatefulSet cannot be. */
function saveManifest(context: DrillContext, statefulSet: StatefulSet): string {
  const folder = mkdtempSync(join(tmpdir(), "zookeeper-drill-"));
  const file = join(folder, `${context.ensemble.name}.json`);
  writeFileSync(file, JSON.stringify(manifestOf(statefulSet), null, 2));
  context.putBack(`remove ${file}`, async (putBack) => {
    // If the StatefulSet could not be recreated, the user needs this file.
    if ((await putBack.read("statefulsets", context.ensemble.name)) !== undefined) {
      rmSync(folder, { recursive: true });
    }
  });
  return file;
}

/** The declared object, without what the cluster added. */
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

/** The manager that owns the StatefulSet's fields by server-side apply, such as Pulumi; undefined where none does. */
async function applier(kubectl: Kubectl, name: string): Promise<string | undefined> {
  const statefulSet = await kubectl.read("statefulsets", name, "--show-managed-fields");
  return statefulSet?.metadata?.managedFields?.find(
    ({ operation, subresource }) => operation === "Apply" && subresource === undefined,
  )?.manager;
}

/** Recreates the missing object with pulumi, which may change nothing else. */
async function recreateByPulumi(pulumi: Pulumi, missing: string): Promise<void> {
  await pulumi.expectOnly(({ name, op, drifted }) => name === missing && op === "create" && drifted);
  await pulumi.run("up", "--refresh", "--yes", "--skip-preview");
}

/** Creates the StatefulSet as the previous owner of its fields, so that the owner finds no conflict later. */
async function recreate(kubectl: Kubectl, file: string, owner: string | undefined): Promise<void> {
  const apply = ["apply", "--server-side", "--force-conflicts", `--field-manager=${owner ?? ""}`, "-f", file];
  await kubectl.run(owner === undefined ? ["create", "-f", file] : apply);
}
