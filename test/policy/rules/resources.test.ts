import { resources } from "../../../policy/rules/resources.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";
import { rows } from "../table.ts";

const field = [...containerPath, "resources"];
const request = [...field, "requests", "memory"];
const limit = [...field, "limits", "memory"];
const cpu = [...field, "requests", "cpu"];
const env = [...containerPath, "env"];
const flags = (name: string, value: unknown) => [env, [{ name, value }]] as const;
const tooLarge =
  /: a heap of 769Mi in a memory limit of 1024Mi\s+Required: a heap of 75 % .*-Xmx to 768Mi or less/s;
const sidecar = (container: object) =>
  [[...podPath, "initContainers"], [{ name: "side", ...container }]] as const;

describe("resources", () => {
  rows(resources, [statefulSet], statefulSet, [
    ["accepts request = limit with room beside the heap", "nothing", []],
    ["accepts the same amount in other units", "nothing", [[request, "1024Mi"]]],
    [
      "refuses a missing limit",
      /limits.memory: missing\s+Required: a memory limit equal to the request/,
      [[limit, undefined]],
    ],
    ["takes a missing request for the limit", "nothing", [[request, undefined]]],
    ["refuses a lower request", /requests.memory: not the limit \(1Gi\)/, [[request, "512Mi"]]],
    ["refuses no CPU request", /requests.cpu: missing\s+Required: a CPU request/, [[cpu, undefined]]],
    [
      "takes a missing CPU request for the limit",
      "nothing",
      [
        [cpu, undefined],
        [[...field, "limits", "cpu"], 1],
      ],
    ],
    ["accepts a number of CPUs", "nothing", [[cpu, 0.5]]],
    ["refuses no CPU at all", /cpu = "0"/, [[cpu, "0"]]],
    ["refuses what is no quantity", /cpu = "half"/, [[cpu, "half"]]],
    ["refuses another type", /requests.cpu = true \(wrong type\)/, [[cpu, true]]],
    ["refuses a limit of the wrong type", /limits.memory = a list \(wrong type\)/, [[limit, []]]],
    ["refuses missing resources", [/limits.memory: missing/, /requests.cpu: missing/], [[field, undefined]]],
    ["leaves unknown resources open", "open", [[field, unknownValue]]],
    [
      "leaves an unknown limit open and judges the CPU",
      /cpu: missing/,
      [
        [limit, unknownValue],
        [cpu, undefined],
      ],
    ],
    ["accepts the largest heap", "nothing", [flags("SERVER_JVMFLAGS", "-Xmx768m")]],
    ["refuses one larger", tooLarge, [flags("SERVER_JVMFLAGS", "-Xmx769m")]],
    ["reads JVMFLAGS", tooLarge, [flags("JVMFLAGS", "-Xms1g -Xmx769m -ea")]],
    ["reads a heap size in MiB", tooLarge, [flags("ZK_SERVER_HEAP", "769")]],
    ["reads a heap size with its unit", /a heap of 2048Mi/, [flags("ZK_HEAP_SIZE", "2G")]],
    ["reads JAVA_TOOL_OPTIONS", tooLarge, [flags("JAVA_TOOL_OPTIONS", "-Xmx769m")]],
    [
      "reads the command line",
      tooLarge,
      [
        [
          [...containerPath, "command"],
          ["java", "-Xmx769m", "-cp"],
        ],
      ],
    ],
    [
      "reads the tutorial's command line",
      tooLarge,
      [
        [
          [...containerPath, "command"],
          ["sh", "-c", "start-zookeeper --heap=769M"],
        ],
      ],
    ],
    [
      "lets the stronger variable win",
      "nothing",
      [
        [
          env,
          [
            { name: "ZK_SERVER_HEAP", value: "900" },
            { name: "SERVER_JVMFLAGS", value: "-Xmx512m" },
          ],
        ],
      ],
    ],
    [
      "lets the last of two variables win",
      tooLarge,
      [
        [
          env,
          [
            { name: "JVMFLAGS", value: "-Xmx1m" },
            { name: "JVMFLAGS", value: "-Xmx769m" },
          ],
        ],
      ],
    ],
    [
      "reads on where flags set no heap",
      tooLarge,
      [
        [
          env,
          [
            { name: "JVMFLAGS", value: "-ea" },
            { name: "ZK_SERVER_HEAP", value: "769" },
          ],
        ],
      ],
    ],
    ["reads shares of the memory", /a heap of 840Mi/, [flags("JVMFLAGS", "-XX:MaxRAMPercentage=82.0")]],
    ["accepts a share that leaves room", "nothing", [flags("JVMFLAGS", "-XX:MaxRAMPercentage=75")]],
    ["refuses one that does not", /a heap of 769Mi/, [flags("JVMFLAGS", "-XX:MaxRAMPercentage=75.1")]],
    [
      "knows the start script's default of 1000 MiB",
      /no heap setting, so the start script's heap of 1000Mi/,
      [[env, []]],
    ],
    [
      "leaves a heap from elsewhere open",
      "open",
      [[env, [{ name: "JVMFLAGS", valueFrom: { configMapKeyRef: { name: "x", key: "y" } } }]]],
    ],
    ["leaves an unknown heap open", "open", [flags("JVMFLAGS", unknownValue)]],
    ["leaves an unknown environment open", "open", [[env, unknownValue]]],
    ["leaves an unknown name open", "open", [flags(unknownValue, "x")]],
    [
      "takes settings: the largest share",
      /a heap of 50 % .*-Xmx to 512Mi|a heap of 40 %/,
      [],
      { config: { maximumHeapPercent: 40 } },
    ],
    [
      "judges sidecars",
      [/initContainers\[0\].*memory: missing/, /initContainers\[0\].*cpu: missing/],
      [sidecar({ restartPolicy: "Always" })],
    ],
    ["leaves init containers alone", "nothing", [sidecar({})]],
  ]);
});
