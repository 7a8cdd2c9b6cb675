import type { Verdict, Verdicts } from "./verdict.ts";

/** What no policy says anything about, in no stack. */
const right: Verdict = { rejected: [], silent: "all", stacks: ["dev", "staging", "production"] };

/** The verdicts on clusters and node pools of Google Kubernetes Engine. */
export const gke: Verdicts = {
  "gke-right": right,
  "gke-default-pool": { ...right },
  "gke-default-pool-plain": {
    rejected: ["gke-cluster", ["node-pool-in-cluster", /e2-medium|machineType/]],
    silent: ["node-count"],
  },
  "gke-default-pool-shared": {
    rejected: [["node-pool-in-cluster", /e2-medium/]],
    silent: ["node-count", "gke-cluster"],
  },
  "gke-inline-right": { ...right },
  "gke-inline-preemptible": { rejected: [["node-pool-in-cluster", /preemptible/]] },
  "gke-zonal-spread": right,
  "gke-spot": { rejected: [["node-pool", /spot/]] },
  "gke-preemptible": {
    rejected: ["gke-cluster", ["node-count", /3 node/], ["node-pool", /e2-medium/, /preemptible/]],
  },
  "gke-accelerators": { ...right },
  "gke-tainted-ci": { ...right },
  "gke-tainted-only": { rejected: [["node-count", /3 node/]], silent: ["node-pool"] },
  "gke-no-addresses": right,
  "gke-open": { rejected: ["gke-cluster"] },
  "gke-autopilot": right,
  "gke-first-steps": {
    rejected: ["gke-cluster", ["node-count", /2 node/], ["node-pool-in-cluster", /n1-standard-1/]],
  },
  "gke-unprotected": { rejected: ["gke-deletion-protection"], stacks: ["production"] },
  "gke-other-software": right,
  "gke-dedicated-pool": { rejected: [], stacks: ["dev", "production"] },
  "gke-too-few-nodes": { rejected: [["node-count", /4 or more/]] },
  "gke-one-zone": { rejected: ["single-zone"], stacks: ["production"] },
  "gke-stateful-kafka": {
    rejected: [
      ["gke-cluster", /RAPID/, /masterAuthorizedNetworksConfig/],
      ["images", /3\.8\.0/],
      ["probes", /startupProbe/],
    ],
    // Six nodes for certain, of which the servers tolerate the taint of three and prefer them.
    either: ["node-count"],
    silent: ["anti-affinity", "anti-affinity-in-stack", "durable-storage", "resources", "disruption-budget"],
  },
};
