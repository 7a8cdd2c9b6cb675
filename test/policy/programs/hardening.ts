import { configMap, containerPath } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, withStatefulSet, type Program } from "./program.ts";

const variables = (given: Readonly<Record<string, string>>) =>
  withStatefulSet(
    [...containerPath, "env"],
    Object.entries({ SERVER_JVMFLAGS: "-Xmx512m", ...given }).map(([name, value]) => ({ name, value })),
  );

export const skippedAcls: Program = {
  resources: variables({ SERVER_JVMFLAGS: "-Xmx512m -Dzookeeper.skipACL=yes" }),
  rejections: { "acl-checks": "skipACL=yes" },
};

export const skippedAclsInConfigMap: Program = {
  resources: replaced(objects, configMap, changed(configMap, ["data", "more.cfg"], "skipACL=yes\n")),
  rejections: { "acl-checks": "skipACL=yes in ConfigMap default/zk-config data.more.cfg" },
};

export const openJmx: Program = {
  resources: variables({ JMXPORT: "9010" }),
  rejections: {},
  advice: { hardening: "JMX on a port without authentication" },
};

export const allFourLetterWords: Program = {
  resources: variables({ ZOO_4LW_COMMANDS_WHITELIST: "*" }),
  rejections: {},
  advice: { hardening: "all four-letter words are allowed" },
};

/** Five servers with a whole zoo.cfg, which has the lines. */
const fiveServers = (...lines: readonly string[]) => {
  const servers = [0, 1, 2, 3, 4].map(
    (n) => `server.${n + 1}=zk-${n}.zk-hs.default.svc.cluster.local:2888:3888;2181`,
  );
  const always = [
    "tickTime=2000",
    "dataDir=/var/lib/zookeeper/data",
    "dataLogDir=/var/lib/zookeeper/log",
    "autopurge.purgeInterval=12",
  ];
  const zooCfg = [...always, ...servers, ...lines].join("\n");
  return replaced(
    withStatefulSet(["spec", "replicas"], 5),
    configMap,
    changed(configMap, ["data", "zoo.cfg"], zooCfg),
  );
};

export const defaultSynchronization: Program = {
  resources: fiveServers(),
  rejections: {},
  advice: { synchronization: "snapshotSizeFactor is not set in ConfigMap default/zk-config data.zoo.cfg" },
};

export const synchronizationFromDisk: Program = {
  resources: fiveServers("snapshotSizeFactor=0.5"),
  rejections: {},
  advice: { synchronization: "snapshotSizeFactor is 0.5 in ConfigMap default/zk-config data.zoo.cfg" },
};
