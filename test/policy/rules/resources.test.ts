import { expect } from "chai";

import { resources } from "../../../policy/rules/resources.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate } from "../../fixtures/policy/harness.ts";
import { rows, type Row } from "../table.ts";

const field = [...containerPath, "resources"];
const request = [...field, "requests", "memory"];
const limit = [...field, "limits", "memory"];
const cpu = [...field, "requests", "cpu"];
const env = [...containerPath, "env"];
const flags = (name: string, value: unknown) => [env, [{ name, value }]] as const;
const tooLarge =
  /: a heap of 769Mi in a memory limit of 1024Mi\s+Required: a heap of 75 % .*-Xmx to 768Mi or less/s;
const command = [...containerPath, "command"];
const image = [...containerPath, "image"];
const cp = "confluentinc/cp-zookeeper:7.3.1";
/** Without the mount of a ConfigMap, which may hold java.env. */
const bare = [[...podPath, "volumes"], undefined] as const;
const envFrom = (...from: unknown[]) => [[...containerPath, "envFrom"], from] as const;
const sidecar = (container: object) =>
  [[...podPath, "initContainers"], [{ name: "side", ...container }]] as const;

describe("resources", () => {
  rows(resources, [statefulSet], statefulSet, [
    ["accepts request = limit with room beside the heap", "nothing", []],
    ["accepts the same amount in other units", "nothing", [[request, "1024Mi"]]],
    [
      "rejects a missing limit",
      /limits.memory: missing\s+Required: a memory limit equal to the request/,
      [[limit, undefined]],
    ],
    ["takes a missing request for the limit", "nothing", [[request, undefined]]],
    ["rejects a lower request", /requests.memory: not the limit \(1Gi\)/, [[request, "512Mi"]]],
    ["rejects no CPU request", /requests.cpu: missing\s+Required: a CPU request/, [[cpu, undefined]]],
    [
      "takes a missing CPU request for the limit",
      "nothing",
      [
        [cpu, undefined],
        [[...field, "limits", "cpu"], 1],
      ],
    ],
    ["accepts a number of CPUs", "nothing", [[cpu, 0.5]]],
    ["rejects no CPU at all", /cpu = "0"/, [[cpu, "0"]]],
    ["rejects what is no quantity", /cpu = "half"/, [[cpu, "half"]]],
    ["rejects another type", /requests.cpu = true \(wrong type\)/, [[cpu, true]]],
    ["rejects a limit of the wrong type", /limits.memory = a list \(wrong type\)/, [[limit, []]]],
    [
      "rejects a limit that is no quantity",
      /limits.memory = "much"/,
      [
        [limit, "much"],
        [request, undefined],
      ],
    ],
    [
      "rejects a limit of nothing",
      /limits.memory = 0/,
      [
        [limit, 0],
        [request, undefined],
        [env, unknownValue],
      ],
    ],
    ["rejects missing resources", [/limits.memory: missing/, /requests.cpu: missing/], [[field, undefined]]],
    ["leaves unknown resources open", "open", [[field, unknownValue]]],
    [
      "leaves an unknown limit open and validates the CPU",
      /cpu: missing/,
      [
        [limit, unknownValue],
        [cpu, undefined],
      ],
    ],
    ["accepts the largest heap", "nothing", [flags("SERVER_JVMFLAGS", "-Xmx768m")]],
    ["rejects one larger", tooLarge, [flags("SERVER_JVMFLAGS", "-Xmx769m")]],
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
    ["rejects one that does not", /a heap of 769Mi/, [flags("JVMFLAGS", "-XX:MaxRAMPercentage=75.1")]],
    [
      "knows the start script's default of 1000 MiB",
      /no heap setting, so the start script's heap of 1000Mi/,
      [[env, []], bare],
    ],
    [
      "knows it in a mirror of the official image",
      /start script's heap of 1000Mi/,
      [[env, []], bare, [image, "europe-docker.pkg.dev/p/hub/library/zookeeper:3.9.5"]],
    ],
    [
      "knows it in Kubernetes' image with zkServer.sh",
      /start script's heap of 1000Mi/,
      [
        [env, []],
        bare,
        [image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"],
        [command, ["zkServer.sh", "start-foreground"]],
      ],
    ],
    [
      "does not know it in Kubernetes' image with another script",
      "hidden",
      [
        [env, []],
        bare,
        [image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"],
        [command, ["start-zookeeper"]],
      ],
    ],
    ...["confluentinc/cp-zookeeper:7.3.1", "engapa/zookeeper:3.4.13", "bitnami/zookeeper:3.9.3"].map(
      (name): Row => [
        `does not know what ${name} sets by itself`,
        "hidden",
        [[env, []], bare, [image, name]],
      ],
    ),
    ["leaves it to the stack where a ConfigMap may set it", "nothing", [[env, []]]],
    [
      "knows it beside volumes that are no ConfigMaps",
      /start script's heap of 1000Mi/,
      [
        [env, []],
        [[...containerPath, "volumeMounts"], [{ name: "logs", mountPath: "/logs" }]],
        [[...podPath, "volumes"], [{ name: "logs", emptyDir: {} }]],
      ],
    ],
    [
      "leaves a heap in a ConfigMap to the stack",
      "nothing",
      [[env, [{ name: "JVMFLAGS", valueFrom: { configMapKeyRef: { name: "x", key: "y" } } }]]],
    ],
    [
      "leaves a heap in a Secret hidden",
      "hidden",
      [[env, [{ name: "JVMFLAGS", valueFrom: { secretKeyRef: { name: "x", key: "y" } } }]]],
    ],
    [
      "leaves what a Secret may set hidden",
      "hidden",
      [[env, []], bare, envFrom({ secretRef: { name: "x" } })],
    ],
    [
      "leaves variables of a ConfigMap to the stack",
      "nothing",
      [[env, []], bare, envFrom({ configMapRef: { name: "x" } })],
    ],
    [
      "leaves variables of a ConfigMap beside a Secret to the stack",
      "nothing",
      [[env, []], bare, envFrom({ secretRef: { name: "x" } }, { configMapRef: { name: "x" } })],
    ],
    ["leaves an unknown source open", "open", [[env, []], bare, envFrom(unknownValue)]],
    [
      "leaves an unknown ConfigMap open",
      "open",
      [[env, []], bare, envFrom({ configMapRef: { name: unknownValue } })],
    ],
    ["leaves an unknown origin open", "open", [[env, [{ name: "JVMFLAGS", valueFrom: unknownValue }]]]],
    [
      "reads what Kafka's scripts read",
      tooLarge,
      [[image, cp], flags("KAFKA_HEAP_OPTS", "-Xms512M -Xmx769M")],
    ],
    [
      "accepts what Kafka's scripts read",
      "nothing",
      [[image, cp], flags("KAFKA_HEAP_OPTS", "-Xms512M -Xmx512M")],
    ],
    [
      "reads what Kafka's scripts read last",
      tooLarge,
      [
        [image, cp],
        [
          env,
          [
            { name: "KAFKA_HEAP_OPTS", value: "-Xmx512M" },
            { name: "KAFKA_OPTS", value: "-Xmx769M" },
          ],
        ],
      ],
    ],
    [
      "reads nothing that Kafka's scripts do not",
      "hidden",
      [bare, [image, cp], flags("JVMFLAGS", "-Xmx769m")],
    ],
    [
      "knows Kafka's scripts by the command",
      "hidden",
      [
        bare,
        [command, ["bin/zookeeper-server-start.sh", "x"]],
        [image, "a/b"],
        flags("JVMFLAGS", "-Xmx769m"),
      ],
    ],
    ["reads what Pulsar reads", tooLarge, [flags("PULSAR_MEM", "-Xms64m -Xmx769m")]],
    [
      "puts in the variables of the container",
      tooLarge,
      [
        [
          env,
          [
            { name: "HEAP", value: "769" },
            { name: "JVMFLAGS", value: "-Xmx$(HEAP)m" },
          ],
        ],
      ],
    ],
    [
      "puts them into the command line",
      tooLarge,
      [
        [env, [{ name: "HEAP", value: "769" }]],
        [command, ["sh", "-c", "start-zookeeper --heap=${HEAP}M"]],
      ],
    ],
    [
      "leaves a heap from a variable that is not there hidden",
      "hidden",
      [bare, flags("JVMFLAGS", "-Xmx$(MEM)m")],
    ],
    ["leaves a shell's variable hidden", "hidden", [bare, flags("JVMFLAGS", "$FLAGS")]],
    ["reads a heap beside a variable", tooLarge, [flags("JVMFLAGS", "$FLAGS -Xmx769m")]],
    [
      "leaves a variable of the command line hidden",
      "hidden",
      [[env, []], bare, [command, ["java", "-Xmx$HEAP", "-cp"]]],
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
      "validates sidecars",
      [/initContainers\[0\].*memory: missing/, /initContainers\[0\].*cpu: missing/],
      [sidecar({ restartPolicy: "Always" })],
    ],
    ["leaves init containers alone", "nothing", [sidecar({})]],
  ]);

  it("names the source of a heap that it does not see", () => {
    const from = (path: readonly (string | number)[], source: object): string => {
      const bareSet = changed(changed(statefulSet, env, []), ...bare);
      return validate(resources, [changed(bareSet, path, [source])]).open.join();
    };
    const secretKeyRef = { name: "x", key: "y" };
    expect(from(env, { name: "JVMFLAGS", valueFrom: { secretKeyRef } })).to.match(/env\[0\]\.valueFrom\)$/);
    expect(from([...containerPath, "envFrom"], { secretRef: { name: "x" } })).to.match(/envFrom\[0\]\)$/);
  });
});
