import { expect } from "chai";

import { restartPolicy } from "../../../policy/rules/restart-policy.ts";
import { podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, remediate, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const field = [...podPath, "restartPolicy"];
const pod = { containers: [{ name: "zk", image: "zookeeper:3.9.5" }] };
const ports = [{ containerPort: 2888 }, { containerPort: 3888 }];

describe("restart-policy", () => {
  rows(restartPolicy, [statefulSet], statefulSet, [
    ["accepts Always", "nothing", [[field, "Always"]]],
    ["accepts a missing one, which means Always", "nothing", [[field, undefined]]],
    ["rejects Never", /restartPolicy = "Never"\s+Required: "Always"/, [[field, "Never"]]],
    ["rejects OnFailure", /restartPolicy = "OnFailure"/, [[field, "OnFailure"]]],
    ["rejects another type", /restartPolicy = 1 \(wrong type\)/, [[field, 1]]],
    ["leaves an unknown open", "open", [[field, unknownValue]]],
  ]);

  it("validates bare pods, jobs by their ports, and lists", () => {
    const bare = {
      type: "kubernetes:core/v1:Pod",
      name: "zk-0",
      props: { spec: { ...pod, restartPolicy: "Never" } },
    };
    expectVerdict(restartPolicy, [bare], /Pod default\/zk-0: spec.restartPolicy = "Never"/);
    const containers = [{ name: "zk", image: "server", ports }];
    const template = { spec: { containers, restartPolicy: "OnFailure" } };
    const job = { type: "kubernetes:batch/v1:Job", name: "zk", props: { spec: { template } } };
    expectVerdict(restartPolicy, [job], /Job default\/zk: spec.template.spec.restartPolicy = "OnFailure"/);
    const list: Registered = {
      type: "kubernetes:apps/v1:StatefulSetList",
      name: "all",
      props: { items: [changed(statefulSet, field, "Never").props, statefulSet.props] },
    };
    expectVerdict(restartPolicy, [list], /StatefulSet default\/zk/);
  });

  it("remediates what is known, keeps the rest, and leaves jobs to their owner", () => {
    const remediated = remediate(
      restartPolicy,
      changed(changed(statefulSet, field, "Never"), ["spec", "extra"], unknownValue),
    );
    expect(remediated).to.deep.equal(
      changed(changed(statefulSet, field, "Always"), ["spec", "extra"], unknownValue).props,
    );
    expect(remediate(restartPolicy, statefulSet)).to.equal(undefined);
    expect(remediate(restartPolicy, changed(statefulSet, field, unknownValue))).to.equal(undefined);
    for (const type of ["kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob"]) {
      const template = { spec: { containers: [{ name: "zk", ports }], restartPolicy: "Never" } };
      const spec = { template, jobTemplate: { spec: { template } } };
      expect(remediate(restartPolicy, { type, name: "zk", props: { spec } })).to.equal(undefined);
    }
  });

  it("remediates no lists, which it could only remediate in part", () => {
    const props = { items: [changed(statefulSet, field, "Never").props] };
    expect(
      remediate(restartPolicy, { type: "kubernetes:apps/v1:StatefulSetList", name: "all", props }),
    ).to.equal(undefined);
  });

  it("remediates a bare pod", () => {
    const bare = {
      type: "kubernetes:core/v1:Pod",
      name: "zk-0",
      props: { spec: { ...pod, restartPolicy: "Never" } },
    };
    expect(remediate(restartPolicy, bare)).to.deep.equal({ spec: { ...pod, restartPolicy: "Always" } });
  });
});
