import { nameOf, type PodTemplate } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";
import { zooCfgPath } from "./zoo-cfg.ts";

/** Row 6: the configuration comes from one declared place, and a change of it is a change of the pods. */
export const configuration: Drill = {
  row: 6,
  name: "configuration",
  section: "Ensuring consistent configuration",
  promise: "every setting comes from one declared place; changing one rolls the pods",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { name, pods, container } = ensemble;
    await kubectl.run(["get", "sts", name, "-o", "yaml"]);
    const template = (await kubectl.read("statefulsets", name))?.spec?.template;
    const server = template?.spec?.containers?.find((candidate) => candidate.name === container);
    const maps = configMapNames(template);
    const declared = (await Promise.all(maps.map((map) => kubectl.read("configmaps", map)))).find(
      (map) => map?.data?.["zoo.cfg"] !== undefined,
    );
    if (declared === undefined) {
      const command = JSON.stringify([server?.command, server?.args]);
      expect(
        command.includes("--tick_time") || (server?.env ?? []).length > 0,
        "neither a ConfigMap with a zoo.cfg, nor the container's command, nor its environment has the settings",
      );
      context.seen(
        "The settings stand in the pod template: changing one is a new revision, which rolls the pods.",
      );
      return;
    }
    const map = nameOf(declared);
    await kubectl.run(["get", "configmap", map]);
    const file = declared.data?.["zoo.cfg"];
    for (const pod of pods) {
      const { stdout } = await kubectl.quiet(["exec", pod, "--", "cat", zooCfgPath]);
      expect(stdout === file, `zoo.cfg in ${pod} is not the one in ConfigMap ${map}`);
    }
    context.seen(`zoo.cfg in every pod is, byte for byte, the one in ConfigMap ${map}.`);

    const hash = Object.entries(template?.metadata?.annotations ?? {}).find(([key]) =>
      /hash|checksum/i.test(key),
    );
    const immutable = declared.immutable === true;
    expect(
      hash !== undefined || immutable,
      `a change of ConfigMap ${map} would not roll the pods: it is not immutable, and no annotation of the template follows it`,
    );
    context.seen(
      hash === undefined
        ? `ConfigMap ${map} is immutable: another setting is another ConfigMap, which rolls the pods.`
        : `The template's annotation ${hash[0]}=${hash[1]} follows the content: another setting rolls the pods.`,
    );
    const revision = await kubectl.readAll("pods", "-l", ensemble.selector);
    const hashes = revision.map(({ metadata }) => metadata?.labels?.["controller-revision-hash"] ?? "none");
    expect(
      hashes.every((one) => one === hashes[0]),
      `the pods are of several revisions: ${hashes.join(", ")}`,
    );
    context.seen(`All pods are of one revision, ${hashes[0] ?? ""}.`);
    context.notChecked(
      "a changed setting itself, which is the deployment's to change; drill updating rolls the pods.",
    );
  },
};

/** The ConfigMaps that the pods mount. */
function configMapNames(template: PodTemplate | undefined): string[] {
  const names = (template?.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  return [...new Set(names)];
}
