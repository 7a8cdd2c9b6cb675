import { expect } from "chai";

import { secrets } from "../../../policy/rules/secrets.ts";
import {
  configMap,
  containerPath,
  environment,
  podPath,
  statefulSet,
} from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, urnOf, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows, type Row } from "../table.ts";

const env = [...containerPath, "env"];
const args = [...containerPath, "args"];
const hidden = "Tr0ub4dor&3";
const pem = `-----BEGIN PRIVATE KEY-----\n${hidden}\n-----END PRIVATE KEY-----\n`;
const variable = (name: string, value: unknown) => [env, [{ name, value }]] as const;
const plain = (name: string) =>
  new RegExp(
    `zk: spec.template.spec.containers\\[0\\].env\\[0\\].value: a password in plain text \\(${name}\\)\\s+` +
      "Required: passwords and keys in Secrets",
  );

describe("secrets in pods", () => {
  rows(secrets, [statefulSet, configMap], statefulSet, [
    ["accepts an ensemble without any", "nothing", []],
    ...[
      "ZOO_SERVER_PASSWORDS",
      "ZOO_CLIENT_PASSWORD",
      "ZOO_TLS_QUORUM_KEYSTORE_PASSWORD",
      "KEY_PASS",
      "PASS",
      "PASSWD",
      "KEY_PASSPHRASE",
      "keystore.password",
      "AWS_SECRET_ACCESS_KEY",
      "SECRET_KEY",
      "BACKUP_TOKEN",
      "API_KEY",
    ].map((name): Row => [`rejects a plain ${name}`, plain(name), [variable(name, hidden)]]),
    ...[
      "ZOO_TLS_CLIENT_KEYSTORE_PASSWORD_FILE",
      "PASSWORD_PATH",
      "COMPASS",
      "BYPASS",
      "SECRET_NAME",
      "TOKENS",
      "ALLOW_EMPTY_PASSWORD",
      "POD_NAME",
    ].map((name): Row => [`accepts a plain ${name}`, "nothing", [variable(name, "x y")]]),
    ...[
      "",
      " ",
      "$(OTHER)",
      "${OTHER}",
      "$OTHER",
      "{{ password }}",
      "<password>",
      "yes",
      "/run/secrets/password",
    ].map((value): Row => [
      `accepts the password ${JSON.stringify(value)}`,
      "nothing",
      [variable("ZK_PASSWORD", value)],
    ]),
    ["rejects a password of digits", plain("ZK_PASSWORD"), [variable("ZK_PASSWORD", "123456")]],
    [
      "names what to use",
      /Fix: take it from a Secret by valueFrom.secretKeyRef/,
      [variable("ZK_PASSWORD", hidden)],
    ],
    [
      "accepts a password from a Secret",
      "nothing",
      [[env, [{ name: "ZK_PASSWORD", valueFrom: { secretKeyRef: { name: "zk", key: "password" } } }]]],
    ],
    ["leaves an unknown password open", "open", [variable("ZK_PASSWORD", unknownValue)]],
    ["accepts another unknown value", "nothing", [variable("ZK_NAME", unknownValue)]],
    ["accepts a value of another type", "nothing", [variable("ZK_PASSWORD", 7)]],
    [
      "rejects a password in JVM flags",
      /env\[0\].value: a password in plain text \(zookeeper.ssl.keyStore.password\)[^]*Fix: set zookeeper.ssl.keyStore.passwordPath to a file/,
      [variable("SERVER_JVMFLAGS", `-Xmx1g -Dzookeeper.ssl.keyStore.password=${hidden}`)],
    ],
    [
      "rejects a password of the JVM itself",
      /\(javax.net.ssl.keyStorePassword\)[^]*Fix: take it from a variable of a Secret by \$\(NAME\)/,
      [variable("JVMFLAGS", `"-Djavax.net.ssl.keyStorePassword=${hidden}"`)],
    ],
    [
      "rejects the administrator's digest in JVM flags",
      /env\[0\].value: the digest of the administrator's password \(zookeeper.DigestAuthenticationProvider.superDigest\)/,
      [
        variable(
          "JVMFLAGS",
          "-Dzookeeper.DigestAuthenticationProvider.superDigest=super:UdxDQl4f9v5oITwcAsO9bmWgHSI=",
        ),
      ],
    ],
    ["accepts another digest", "nothing", [variable("IMAGE_DIGEST", "sha256:0123")]],
    ...[
      "-Dzookeeper.ssl.keyStore.password=$(KEYSTORE_PASSWORD)",
      "-Dzookeeper.ssl.keyStore.password=",
      "-Dzookeeper.ssl.keyStore.passwordPath=/run/secrets/password",
      "-Dzookeeper.ssl.keyStore.location=/run/secrets/store",
      "-Dpassword",
      "ssl.keyStore.password=x",
    ].map((value): Row => [`accepts ${value}`, "nothing", [variable("SERVER_JVMFLAGS", value)]]),
    [
      "rejects a password in the command line",
      /args\[2\]: a password in plain text \(zookeeper.ssl.trustStore.password\)/,
      [[args, ["sh", "-c", `exec java -Dzookeeper.ssl.trustStore.password=${hidden} Main`]]],
    ],
    ["rejects a private key in a variable", /env\[0\].value: a private key/, [variable("TLS", pem)]],
    ["rejects a private key in the command line", /args\[0\]: a private key/, [[args, [pem]]]],
    [
      "rejects those of init containers and sidecars",
      [/initContainers\[0\].env\[0\]/, /containers\[1\].env\[0\]/],
      [
        [[...podPath, "initContainers"], [{ name: "i", env: [{ name: "PASSWORD", value: hidden }] }]],
        [
          [...podPath, "containers"],
          [{ image: "zookeeper" }, { name: "s", env: [{ name: "PASSWORD", value: hidden }] }],
        ],
      ],
    ],
    [
      "accepts those of other workloads",
      "nothing",
      [
        variable("ZK_PASSWORD", hidden),
        [[...containerPath, "image"], "nginx"],
        [[...containerPath, "ports"], []],
      ],
    ],
  ]);
});

const data = (key: string, value: unknown) => [["data"], { [key]: value }] as const;

describe("secrets in ConfigMaps", () => {
  rows(secrets, [statefulSet, configMap], configMap, [
    [
      "rejects a password in a zoo.cfg",
      /ConfigMap default\/zk-config: data.zoo.cfg: a password in plain text \(ssl.keyStore.password\)[^]*Fix: set ssl.keyStore.passwordPath to a file of a Secret instead/,
      [data("zoo.cfg", `tickTime=2000\nssl.keyStore.password=${hidden}\n`)],
    ],
    [
      "rejects another password",
      /\(authProvider.password\)[^]*Fix: move the file to a Secret/,
      [data("x.properties", `authProvider.password: ${hidden}`)],
    ],
    [
      "accepts no passwords",
      "nothing",
      [
        data(
          "zoo.cfg",
          "ssl.keyStore.password=\nssl.trustStore.passwordPath=/x\nssl.a.password=${X}\n#password=x",
        ),
      ],
    ],
    ["accepts a script", "nothing", [data("start.sh", "#!/bin/sh\npassword=x\n")]],
    [
      "rejects a password in JVM flags",
      /\(a.password\)/,
      [data("java.env", `JVMFLAGS="-Da.password=${hidden}"`)],
    ],
    [
      "rejects a private key",
      /data.tls.pem: a private key[^]*Fix: move it to a Secret/,
      [data("tls.pem", pem)],
    ],
    [
      "rejects an encrypted key, and one of an algorithm",
      [/data.a: a private key/, /data.b: a private key/],
      [
        [
          ["data"],
          {
            a: "-----BEGIN ENCRYPTED PRIVATE KEY-----",
            b: `password=${hidden}\n-----BEGIN RSA PRIVATE KEY-----`,
          },
        ],
      ],
    ],
    ["accepts a certificate", "nothing", [data("ca.pem", "-----BEGIN CERTIFICATE-----\nPRIVATE KEY-----")]],
    [
      "rejects passwords of JAAS",
      /data.jaas.conf: passwords of a JAAS login module[^]*Fix: move the file to a Secret/,
      [
        data(
          "jaas.conf",
          `Server {\n  org.apache.zookeeper.server.auth.DigestLoginModule required\n  user_super="${hidden}";\n};`,
        ),
      ],
    ],
    [
      "rejects a password of JAAS",
      /passwords of a JAAS login module/,
      [data("jaas.conf", `X { Y.DigestLoginModule required username="bob" password = "${hidden}"; };`)],
    ],
    [
      "accepts JAAS without passwords",
      "nothing",
      [
        data(
          "jaas.conf",
          'X { com.sun.security.auth.module.Krb5LoginModule required keyTab="/k"; user_a="";\n};',
        ),
      ],
    ],
    ["accepts words that only look like JAAS", "nothing", [data("notes.txt", `user_super="${hidden}"`)]],
    [
      "rejects a key that is a password's name",
      /data.ZOO_CLIENT_PASSWORD: a password/,
      [data("ZOO_CLIENT_PASSWORD", hidden)],
    ],
    ["accepts an empty password", "nothing", [data("ZOO_CLIENT_PASSWORD", "")]],
    ["accepts a file of that name", "nothing", [data("password", "# comment\nother = x\n")]],
    ["accepts another namespace", "nothing", [data("tls.pem", pem), [["metadata", "namespace"], "other"]]],
    [
      "accepts a ConfigMap that no server uses",
      "nothing",
      [data("tls.pem", pem), [["metadata", "name"], "other"]],
    ],
    [
      "rejects one in a namespace that is not known yet",
      /a private key/,
      [data("tls.pem", pem), [["metadata", "namespace"], unknownValue]],
    ],
    ["leaves unknown data open", "open", [[["data"], unknownValue]]],
    ["leaves an unknown file open", "open", [data("zoo.cfg", unknownValue)]],
    ["accepts data of another type", "nothing", [data("zoo.cfg", 7)]],
  ]);

  it("rejects keys from which a variable takes its password", () => {
    const entry = (name: string) => ({
      name,
      valueFrom: { configMapKeyRef: { name: "zk-config", key: "client" } },
    });
    const map = changed(configMap, ["data"], { client: hidden });
    const using = (name: string): Registered => changed(statefulSet, env, [entry(name)]);
    expectVerdict(secrets, [using("ZK_PASSWORD"), map], /zk-config: data.client: a password in plain text/);
    expectVerdict(secrets, [using("ZK_NAME"), map], "nothing");
  });

  it("rejects those of a ConfigMap whose name is not known yet", () => {
    const named = changed(statefulSet, [...podPath, "volumes", 0, "configMap", "name"], unknownValue);
    const map = changed(configMap, ["data"], { key: pem });
    expectVerdict(secrets, [{ ...named, madeFrom: { spec: [urnOf(map)] } }, map], /data.key: a private key/);
    expectVerdict(secrets, [named, map], "nothing");
    expectVerdict(
      secrets,
      [{ ...changed(statefulSet, [...podPath, "volumes"], []), madeFrom: { spec: [urnOf(map)] } }, map],
      "nothing",
    );
  });

  it("rejects each of them once, for however many servers", () => {
    const map = changed(configMap, ["data"], { key: pem });
    const second = changed({ ...statefulSet, name: "zk-2" }, ["metadata", "name"], "zk-2");
    expectVerdict(secrets, [statefulSet, second, map], /a private key/);
  });

  it("never shows a secret", () => {
    const all = environment.map((resource) =>
      resource === configMap
        ? changed(resource, ["data"], {
            "zoo.cfg": `ssl.keyStore.password=${hidden}`,
            PASSWORD: hidden,
            key: pem,
          })
        : resource === statefulSet
          ? changed(resource, env, [
              { name: "PASSWORD", value: hidden },
              { name: "JVMFLAGS", value: `-Dpassword=${hidden}` },
            ])
          : resource,
    );
    const { violations, open } = validate(secrets, all);
    expect(violations).to.have.length(5);
    expect([...violations, ...open].join()).not.to.contain(hidden);
  });
});
