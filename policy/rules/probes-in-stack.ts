import { stackPolicy } from "../define.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { healthOf } from "../zookeeper/health.ts";
import { mountedFile } from "../zookeeper/mounted-files.ts";
import { validateQuorumProbes } from "../zookeeper/quorum-probes.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/**
 * The part of `probes` that only the whole stack shows: what the scripts of probes do that are in ConfigMaps. This is
 * only advice, as a script may depend on files and variables that the stack does not show.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export const probesInStack = stackPolicy({
  name: "probes-in-stack",
  description:
    "Scripts in ConfigMaps of the stack that ZooKeeper's probes run ask for the quorum where they should",
  settings: recognitionSettings,
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    for (const server of serversOf(resources, settings)) {
      const { workload, container, runs } = server;
      if (runs !== true) {
        continue;
      }
      const find = (name: string) =>
        configMaps.find(
          (configMap) =>
            configMap.name === name &&
            (configMap.namespace === undefined || configMap.namespace === workload.namespace),
        );
      validateQuorumProbes(
        server,
        (probe) => {
          // What the probe's own command shows is what `probes` validates.
          if (healthOf(container, probe).health !== "unsure") {
            return { health: "unsure" };
          }
          let place: string | undefined;
          const { health } = healthOf(container, probe, (path) => {
            const file = mountedFile(server, path, find);
            place = file?.place;
            return file?.text;
          });
          return place === undefined ? { health } : { health, place };
        },
        open(workload.label, workload.urn),
      );
    }
  },
});
