import { MockEngine, at } from "../../test/fixtures/mocks.ts";

/** What the picture tells, as the program asks the engine for it with its defaults. */
export interface Facts {
  readonly cluster: { name: string; location: string };
  readonly network: { nodes: string; pods: string };
  readonly nodes: { count: number; machineType: string };
  readonly storageClass: { name: string; diskType: string; reclaimPolicy: string };
  readonly servers: readonly { name: string; claim: string; size: string }[];
  readonly pod: { image: string; cpu: string; memory: string };
  readonly clientService: { name: string; ports: string };
  readonly headlessService: { name: string; ports: string };
  readonly budget: { name: string; maxUnavailable: string };
  readonly configMaps: readonly string[];
  readonly networkPolicy: string;
}

/** Text at a path of a resource's inputs. @throws Error where there is none */
function told(inputs: unknown, ...path: (string | number)[]): string {
  const value = at(inputs, ...path);
  if (typeof value !== "string" && typeof value !== "number") {
    throw new Error(`nothing at ${path.join(".")} of ${JSON.stringify(inputs)}`);
  }
  return String(value);
}

function servicePorts(inputs: unknown): string {
  const ports = at(inputs, "spec", "ports");
  if (!Array.isArray(ports)) {
    throw new Error("a Service has ports");
  }
  return ports.map((port) => told(port, "port")).join(", ");
}

/** Runs the program on mocks, with nothing but its defaults, and notes what it registers. */
export async function gatherFacts(): Promise<Facts> {
  const engine = await MockEngine.start();
  const { ZooKeeperEnvironment } = await import("../../components/environment/environment.ts");
  new ZooKeeperEnvironment("zookeeper", { gke: { project: "my-project" } });
  await engine.settled();
  const inputs = (type: string, name?: string) => engine.one(type, name).inputs;
  const cluster = inputs("gcp:container/cluster:Cluster");
  const pool = inputs("gcp:container/nodePool:NodePool");
  const subnetwork = inputs("gcp:compute/subnetwork:Subnetwork");
  const storage = inputs("kubernetes:storage.k8s.io/v1:StorageClass");
  const statefulSet = inputs("kubernetes:apps/v1:StatefulSet");
  const container = at(statefulSet, "spec", "template", "spec", "containers", 0);
  const client = inputs("kubernetes:core/v1:Service", "zookeeper-cs");
  const headless = inputs("kubernetes:core/v1:Service", "zookeeper-hs");
  const budget = inputs("kubernetes:policy/v1:PodDisruptionBudget");
  const name = told(statefulSet, "metadata", "name");
  const claims = engine.registered.filter(({ type }) => type.endsWith(":PersistentVolumeClaimPatch"));
  return {
    cluster: { name: told(cluster, "name"), location: told(cluster, "location") },
    network: {
      nodes: told(subnetwork, "ipCidrRange"),
      pods: told(subnetwork, "secondaryIpRanges", 0, "ipCidrRange"),
    },
    nodes: { count: Number(told(pool, "nodeCount")), machineType: told(pool, "nodeConfig", "machineType") },
    storageClass: {
      name: told(storage, "metadata", "name"),
      diskType: told(storage, "parameters", "type"),
      reclaimPolicy: told(storage, "reclaimPolicy"),
    },
    servers: Array.from({ length: Number(told(statefulSet, "spec", "replicas")) }, (_, n) => ({
      name: `${name}-${n}`,
      claim: told(claims[n]?.inputs, "metadata", "name"),
      size: told(claims[n]?.inputs, "spec", "resources", "requests", "storage"),
    })),
    pod: {
      image: told(container, "image"),
      cpu: told(container, "resources", "requests", "cpu"),
      memory: told(container, "resources", "limits", "memory"),
    },
    clientService: { name: told(client, "metadata", "name"), ports: servicePorts(client) },
    headlessService: { name: told(headless, "metadata", "name"), ports: servicePorts(headless) },
    budget: {
      name: told(budget, "metadata", "name"),
      maxUnavailable: told(budget, "spec", "maxUnavailable"),
    },
    configMaps: engine.registered
      .filter(({ type }) => type === "kubernetes:core/v1:ConfigMap")
      .map((map) => told(map.inputs, "metadata", "name"))
      .sort(),
    networkPolicy: told(inputs("kubernetes:networking.k8s.io/v1:NetworkPolicy"), "metadata", "name"),
  };
}
