import { isCordoned, nameOf, type PersistentVolume } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";

/** Row 15: what would go with the environment, and what stays. Nothing is destroyed. */
export const cleaningUp: Drill = {
  row: 15,
  name: "cleaning-up",
  section: "Cleaning up",
  promise: "no node is left cordoned; volumes go only when the user asked for that",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    await kubectl.run(["get", "nodes"]);
    const nodes = await kubectl.readAll("nodes");
    const cordoned = nodes.filter(isCordoned).map(nameOf);
    if (cordoned.length === 0) {
      context.seen("No node is cordoned.");
    } else {
      context.seen(`Cordoned, before the drills and now: ${cordoned.join(", ")}.`);
    }

    const statefulSet = await kubectl.read("statefulsets", ensemble.name);
    for (const when of ["whenDeleted", "whenScaled"] as const) {
      const policy = statefulSet?.spec?.persistentVolumeClaimRetentionPolicy?.[when] ?? "Retain";
      expect(policy === "Retain", `claims are deleted with their server: ${when} is ${policy}`);
    }
    context.seen("Claims are kept when the StatefulSet is deleted or scaled down (Retain).");

    await kubectl.run(["get", "pvc", "-l", ensemble.selector]);
    const claims = await kubectl.readAll("persistentvolumeclaims", "-l", ensemble.selector);
    const owned = claims.filter(({ metadata }) => (metadata?.ownerReferences ?? []).length > 0).map(nameOf);
    expect(owned.length === 0, `claims that go with their owner: ${owned.join(", ")}`);
    const volumes = await Promise.all(
      claims.map(({ spec }) => kubectl.read("persistentvolumes", spec?.volumeName ?? "")),
    );
    await kubectl.run(["get", "pv", ...volumes.map(nameOf)]);
    sayReclaim(volumes).forEach((sentence) => {
      context.seen(sentence);
    });
    if (context.pulumi === undefined) {
      context.notChecked("pulumi destroy: its stack is not at hand (--stack), and a drill destroys nothing.");
      return;
    }
    const { stdout } = await context.pulumi.run("destroy", "--preview-only");
    const gone = stdout
      .split("\n")
      .filter((line) => /PersistentVolume|:Disk /.test(line) && !line.includes("[retain]"));
    expect(gone.length === 0, `pulumi destroy would delete volumes: ${gone.join("; ")}`);
    context.seen(
      "pulumi destroy would remove the environment, and no volume or claim; it was only previewed.",
    );
  },
};

/** What becomes of volumes whose claims somebody deletes. */
function sayReclaim(volumes: readonly (PersistentVolume | undefined)[]): string[] {
  const of = (policy: string): string[] =>
    volumes.filter((volume) => volume?.spec?.persistentVolumeReclaimPolicy === policy).map(nameOf);
  const [kept, gone] = [of("Retain"), of("Delete")];
  return [
    ...(kept.length > 0 ? [`${kept.length} volumes stay even when their claim is deleted (Retain).`] : []),
    ...(gone.length > 0
      ? [`${gone.length} volumes go when somebody deletes their claim (Delete): ${gone.join(", ")}.`]
      : []),
  ];
}
