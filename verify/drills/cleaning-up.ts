import { isCordoned, nameOf, type PersistentVolume } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";

/** Row 15: what removing the environment would delete and what it would keep. Nothing is deleted. */
export const cleaningUp: Drill = {
  row: 15,
  name: "cleaning-up",
  section: "Cleaning up",
  promise: "no node is left cordoned; volumes are deleted only when the user asks for it",
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
      context.seen(`Already cordoned before the drills: ${cordoned.join(", ")}.`);
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
    expect(owned.length === 0, `claims that are deleted with their owner: ${owned.join(", ")}`);
    const volumes = await Promise.all(
      claims.map(({ spec }) => kubectl.read("persistentvolumes", spec?.volumeName ?? "")),
    );
    await kubectl.run(["get", "pv", ...volumes.map(nameOf)]);
    describeReclaim(volumes).forEach((sentence) => {
      context.seen(sentence);
    });
    if (context.pulumi === undefined) {
      context.notChecked("what pulumi destroy would delete; pass --stack to check.");
      return;
    }
    const { stdout } = await context.pulumi.run("destroy", "--preview-only");
    const gone = stdout
      .split("\n")
      .filter((line) => /PersistentVolume|:Disk /.test(line) && !line.includes("[retain]"));
    expect(gone.length === 0, `pulumi destroy would delete volumes: ${gone.join("; ")}`);
    context.seen("A preview of pulumi destroy deletes the environment, but no volume and no claim.");
  },
};

/** What happens to volumes when their claims are deleted. */
function describeReclaim(volumes: readonly (PersistentVolume | undefined)[]): string[] {
  const of = (policy: string): string[] =>
    volumes.filter((volume) => volume?.spec?.persistentVolumeReclaimPolicy === policy).map(nameOf);
  const [kept, gone] = [of("Retain"), of("Delete")];
  return [
    ...(kept.length > 0 ? [`${kept.length} volumes stay when their claims are deleted (Retain).`] : []),
    ...(gone.length > 0
      ? [`${gone.length} volumes are deleted with their claims (Delete): ${gone.join(", ")}.`]
      : []),
  ];
}
