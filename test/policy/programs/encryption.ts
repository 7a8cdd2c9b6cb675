import { configMap } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, type Program } from "./program.ts";

const withLines = (...lines: string[]) =>
  replaced(objects, configMap, changed(configMap, ["data", "more.cfg"], lines.join("\n")));

export const plainQuorum: Program = {
  resources: withLines("sslQuorum=false"),
  rejections: {},
  advice: { encryption: "sslQuorum is false in ConfigMap default/zk-config data.more.cfg" },
  stack: "prod",
};

export const anonymousClients: Program = {
  resources: withLines("secureClientPort=2281", "ssl.clientAuth=none"),
  rejections: {},
  advice: { encryption: "clients without a certificate are accepted" },
  stack: "prod",
};
