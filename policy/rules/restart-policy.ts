import { serverPolicy } from "../define.ts";

/**
 * The kubelet has to restart a server that ends, whatever its exit code: a server that stays down is a vote less.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export const restartPolicy = serverPolicy({
  name: "restart-policy",
  description: "ZooKeeper servers are restarted whenever they end",
  settings: {},
  enforcementLevel: "mandatory",
  validate: ({ pod }, report) => {
    report.check(pod.at("restartPolicy").string(), {
      holds: (policy) => policy === "Always",
      absent: "accepted",
      required: '"Always" (the default)',
      fix: "remove restartPolicy, or set it to Always (a Job cannot: run the servers in a StatefulSet)",
    });
  },
  remediate: ({ workload, pod }) => {
    const policy = pod.at("restartPolicy").string();
    // The API server rejects Always in a Job: that one has to become another kind of workload.
    const restartable = workload.kind !== "Job" && workload.kind !== "CronJob";
    const remediable = restartable && policy.state === "known" && policy.value !== "Always";
    return remediable ? [{ path: [...workload.templatePath, "spec", "restartPolicy"], value: "Always" }] : [];
  },
});
