import { join } from "node:path";

import type { Official } from "./official.ts";
import { dependencyVersion, kubernetesVersion, pulumiCliVersion } from "./versions.ts";

/** A Go module of ours that only pins versions, and the commands that come of it. */
export interface Tool {
  /** What the progress line calls it. */
  title: string;
  /** The folder with go.mod and go.sum. */
  module: string;
  /** What is built: packages, or `tool` for all of go.mod's. */
  packages: readonly string[];
  /** The commands that come of it. */
  commands: readonly string[];
  /** Values set in the build, by variable. */
  variables?: Readonly<Record<string, string>>;
  /** Files of a dependency that the build puts beside ours. */
  embeds?: { module: string; files: readonly string[] };
  /** Minutes that the build took from nothing on 2 cores. */
  minutes: number;
}

const [major, minor] = kubernetesVersion.split(".");

/** Without these, clients that ask for the version get v0.0.0, and some then refuse to work. */
const kubernetesVersionVariables = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    [`${path}.gitVersion`, `v${kubernetesVersion}`],
    [`${path}.gitMajor`, major ?? ""],
    [`${path}.gitMinor`, minor ?? ""],
    [`${path}.gitTreeState`, "clean"],
  ]),
);

/** All that is built, in the order in which it shares compiled packages best. */
export const tools: readonly Tool[] = [
  {
    title: "etcd",
    module: "etcd",
    packages: ["."],
    commands: ["etcd"],
    minutes: 0.6,
  },
  {
    title: `Kubernetes ${kubernetesVersion}`,
    module: "kubernetes",
    packages: ["tool"],
    commands: [
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"],
      ...["kubelet", "kubeadm", "kubectl"],
    ],
    variables: kubernetesVersionVariables,
    minutes: 4.3,
  },
  {
    title: "the volume driver, the enforcement of NetworkPolicies and the metadata server",
    module: "agents",
    packages: ["./pd-volumes", "./network-policies", "./metadata-server"],
    commands: ["pd-volumes", "network-policies", "metadata-server"],
    minutes: 1.0,
  },
  {
    title: `the Pulumi CLI ${pulumiCliVersion}`,
    module: "pulumi",
    packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    commands: ["pulumi"],
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumiCliVersion}` },
    minutes: 1.3,
  },
  {
    title: "Pulumi's Node.js language host",
    module: "pulumi-language-nodejs",
    packages: ["."],
    commands: ["pulumi-language-nodejs"],
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumiCliVersion}` },
    embeds: {
      module: "github.com/pulumi/pulumi/sdk/v3",
      files: ["main.go", "proxy.go", "proxy_unix.go"].map(
        (file) => `nodejs/cmd/pulumi-language-nodejs/${file}`,
      ),
    },
    minutes: 0.4,
  },
  {
    title: "Pulumi's Kubernetes provider",
    module: "pulumi-resource-kubernetes",
    packages: ["."],
    commands: ["pulumi-resource-kubernetes"],
    variables: {
      "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version":
        dependencyVersion("@pulumi/kubernetes"),
    },
    embeds: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      files: [
        "cmd/pulumi-resource-kubernetes/schema.json",
        "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
      ],
    },
    minutes: 5.4,
  },
  {
    title: "CoreDNS",
    module: "coredns",
    packages: ["."],
    commands: ["coredns"],
    minutes: 0.8,
  },
];

/** Built when the first bucket needs it. */
export const cloudStorage: Tool = {
  title: "Cloud Storage",
  module: "cloud-storage",
  packages: ["."],
  commands: ["cloud-storage"],
  minutes: 1.0,
};

const pulumiCommands = ["pulumi", "pulumi-language-nodejs"];

/** The Kubernetes tool without the command that users type. */
function withoutKubectl(tool: Tool): Tool {
  const commands = tool.commands.filter((command) => command !== "kubectl");
  return { ...tool, commands, packages: commands.map((command) => `k8s.io/kubernetes/cmd/${command}`) };
}

/** What is to be built beside these commands of the machine; what is built already stays. */
export function toolsBeside(official: Official, isBuilt: (tool: Tool) => boolean): readonly Tool[] {
  return tools
    .filter(
      ({ commands }) =>
        official.pulumi === undefined || !commands.some((name) => pulumiCommands.includes(name)),
    )
    .map((tool) =>
      official.kubectl !== undefined && tool.commands.includes("kubectl") && !isBuilt(tool)
        ? withoutKubectl(tool)
        : tool,
    );
}

/** The folder of a tool's module. */
export const moduleDir = (tool: Tool): string => join(import.meta.dirname, tool.module);
