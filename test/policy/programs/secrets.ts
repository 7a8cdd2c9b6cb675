import { configMap, containerPath } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, withStatefulSet, type Program } from "./program.ts";

export const plainPassword: Program = {
  resources: withStatefulSet(
    [...containerPath, "env"],
    [
      { name: "SERVER_JVMFLAGS", value: "-Xmx512m" },
      { name: "ZOO_CLIENT_PASSWORD", value: "letmein" },
    ],
  ),
  rejections: { secrets: "a password in plain text (ZOO_CLIENT_PASSWORD)" },
};

export const privateKeyInConfigMap: Program = {
  resources: replaced(
    objects,
    configMap,
    changed(configMap, ["data", "tls.pem"], "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"),
  ),
  rejections: { secrets: "data.tls.pem: a private key" },
};
