import { nameOf, type PodTemplate } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";
import { zooCfgPath } from "./zoo-cfg.ts";

/** Row 6: the configuration is declared in one place, and a change of it replaces the pods. */
export const configuration: Drill = {
  row: 6,
  name: "configuration",
  section: "Ensuring consistent configuration",
  promise: "all settings are declared in one place; changing one replaces the pods",
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
        "no settings were found: neither a ConfigMap with zoo.cfg, nor in the container's command or environment",
      );
      context.seen(
        "The pod template contains the settings: changing one creates a new revision, which replaces the pods.",
      );
      return;
    }
    const map = nameOf(declared);
    await kubectl.run(["get", "configmap", map]);
    const file = declared.data?.["zoo.cfg"];
    for (const pod of pods) {
      const { stdout } = await kubectl.quiet(["exec", pod, "--", "cat", zooCfgPath]);
      expect(stdout === file, `zoo.cfg in ${pod} differs from that in ConfigMap ${map}`);
    }
    context.seen(`zoo.cfg in every pod is identical to that in ConfigMap ${map}.`);

    const hash = Object.entries(template?.metadata?.annotations ?? {}).find(([key]) =>
      /hash|checksum/i.test(key),
    );
    const immutable = declared.immutable === true;
    expect(
      hash !== undefined || immutable,
      `a change of ConfigMap ${map} would not replace the pods: it is not immutable, and the template has no annotation with its hash`,
    );
    context.seen(
      hash === undefined
        ? `ConfigMap ${map} is immutable: a changed setting creates another ConfigMap, which replaces the pods.`
        : `The template's annotation ${hash[0]}=${hash[1]} is a hash of the content: a changed setting replaces the pods.`,
    );
    const revision = await kubectl.readAll("pods", "-l", ensemble.selector);
    const hashes = revision.map(({ metadata }) => metadata?.labels?.["controller-revision-hash"] ?? "none");
    expect(
      hashes.every((one) => one === hashes[0]),
      `the pods have several revisions: ${hashes.join(", ")}`,
    );
    context.seen(`All pods have the same revision, ${hashes[0] ?? ""}.`);
    context.notChecked(
      "a changed setting, which only the deployment may make; the drill updating replaces the pods.",
    );
  },
};

/** The ConfigMaps that the pods mount. */
function configMapNames(template: PodTemplate | undefined): string[] {
  const names = (template?.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  return [...new Set(names)];
}
