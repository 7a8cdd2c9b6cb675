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
