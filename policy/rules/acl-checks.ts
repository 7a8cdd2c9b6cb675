import { stackPolicy } from "../define.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { optionsOf } from "../zookeeper/options.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { configTexts } from "../zookeeper/sources.ts";

/**
 * A server with `skipACL=yes` lets every client read, change and delete every znode, whatever its ACL says.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_unsafeOptions
 */
export const aclChecks = stackPolicy({
  name: "acl-checks",
  description: "ZooKeeper servers check the ACLs of znodes",
  settings: recognitionSettings,
  profile: "production",
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    for (const { workload, container, resource, runs } of serversOf(resources, settings)) {
      if (runs !== true) {
        continue;
      }
      const report = open(workload.label, workload.urn);
      const texts = configTexts(workload, configMaps, resource.madeFrom("spec"));
      for (const { name, value, path, place } of optionsOf(container, texts)) {
        if (name === "skipACL" && value === "yes") {
          report.reject({
            path,
            observed: `skipACL=yes${place}`,
            required: "checks of ACLs (without them, every client may change and delete all znodes)",
            fix: "remove skipACL, and give the znodes the ACLs that their clients need",
          });
        }
      }
    }
  },
});
