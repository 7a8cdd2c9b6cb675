import type { StatefulSet } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";
import { dataDir, readZooCfg } from "./zoo-cfg.ts";

/** Row 8: the server runs as a user without privileges that may write the data. */
export const user: Drill = {
  row: 8,
  name: "user",
  section: "Configuring a non-privileged user",
  promise: "Java runs as the pod's user, 1000 in the tutorial, and the pod's group owns the data",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const first = ensemble.pods[0] ?? "";
    const statefulSet = await kubectl.read("statefulsets", ensemble.name);
    const { runAsUser, fsGroup } = ids(statefulSet, ensemble.container);
    expect(runAsUser > 0, "the pod template sets no runAsUser, so the server may run as root");
    expect(fsGroup > 0, "the pod template sets no fsGroup, so no group owns the volume");

    await kubectl.exec(first, "ps", "-elf");
    for (const pod of ensemble.pods) {
      const processes = await kubectl.quiet(["exec", pod, "--", "ps", "-eo", "uid,comm"]);
      const java = processes.stdout.split("\n").flatMap((line) => /^\s*(\d+)\s+java$/.exec(line)?.[1] ?? []);
      expect(java.length > 0, `there is no Java process in ${pod}`);
      expect(
        java.every((uid) => uid === String(runAsUser)),
        `Java in ${pod} runs as uid ${java.join(", ")}, not ${runAsUser}`,
      );
    }
    context.seen(`Java runs as uid ${runAsUser} in every pod.`);

    const data = dataDir(await readZooCfg(context, first));
    const listing = await kubectl.exec(first, "ls", "-ld", data);
    const owner = (await kubectl.quiet(["exec", first, "--", "stat", "-c", "%A %u %g", data])).stdout.trim();
    const [mode = "", uid = "", gid = ""] = owner.split(" ");
    expect(/^d.{5}[sS]/.test(mode), `${data} is not set-group-ID: ${listing}`);
    expect(
      uid === String(runAsUser) && gid === String(fsGroup),
      `${data} belongs to ${uid}:${gid}, not to ${runAsUser}:${fsGroup}`,
    );
    context.seen(`${data} has mode ${mode}, uid ${uid} and gid ${gid}, the fsGroup.`);
  },
};

/** The user and the group that the template asks for; a container's own user wins over the pod's. */
function ids(
  statefulSet: StatefulSet | undefined,
  container: string,
): { runAsUser: number; fsGroup: number } {
  const spec = statefulSet?.spec?.template?.spec;
  const own = spec?.containers?.find(({ name }) => name === container);
  return {
    runAsUser: own?.securityContext?.runAsUser ?? spec?.securityContext?.runAsUser ?? 0,
    fsGroup: spec?.securityContext?.fsGroup ?? 0,
  };
}
