import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { isHeadless, portIn, selects } from "../kubernetes/services.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import { entries, items, known, show } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { objectsOf, serversOf, workloadsIn } from "../stack.ts";
import { isPeerPort } from "../zookeeper/ports.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

const reason = "the Service that gives each pod a name (otherwise the servers do not find each other)";

/** Whether the Service is for a single pod of a StatefulSet, which has a name and an address by it. */
function isForOnePod(service: KubernetesObject): boolean {
  const selector = entries(service.root.at("spec", "selector"));
  return ["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"].some((key) =>
    selector.has(key),
  );
}

/** Validates that the name is that of a Service that selects the pods, if the stack shows its Services. */
function validateName(workload: Workload, services: readonly KubernetesObject[], report: Report): void {
  const field = workload.root.at("spec", "serviceName");
  if (field.unknown) {
    report.leaveOpen(field.path);
    return;
  }
  if (field.string().state === "wrong") {
    report.check(field.string(), {
      holds: () => true,
      absent: "accepted",
      required: reason,
      fix: "give the name of a Service",
    });
    return;
  }
  const name = known(field.string()) ?? "";
  const named = services.filter((service) => service.name === name);
  const here = named.find(({ namespace }) => namespace !== undefined && namespace === workload.namespace);
  const selected = here && selects(here, workload);
  if (selected === true) {
    return;
  }
  const selecting = services.filter((service) => selects(service, workload) === true);
  const headless = selecting.find((service) => isHeadless(service) === true);
  const fix =
    headless === undefined
      ? "add a headless Service that selects the pods, with publishNotReadyAddresses, and set serviceName to its name"
      : `set serviceName to ${show(headless.name)}`;
  if (name === "") {
    report.reject({ path: field.path, observed: "missing", required: reason, fix });
    return;
  }
  if (here !== undefined) {
    if (selected === "unknown") {
      report.leaveOpen(`whether ${here.label} selects its pods`);
    } else {
      report.reject({
        path: field.path,
        observed: `${show(name)}, a Service that selects none of its pods`,
        required: reason,
        fix: headless === undefined ? `give Service ${show(name)} the pods' labels as its selector` : fix,
      });
    }
  } else if (named.length > 0 && [workload, ...named].some(({ namespace }) => namespace === undefined)) {
    report.leaveOpen(`whether ${field.path} is a Service of its namespace`);
  } else if (selecting.length === 0) {
    report.leaveHidden(`the Service ${show(name)} that ${field.path} names`);
  } else {
    const others = selecting.map((service) => service.label).join(", ");
    report.reject({
      path: field.path,
      observed: `${show(name)}, while the Services of the stack that select its pods are others (${others})`,
      required: reason,
      fix: headless === undefined ? `add a headless Service ${show(name)} that selects the pods` : fix,
    });
  }
}

/**
 * The names of a StatefulSet's pods, by which the servers find each other, resolve only if its `serviceName` is the
 * name of a Service that selects them. That this Service is headless is in `network-exposure`.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
 */
export const governingService = stackPolicy({
  name: "governing-service",
  description: "The StatefulSets of ZooKeeper servers name the Service that gives their pods names",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const services = objectsOf(resources, "", "Service");
    const servers = serversOf(resources, settings).filter(({ runs }) => runs === true);
    const forOnePod = services.filter(isForOnePod);
    for (const { workload } of servers) {
      const pods = replicasOf(workload);
      const separate = forOnePod.some((service) => selects(service, workload) !== false);
      if (workload.kind !== "StatefulSet" || pods === 1 || separate) {
        continue;
      }
      const report = open(workload.label, workload.urn);
      if (pods === undefined) {
        report.leaveOpen(workload.root.at("spec", "replicas").path);
      } else {
        validateName(workload, services, report);
      }
    }
    const workloads = workloadsIn(resources);
    for (const service of services) {
      const forPeers = items(service.root.at("spec", "ports")).some((port) =>
        isPeerPort(portIn(port.at("port"))),
      );
      const chooses = entries(service.root.at("spec", "selector")).size > 0;
      const beside = servers.some(({ workload }) => workload.namespace === service.namespace);
      if (
        forPeers &&
        chooses &&
        beside &&
        workloads.every((workload) => selects(service, workload) === false)
      ) {
        open(service.label, service.urn).leaveHidden(
          "the servers that it selects (none of the stack's pods)",
        );
      }
    }
  },
});
