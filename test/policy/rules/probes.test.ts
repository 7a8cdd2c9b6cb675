import { expect } from "chai";

import { probes } from "../../../policy/rules/probes.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const readiness = [...containerPath, "readinessProbe"];
const liveness = [...containerPath, "livenessProbe"];
const startup = [...containerPath, "startupProbe"];
const grace = [...podPath, "terminationGracePeriodSeconds"];
const patience =
  /livenessProbe: gives up after 10 s \(1 failures, one every 10 s\)\s+Required: a probe that waits for 20 s/;

const inShell = (script: string) => ({ exec: { command: ["sh", "-c", script] } });
const ruok = inShell("echo ruok | nc localhost 2181 | grep imok");
const mode = inShell("echo srvr | nc localhost 2181 | grep Mode");
const order = ["spec", "podManagementPolicy"];
const replicas = ["spec", "replicas"];
const env = [...containerPath, "env"];
const parallel = [order, "Parallel"] as const;
const withoutQuorum =
  /readinessProbe: succeeds without a quorum\s+Required: a check that fails outside the quorum/;
const restartsAll = /livenessProbe: fails without a quorum\s+Required: a check of this server alone/;
const deadlock =
  /spec.podManagementPolicy: missing, which means OrderedReady\s+Required: "Parallel" \(spec.*readinessProbe needs a quorum/;

describe("probes", () => {
  rows(probes, [statefulSet], statefulSet, [
    ["accepts all three", "nothing", []],
    ["rejects no readiness", /readinessProbe: missing/, [[readiness, undefined]]],
    ["rejects no liveness", /livenessProbe: missing/, [[liveness, undefined]]],
    ["rejects no startup", /startupProbe: missing/, [[startup, undefined]]],
    [
      "rejects all three missing, once each",
      [/readiness/, /liveness/, /startup/],
      [
        [readiness, undefined],
        [liveness, undefined],
        [startup, undefined],
      ],
    ],
    [
      "rejects a probe that asks nothing",
      /readinessProbe = a probe without a handler/,
      [[readiness, { periodSeconds: 10 }]],
    ],
    ["accepts TCP on another port", "nothing", [[readiness, { tcpSocket: { port: 8086 } }]]],
    ["accepts HTTP", "nothing", [[readiness, { httpGet: { port: 8080 } }]]],
    ["accepts gRPC", "nothing", [[readiness, { grpc: { port: 8080 } }]]],
    [
      "lets readiness be quick",
      "nothing",
      [
        [[...readiness, "failureThreshold"], 1],
        [[...readiness, "periodSeconds"], 1],
      ],
    ],
    ["rejects an impatient liveness", patience, [[[...liveness, "failureThreshold"], 1]]],
    ["accepts just enough patience", "nothing", [[[...liveness, "failureThreshold"], 2]]],
    ["knows the defaults, 10 s and 3 failures", "nothing", [[liveness, { exec: {} }]]],
    ["knows the default period", patience, [[liveness, { exec: {}, failureThreshold: 1 }]]],
    [
      "knows the default failures",
      /gives up after 15 s \(3 failures/,
      [[liveness, { exec: {}, periodSeconds: 5 }]],
    ],
    [
      "rejects an impatient startup",
      /startupProbe: gives up after 10 s/,
      [[[...startup, "failureThreshold"], 1]],
    ],
    [
      "rejects a threshold of 0",
      [/failureThreshold = 0\s+Required: a number of 1/, /gives up after 0 s/],
      [[[...liveness, "failureThreshold"], 0]],
    ],
    ["rejects another type of probe", /readinessProbe = "ruok" \(wrong type\)/, [[readiness, "ruok"]]],
    [
      "rejects another type of period",
      /periodSeconds = "10s" \(wrong type\)/,
      [[[...liveness, "periodSeconds"], "10s"]],
    ],
    ["leaves an unknown probe open", "open", [[liveness, unknownValue]]],
    [
      "leaves an unknown period open",
      "open",
      [
        [[...liveness, "periodSeconds"], unknownValue],
        [[...liveness, "failureThreshold"], 1],
      ],
    ],
    [
      "validates the others beside an unknown",
      /startupProbe: missing/,
      [
        [liveness, unknownValue],
        [startup, undefined],
      ],
    ],
    ["accepts a missing grace period, 30 s", "nothing", [[grace, undefined]]],
    [
      "rejects a short grace period",
      /terminationGracePeriodSeconds = 29\s+Required: 30 s or more/,
      [[grace, 29]],
    ],
    ["rejects another type of grace period", /= "30" \(wrong type\)/, [[grace, "30"]]],
    ["leaves an unknown grace period open", "open", [[grace, unknownValue]]],
    [
      "takes settings: a missing grace period below the floor",
      /: missing\s+Required: 60 s/,
      [[grace, undefined]],
      { config: { minimumGraceSeconds: 60 } },
    ],
    [
      "takes settings: time to rejoin",
      [/liveness.*after 30 s.*waits for 31 s/s, /startup.*after 30 s/],
      [],
      { config: { rejoinSeconds: 31 } },
    ],
  ]);

  rows(probes, [statefulSet], statefulSet, [
    ["rejects a readiness that only asks whether the server runs", withoutQuorum, [[readiness, ruok]]],
    ["rejects a readiness that only connects", withoutQuorum, [[readiness, { tcpSocket: { port: 2181 } }]]],
    [
      "rejects a readiness that the admin server always passes",
      withoutQuorum,
      [[readiness, { httpGet: { path: "/commands/ruok", port: 8080 } }]],
    ],
    [
      "names with it what the check of the mode needs",
      /Fix: check .*grep Mode`, set podManagementPolicy to Parallel, and set publishNotReadyAddresses to true/,
      [[readiness, ruok]],
    ],
    [
      "does not name what is set",
      /Fix: check .*grep Mode`, and set publishNotReadyAddresses to true/,
      [[readiness, ruok], parallel],
    ],
    [
      "accepts a readiness of one server that only asks whether it runs",
      "nothing",
      [
        [readiness, ruok],
        [replicas, 1],
      ],
    ],
    [
      "rejects it for one of several servers in separate workloads",
      withoutQuorum,
      [
        [readiness, ruok],
        [replicas, 1],
        [env, [{ name: "ZOO_SERVERS", value: "server.1=a:2888:3888 server.2=b:2888:3888" }]],
      ],
    ],
    [
      "accepts it for a server that lists itself only",
      "nothing",
      [
        [readiness, ruok],
        [replicas, 1],
        [env, [{ name: "ZOO_SERVERS", value: "server.1=a:2888:3888" }]],
      ],
    ],
    [
      "leaves it open while the number of servers is unknown",
      "open",
      [
        [readiness, ruok],
        [replicas, unknownValue],
      ],
    ],
    [
      "leaves a liveness open, too, while the number of servers is unknown",
      "open",
      [
        [liveness, { ...mode, failureThreshold: 3 }],
        [replicas, unknownValue],
      ],
    ],
    ["accepts an unknown number of servers with other probes", "nothing", [[replicas, unknownValue]]],
    ["leaves an unknown command open", "open", [[readiness, inShell(unknownValue)]]],
    ["accepts a script that it does not see", "nothing", [[readiness, inShell("/scripts/ready.sh")]]],
    ["rejects a liveness that needs a quorum", restartsAll, [[liveness, mode]]],
    ["rejects a liveness by zkServer.sh status", restartsAll, [[liveness, inShell("zkServer.sh status")]]],
    [
      "accepts a liveness of one server that asks for its mode",
      "nothing",
      [
        [liveness, mode],
        [replicas, 1],
      ],
    ],
    ["accepts a liveness that only asks whether the server runs", "nothing", [[liveness, ruok]]],
    ["accepts a liveness that only connects", "nothing", [[liveness, { tcpSocket: { port: 2181 } }]]],
    ["accepts a startup that needs a quorum", "nothing", [[startup, mode], parallel]],
    ["accepts a startup that only asks whether the server runs", "nothing", [[startup, ruok]]],
    ["rejects a first server that waits for others", deadlock, [[readiness, mode]]],
    [
      "rejects it also if it is set",
      /podManagementPolicy = "OrderedReady"\s+Required: "Parallel"/,
      [
        [readiness, mode],
        [order, "OrderedReady"],
      ],
    ],
    [
      "rejects a startup that waits for others",
      /podManagementPolicy: missing.*\s+Required: "Parallel" \(spec.*startupProbe needs/,
      [[startup, mode]],
    ],
    ["accepts servers that start together", "nothing", [[readiness, mode], parallel]],
    [
      "accepts one server that waits",
      "nothing",
      [
        [readiness, mode],
        [replicas, 1],
      ],
    ],
    [
      "accepts servers that join one after the other",
      "nothing",
      [
        [readiness, mode],
        [
          [...containerPath, "command"],
          ["sh", "-c", "zkCli.sh reconfig -add server.1=a:1:2; exec zkServer.sh start"],
        ],
      ],
    ],
    [
      "leaves an unknown order open",
      "open",
      [
        [readiness, mode],
        [order, unknownValue],
      ],
    ],
    [
      "leaves the order open while the number of servers is unknown",
      "open",
      [
        [readiness, mode],
        [replicas, unknownValue],
      ],
    ],
    [
      "rejects a quorum in all three",
      [restartsAll, deadlock],
      [
        [readiness, mode],
        [liveness, mode],
        [startup, mode],
      ],
    ],
  ]);

  it("names what decides whether the first server waits", () => {
    const waiting = changed(statefulSet, readiness, mode);
    for (const path of [order, replicas]) {
      const { open } = validate(probes, [changed(waiting, path, unknownValue)]);
      expect(open.join()).to.match(new RegExp(`: ${path.join(".")}$`));
    }
  });

  it("accepts what only StatefulSets do one after the other", () => {
    const deployment = { ...changed(statefulSet, readiness, mode), type: "kubernetes:apps/v1:Deployment" };
    expectVerdict(probes, [deployment], "nothing");
    const running = changed(deployment, readiness, ruok);
    expectVerdict(probes, [running], /Fix: check .*grep Mode`, and set publishNotReadyAddresses/);
  });

  it("takes the servers of a DaemonSet for several", () => {
    const daemonSet = { ...changed(statefulSet, replicas, undefined), type: "kubernetes:apps/v1:DaemonSet" };
    expectVerdict(probes, [changed(daemonSet, readiness, ruok)], withoutQuorum);
    expectVerdict(probes, [changed(daemonSet, readiness, mode)], "nothing");
  });
});
