import { probes } from "../../../policy/rules/probes.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";
import { rows } from "../table.ts";

const readiness = [...containerPath, "readinessProbe"];
const liveness = [...containerPath, "livenessProbe"];
const startup = [...containerPath, "startupProbe"];
const grace = [...podPath, "terminationGracePeriodSeconds"];
const patience =
  /livenessProbe: gives up after 10 s \(1 failures, one every 10 s\)\s+Required: a probe that waits for 20 s/;

describe("probes", () => {
  rows(probes, [statefulSet], statefulSet, [
    ["accepts all three", "nothing", []],
    ["refuses no readiness", /readinessProbe: missing/, [[readiness, undefined]]],
    ["refuses no liveness", /livenessProbe: missing/, [[liveness, undefined]]],
    ["refuses no startup", /startupProbe: missing/, [[startup, undefined]]],
    [
      "refuses all three missing, once each",
      [/readiness/, /liveness/, /startup/],
      [
        [readiness, undefined],
        [liveness, undefined],
        [startup, undefined],
      ],
    ],
    [
      "refuses a probe that asks nothing",
      /readinessProbe = a probe without a handler/,
      [[readiness, { periodSeconds: 10 }]],
    ],
    ["accepts TCP", "nothing", [[readiness, { tcpSocket: { port: 2181 } }]]],
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
    ["refuses an impatient liveness", patience, [[[...liveness, "failureThreshold"], 1]]],
    ["accepts just enough patience", "nothing", [[[...liveness, "failureThreshold"], 2]]],
    ["knows the defaults, 10 s and 3 failures", "nothing", [[liveness, { exec: {} }]]],
    ["knows the default period", patience, [[liveness, { exec: {}, failureThreshold: 1 }]]],
    [
      "knows the default failures",
      /gives up after 15 s \(3 failures/,
      [[liveness, { exec: {}, periodSeconds: 5 }]],
    ],
    [
      "refuses an impatient startup",
      /startupProbe: gives up after 10 s/,
      [[[...startup, "failureThreshold"], 1]],
    ],
    [
      "refuses a threshold of 0",
      [/failureThreshold = 0\s+Required: a number of 1/, /gives up after 0 s/],
      [[[...liveness, "failureThreshold"], 0]],
    ],
    ["refuses another type of probe", /readinessProbe = "ruok" \(wrong type\)/, [[readiness, "ruok"]]],
    [
      "refuses another type of period",
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
      "judges the others beside an unknown",
      /startupProbe: missing/,
      [
        [liveness, unknownValue],
        [startup, undefined],
      ],
    ],
    ["accepts a missing grace period, 30 s", "nothing", [[grace, undefined]]],
    [
      "refuses a short grace period",
      /terminationGracePeriodSeconds = 29\s+Required: 30 s or more/,
      [[grace, 29]],
    ],
    ["refuses another type of grace period", /= "30" \(wrong type\)/, [[grace, "30"]]],
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
});
