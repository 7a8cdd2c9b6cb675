import { checkEnsemble } from "../ensemble/check.ts";
import { checkExisting } from "../existing/check.ts";
import { checkGke } from "../gke/check.ts";
import { allocatableCpu, allocatableMemory, needsHyperdisk, parseMachineType } from "../gke/machineType.ts";
import { checkStorage } from "../storage/check.ts";
import { formatBytes, mebibyte, parseQuantity } from "../units/quantity.ts";
import type { Report } from "../validation/report.ts";
import { googleDisks } from "../storage/args.ts";
import type { KnownEnvironment } from "./args.ts";

/** What GKE's own pods ask of the memory of a node, about. */
const systemPodsMemory = 400 * mebibyte;

/** Notes everything that is wrong with an environment's settings: each part by itself, and the parts together. */
export function checkEnvironment(environment: KnownEnvironment, report: Report): void {
  checkClusters(environment, report);
  const { gke, existing, storage, ensemble } = environment;
  if (existing !== undefined) {
    checkExisting(existing, report.at("existing"));
  }
  const parts = {
    ...(gke && { gke: checkGke(gke, report.at("gke")) }),
    ...(storage && { storage: checkStorage(storage, report.at("storage")) }),
    ...(ensemble && { ensemble: checkEnsemble(ensemble, report.at("ensemble")) }),
  };
  checkSpread(parts, report);
  checkFit(parts, report);
  checkDisks(parts, report);
  checkDriver(environment, report);
}

function checkClusters({ gke, existing }: KnownEnvironment, report: Report): void {
  if (gke === undefined && existing === undefined) {
    report.fault(
      "gke.project",
      undefined,
      "there is no cluster to put ZooKeeper on",
      "name the Google Cloud project for a new GKE cluster, or give the kubeconfig of a cluster that is there",
    );
  }
  if (gke !== undefined && existing !== undefined) {
    report.fault(
      "existing.kubeconfig",
      "[secret]",
      "both a new GKE cluster and an existing cluster are asked for",
      "leave out either the Google Cloud project or the kubeconfig",
    );
  }
}

/** Every server needs a node of its own, and a drained one a node to go to. */
function checkSpread({ gke, ensemble }: KnownEnvironment, report: Report): void {
  const servers = ensemble?.servers;
  const nodes = gke?.nodeCount;
  if (servers === undefined || nodes === undefined) {
    return;
  }
  if (servers >= nodes) {
    const reason =
      servers > nodes
        ? `no two servers share a node, and there are ${nodes} nodes`
        : "there are as many nodes as servers: the server of a drained node has none to go to";
    // The most servers are an odd number, too.
    const most = nodes % 2 === 0 ? nodes - 1 : nodes - 2;
    const fix = most > 0 ? `use at most ${most} servers, or at least` : "use at least";
    report.fault("ensemble.servers", servers, reason, `${fix} ${servers + 1} nodes`);
  }
}

/** What a server is promised must be there on a node. */
function checkFit({ gke, ensemble }: KnownEnvironment, report: Report): void {
  const machineType = gke?.machineType;
  const machine = machineType === undefined ? undefined : parseMachineType(machineType);
  if (machineType === undefined || machine === undefined) {
    return;
  }
  const memory = parseQuantity(ensemble?.memory ?? "");
  const most = allocatableMemory(machine.memory);
  if (memory !== undefined && memory > most) {
    report.fault(
      "ensemble.memory",
      ensemble?.memory,
      `a node of type ${machineType} can promise ${formatBytes(most)}`,
      "use less, or a machine type with more memory",
    );
  } else if (memory !== undefined && memory > most - systemPodsMemory) {
    report.warn(
      "ensemble.memory",
      ensemble?.memory,
      `a node of type ${machineType} can promise ${formatBytes(most)}, of which GKE's own pods take some`,
      "use less, or a machine type with more memory",
    );
  }
  const cpu = parseQuantity(ensemble?.cpu ?? "");
  const mostCpu = allocatableCpu(machineType, machine.cpus);
  if (cpu !== undefined && cpu > mostCpu) {
    const fix = "use less, or a machine type with more CPUs";
    const reason = `a node of type ${machineType} can promise ${Math.floor(mostCpu * 1000)}m`;
    report.fault("ensemble.cpu", ensemble?.cpu, reason, fix);
  }
}

/** Only GKE has Google's driver; nothing says whether a cluster that is there is one. */
function checkDriver({ existing, storage, ensemble }: KnownEnvironment, report: Report): void {
  if (existing !== undefined && ensemble?.storageClassName === "" && storage?.provisioner === googleDisks) {
    report.warn(
      "storage.provisioner",
      googleDisks,
      "claims wait for ever on a cluster without this driver",
      "outside of GKE, name the cluster's own driver, or a StorageClass that is there",
    );
  }
}

/** The nodes must be able to attach the volumes. */
function checkDisks({ gke, storage }: KnownEnvironment, report: Report): void {
  const machine = parseMachineType(gke?.machineType ?? "");
  const diskType = storage?.diskType;
  if (machine === undefined || diskType === undefined || storage?.provisioner !== googleDisks) {
    return;
  }
  if (needsHyperdisk(machine.series) && !diskType.startsWith("hyperdisk-")) {
    const reason = `machines of series ${machine.series} attach only Hyperdisk volumes`;
    report.fault("storage.diskType", diskType, reason, "use hyperdisk-balanced, or another machine series");
  }
}
