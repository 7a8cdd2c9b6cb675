import type { Checksum } from "../../system/download.ts";
import { checksums } from "./checksums.ts";
import { dependencyVersion, kubernetesVersion, pulumiCliVersion, requiredVersion } from "./versions.ts";

/** An official release of what would be built otherwise: an archive with commands of the same versions. */
export interface Release {
  /** What messages call it. */
  readonly title: string;
  /** Where the archive is. */
  readonly url: string;
  readonly checksum: Checksum;
  /** The archive's folder with the commands; empty for its root. */
  readonly folder: string;
  /** The modules of the tools whose commands it has. */
  readonly modules: readonly string[];
  /** How a command is asked whether it runs, by its name, and what it must answer. */
  readonly answers: Readonly<Record<string, Answer>>;
}

/** What a command must answer to be the right one. */
export interface Answer {
  readonly arguments: readonly string[];
  /** What its output must contain; undefined for commands that do not tell their version. */
  readonly version?: string;
}

/** The names of this machine's architecture in addresses. */
interface Architecture {
  readonly go: "amd64" | "arm64";
  /** As Node and Pulumi's CLI call it. */
  readonly node: "x64" | "arm64";
}

const architectures: Readonly<Record<string, Architecture>> = {
  x64: { go: "amd64", node: "x64" },
  arm64: { go: "arm64", node: "arm64" },
};

const etcdVersion = requiredVersion("etcd", "go.etcd.io/etcd/server/v3");
const corednsVersion = requiredVersion("coredns", "github.com/coredns/coredns");
const providerVersion = dependencyVersion("@pulumi/kubernetes");
const github = "https://github.com";

type Unverified = Omit<Release, "checksum">;

const kubernetesAnswer: Answer = { arguments: ["--version"], version: `v${kubernetesVersion}` };

const unverified = ({ go, node }: Architecture): readonly Unverified[] => [
  {
    title: `Kubernetes ${kubernetesVersion}`,
    // The archive of the servers has the node's and the client's commands, too.
    url: `https://dl.k8s.io/v${kubernetesVersion}/kubernetes-server-linux-${go}.tar.gz`,
    folder: "kubernetes/server/bin",
    modules: ["kubernetes"],
    answers: {
      "kube-apiserver": kubernetesAnswer,
      "kube-controller-manager": kubernetesAnswer,
      "kube-scheduler": kubernetesAnswer,
      "kube-proxy": kubernetesAnswer,
      kubelet: kubernetesAnswer,
      kubeadm: { ...kubernetesAnswer, arguments: ["version", "--output", "short"] },
      kubectl: { ...kubernetesAnswer, arguments: ["version", "--client"] },
    },
  },
  {
    title: `etcd ${etcdVersion}`,
    url: `${github}/etcd-io/etcd/releases/download/v${etcdVersion}/etcd-v${etcdVersion}-linux-${go}.tar.gz`,
    folder: `etcd-v${etcdVersion}-linux-${go}`,
    modules: ["etcd"],
    answers: { etcd: { arguments: ["--version"], version: etcdVersion } },
  },
  {
    title: `CoreDNS ${corednsVersion}`,
    url: `${github}/coredns/coredns/releases/download/v${corednsVersion}/coredns_${corednsVersion}_linux_${go}.tgz`,
    folder: "",
    modules: ["coredns"],
    answers: { coredns: { arguments: ["--version"], version: corednsVersion } },
  },
  {
    title: `the Pulumi CLI ${pulumiCliVersion}`,
    url: `${github}/pulumi/pulumi/releases/download/v${pulumiCliVersion}/pulumi-v${pulumiCliVersion}-linux-${node}.tar.gz`,
    folder: "pulumi",
    modules: ["pulumi", "pulumi-language-nodejs"],
    answers: {
      pulumi: { arguments: ["version"], version: `v${pulumiCliVersion}` },
      "pulumi-language-nodejs": { arguments: ["--help"] },
    },
  },
  {
    title: `Pulumi's Kubernetes provider ${providerVersion}`,
    url: `https://api.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v${providerVersion}-linux-${go}.tar.gz`,
    folder: "",
    modules: ["pulumi-resource-kubernetes"],
    answers: { "pulumi-resource-kubernetes": { arguments: ["--help"] } },
  },
];

/** The lengths of checksums in hexadecimal digits. */
const algorithms: Readonly<Record<number, Checksum["algorithm"]>> = { 64: "sha256", 128: "sha512" };

/** The official releases for an architecture, as Node calls it, whose checksums are known. */
export function officialReleases(arch: string = process.arch): readonly Release[] {
  const architecture = architectures[arch];
  if (architecture === undefined) {
    return [];
  }
  return unverified(architecture).flatMap((release) => {
    const hex = checksums[release.url] ?? "";
    const algorithm = algorithms[hex.length];
    return algorithm === undefined ? [] : [{ ...release, checksum: { algorithm, hex } }];
  });
}
