import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { unitProcesses } from "../system/processes.ts";
import { run } from "../system/run.ts";
import { zookeeperImage, zookeeperVersion } from "../zookeeper-image/image.ts";
import { EnsembleWatch } from "./watch.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const namespace = "tutorial";
/** How long its ensemble may take, in milliseconds. */
const patience = 100_000;
const image = `docker.io/bench/kubernetes-zookeeper`;
const tag = `1.0-${zookeeperVersion}`;

/** The containerd of every node of the environment in a state folder. */
function containerds(stateDir: string): number[] {
  return unitProcesses()
    .filter(
      ({ unit, argv }) =>
        unit.startsWith(`${stateDir}/`) && unit.includes("/nodes/") && argv[0] === "containerd",
    )
    .map(({ pid }) => pid);
}

/** Asks a node's containerd, by its socket: a program of the machine that runs in the node could be another one. */
async function ctr(containerd: number, ...args: string[]): Promise<void> {
  const address = `--address=/proc/${containerd}/root/run/containerd/containerd.sock`;
  await run("ctr", [address, "--namespace=k8s.io", "images", ...args]);
}

/**
 * Leaves only our image in a layout's index, under its tag: containerd's own notes there would name it the base
 * image.
 */
function keepOnly(indexFile: string): void {
  const reference = "org.opencontainers.image.ref.name";
  const index = JSON.parse(readFileSync(indexFile, "utf8")) as {
    manifests: { annotations?: Record<string, string> }[];
  };
  const manifests = index.manifests
    .filter(({ annotations }) => annotations?.[reference] === tag)
    .map((manifest) => ({ ...manifest, annotations: { [reference]: tag } }));
  if (manifests.length !== 1) {
    throw new Error(`${indexFile} has ${manifests.length} images ${tag}`);
  }
  writeFileSync(indexFile, JSON.stringify({ ...index, manifests }));
}

/** Puts an image with the tutorial's commands on every node, as if it had been pulled. */
async function installImage(stateDir: string): Promise<void> {
  const nodes = containerds(stateDir);
  const [first] = nodes;
  if (first === undefined) {
    throw new Error(`no containerd runs for ${stateDir}`);
  }
  const work = join(stateDir, "tutorial-image");
  const layout = join(work, "layout");
  mkdirSync(layout, { recursive: true });
  try {
    // By its tag: containerd has no name with tag and digest.
    await ctr(first, "export", join(work, "base.tar"), zookeeperImage.reference.replace(/@.*$/, ""));
    await run("tar", ["-C", layout, "-xf", join(work, "base.tar")]);
    const commands = join(fixtures, "tutorial-image");
    const insert = (source: string, target: string, from: string) =>
      run("umoci", ["insert", "--image", `${layout}:${from}`, "--tag", tag, source, target]);
    await insert(join(commands, "start-zookeeper"), "/usr/local/bin/start-zookeeper", zookeeperVersion);
    await insert(join(commands, "zookeeper-ready"), "/usr/local/bin/zookeeper-ready", tag);
    const conf = join(work, "conf");
    mkdirSync(conf);
    await run("chown", ["1000:1000", conf]);
    await insert(conf, "/opt/zookeeper/conf", tag);
    keepOnly(join(layout, "index.json"));
    const tar = join(work, "tutorial.tar");
    await run("tar", ["-C", layout, "-cf", tar, "."]);
    await Promise.all(nodes.map((node) => ctr(node, "import", "--base-name", image, tar)));
  } finally {
    rmSync(work, { recursive: true });
  }
}

type Kubectl = (...args: string[]) => Promise<string>;

/** Stops the environment's own servers meanwhile: a node has room for one server that requests 1 GiB. */
async function withRoom<T>(kubectl: Kubectl, work: () => Promise<T>): Promise<T> {
  const own = "statefulset/zk";
  const servers = await kubectl("get", own, "-o=jsonpath={.spec.replicas}");
  await kubectl("scale", own, "--replicas=0");
  await kubectl("wait", "--for=delete", "pod", "--selector=app=zk", "--timeout=120s");
  try {
    return await work();
  } finally {
    await kubectl("scale", own, `--replicas=${servers}`);
    await kubectl("rollout", "status", own, "--timeout=180s");
  }
}

/**
 * Applies the tutorial's manifest on the cluster of an environment.
 * @returns the seconds until its ensemble acknowledges a create
 */
export async function measureTutorial(stateDir: string, kubeconfig: string): Promise<number> {
  const kubectl: Kubectl = (...args) => run("kubectl", ["--kubeconfig", kubeconfig, ...args]);
  await installImage(stateDir);
  return await withRoom(kubectl, () => applyTutorial(kubectl, kubeconfig));
}

async function applyTutorial(kubectl: Kubectl, kubeconfig: string): Promise<number> {
  await kubectl("apply", "-f", join(fixtures, "standard-rwo.yaml"));
  await kubectl("create", "namespace", namespace);
  const watch = new EnsembleWatch(kubeconfig, namespace);
  const timeout = setTimeout(() => {
    watch.end();
  }, patience);
  try {
    const began = performance.now();
    const writable = watch.writable();
    await kubectl("--namespace", namespace, "apply", "-f", join(fixtures, "tutorial.yaml"));
    const when = await writable;
    if (when === undefined) {
      const pods = await kubectl("--namespace", namespace, "describe", "pods");
      throw new Error(`the tutorial's ensemble acknowledged nothing within ${patience / 1000} s\n${pods}`);
    }
    return (when - began) / 1000;
  } finally {
    clearTimeout(timeout);
    watch.end();
    await kubectl("delete", "namespace", namespace, "--wait");
    await kubectl("delete", "storageclass", "standard-rwo");
  }
}
