import { encryption } from "../../../policy/rules/encryption.ts";
import { client, configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { expectVerdict, rows, type Edit, type Expected, type Row } from "../table.ts";

const production = { stack: "prod" };
const always = ["dataDir=/var/lib/zookeeper/data", "tickTime=2000"];
const quorum = ["sslQuorum=true", "portUnification=false"];
const clients = ["secureClientPort=2281"];
const zooCfg = (...lines: string[]): Edit => [["data"], { "zoo.cfg": [...always, ...lines].join("\n") }];
const services: Edit = [["spec", "ports"], [{ name: "secure-client", port: 2281 }]];
const secureClient = changed(client, ...services);

const where = "ConfigMap default/zk-config data.zoo.cfg";
const plainQuorum = new RegExp(
  `^StatefulSet default/zk: spec.*containers\\[0\\]: sslQuorum is not set in ${where}: servers talk to each other in plain text$`,
  "m",
);
const plainClients = new RegExp(
  `secureClientPort is not set in ${where}: clients connect in plain text$`,
  "m",
);

/** Rows of a configuration file in a production stack whose Service has only the port with TLS. */
const files = (table: readonly (readonly [string, Expected, readonly string[]])[]): void => {
  rows(
    encryption,
    [statefulSet, configMap, secureClient],
    configMap,
    table.map(([title, expected, lines]): Row => [title, expected, [zooCfg(...lines)], production]),
  );
};

describe("encryption", () => {
  files([
    ["accepts TLS on both sides", "nothing", [...quorum, ...clients]],
    ["advises it where a whole zoo.cfg has none", [plainQuorum, plainClients], []],
    ["advises it between servers", plainQuorum, clients],
    ["advises it for clients", plainClients, quorum],
    [
      "rejects sslQuorum switched off",
      new RegExp(`sslQuorum is false in ${where}: servers talk`),
      ["sslQuorum=false", "portUnification=true", ...clients],
    ],
    [
      "rejects servers that also take plain text",
      new RegExp(`portUnification is True in ${where}: servers also take plain text`),
      ["sslQuorum = TRUE", "portUnification= True ", ...clients],
    ],
    [
      "rejects servers without certificates",
      new RegExp(`ssl.quorum.clientAuth is none in ${where}: servers without a certificate are accepted`),
      [...quorum, "ssl.quorum.clientAuth=none", ...clients],
    ],
    [
      "rejects clients without certificates",
      new RegExp(`ssl.clientAuth is want in ${where}: clients without a certificate are accepted`),
      [...quorum, "ssl.clientAuth=want", ...clients],
    ],
    [
      "accepts certificates that are required explicitly",
      "nothing",
      [...quorum, "ssl.clientAuth=need", "ssl.quorum.clientAuth= NEED", ...clients],
    ],
    [
      "rejects names that are not verified",
      /ssl.quorum.hostnameVerification is False in .*: any certificate of the authority passes/,
      [...quorum, "ssl.quorum.hostnameVerification=False", ...clients],
    ],
    [
      "accepts names that are verified",
      "nothing",
      [...quorum, "ssl.quorum.hostnameVerification=true", ...clients],
    ],
    ["takes the last line of a name", /sslQuorum is no in /, ["sslQuorum=true", "sslQuorum=no", ...clients]],
  ]);

  rows(encryption, [statefulSet, configMap, client], configMap, [
    [
      "rejects the plain port in a Service beside the one with TLS",
      /^Service default\/zk-cs: spec.ports\[0\]: port 2181 of the servers, on which clients connect in plain text/,
      [zooCfg(...quorum, ...clients)],
      production,
    ],
    ["says it of no Service where there is no TLS yet", plainClients, [zooCfg(...quorum)], production],
    ["says nothing in other stacks", "nothing", [zooCfg()], { stack: "dev" }],
    ["cannot tell while the file is not known", "open", [[["data", "zoo.cfg"], unknownValue]], production],
    [
      "says nothing of a file that is not whole",
      "nothing",
      [[["data"], { "zoo.cfg": "initLimit=5" }]],
      production,
    ],
  ]);

  const configured = changed(configMap, ...zooCfg(...quorum, ...clients));
  rows(encryption, [statefulSet, configured, secureClient], secureClient, [
    [
      "rejects a port whose target is the plain one",
      /spec.ports\[0\]: port 2181/,
      [[["spec", "ports"], [{ port: 80, targetPort: 2181 }]]],
      production,
    ],
    [
      "accepts a port whose target is the one with TLS",
      "nothing",
      [[["spec", "ports"], [{ port: 2181, targetPort: 2281 }]]],
      production,
    ],
    [
      "accepts the plain port of other pods",
      "nothing",
      [
        [["spec", "ports"], [{ port: 2181 }]],
        [["spec", "selector"], { app: "other" }],
      ],
      production,
    ],
  ]);

  it("says once that a Service of two workloads has the plain port", () => {
    const other: Registered = changed(
      changed(statefulSet, ["metadata", "name"], "zk2"),
      ["spec", "replicas"],
      1,
    );
    expectVerdict(encryption, [statefulSet, other, configured, client], /port 2181/, production);
  });

  rows(encryption, [statefulSet], statefulSet, [
    [
      "advises nothing between the servers of an ensemble of one",
      /secureClientPort is not set: clients/,
      [
        [["spec", "replicas"], 1],
        [[...containerPath, "image"], "zookeeper:3.9.5"],
        [[...containerPath, "command"], undefined],
        [[...containerPath, "args"], undefined],
        [[...containerPath, "env"], []],
        [[...containerPath, "volumeMounts"], []],
        [[...podPath, "volumes"], []],
      ],
      production,
    ],
    [
      "says nothing of another program",
      "nothing",
      [
        [[...containerPath, "image"], "nginx"],
        [[...containerPath, "ports"], []],
      ],
      production,
    ],
  ]);

  it("advises both for the tutorial, whose script writes the configuration", () => {
    expectVerdict(
      encryption,
      tutorial,
      [/sslQuorum is not set: servers/, /secureClientPort is not set: clients/],
      production,
    );
  });
});
