import { expect } from "chai";
import fc from "fast-check";

import { kubernetesObject, type KubernetesObject, type Resource } from "../../../policy/kubernetes/object.ts";
import { podsOf } from "../../../policy/kubernetes/pods.ts";
import { SelectorIndex } from "../../../policy/kubernetes/selector-index.ts";
import { matches, selectorOf, type Selector } from "../../../policy/kubernetes/selector.ts";
import { selectorOfService } from "../../../policy/kubernetes/services.ts";
import { workloadsOf, type Workload } from "../../../policy/kubernetes/workload.ts";
import { Field } from "../../../policy/reading/field.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";

const resource = (type: string, props: object, defaultNamespace?: string): Resource => ({
  type,
  name: "name",
  urn: "urn",
  root: new Field(props),
  defaultNamespace,
});

/** An object that selects pods; its namespace is not known where it is undefined. */
const selectingIn = (namespace: string | undefined, selector: unknown): KubernetesObject =>
  kubernetesObject(resource("kubernetes:core/v1:Service", { spec: { selector } }, namespace), "Service");
const selecting = (selector: unknown): KubernetesObject => selectingIn("default", selector);

function workload(labels: unknown, namespace?: string): Workload {
  const template = { metadata: { labels }, spec: {} };
  const [found] = workloadsOf(
    resource("kubernetes:apps/v1:StatefulSet", { spec: { replicas: 2, template } }, namespace),
  );
  if (found === undefined) {
    throw new Error("no workload");
  }
  return found;
}

const key = fc.constantFrom("a", "b", "c");
const value = fc.constantFrom<string[]>("x", "y", "z", unknownValue);
const labels = fc.oneof(fc.dictionary(key, value), fc.constantFrom(undefined, unknownValue));
const expression = fc.record({
  key: fc.oneof(key, fc.constant(unknownValue)),
  operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist", unknownValue),
  values: fc.oneof(fc.array(value, { maxLength: 3 }), fc.constant(unknownValue)),
});
const selector = fc.oneof(
  fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 3 }) }),
  fc.constantFrom(undefined, unknownValue, {}),
);
const ofBudget = ({ root }: KubernetesObject): Selector => selectorOf(root.at("spec", "selector"));

function selectsSome(selector: Selector, of: Workload): boolean {
  return podsOf(of, "any").some((pod) => matches(selector, pod.labels) !== false);
}

describe("an index of selectors", () => {
  it("finds all that may select a workload's pods", () => {
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 6 }), labels, (selectors, own) => {
        const objects = selectors.map(selecting);
        const pods = workload(own, "default");
        const found = new SelectorIndex(objects, ofBudget).candidates(pods);
        for (const object of objects) {
          if (selectsSome(ofBudget(object), pods)) {
            expect(found.has(object)).to.equal(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("finds what may be in the workload's namespace, and in no other", () => {
    const own = { app: "zk" };
    const [here, there, somewhere] = ["here", "there", undefined].map((namespace) =>
      selectingIn(namespace, own),
    );
    const all = [here, there, somewhere].filter((each) => each !== undefined);
    const index = new SelectorIndex(all, selectorOfService);
    expect([...index.candidates(workload(own, "here"))]).to.have.members([here, somewhere]);
    expect([...index.candidates(workload(own, "there"))]).to.have.members([there, somewhere]);
    expect([...index.candidates(workload(own))]).to.have.members(all);
  });

  it("finds Services by the labels of the pods, of a StatefulSet also by those of one pod", () => {
    const [own, ofPod, other, none, hidden] = [
      { app: "zk" },
      { "statefulset.kubernetes.io/pod-name": "name-1" },
      { app: "web" },
      {},
      unknownValue,
    ].map(selecting);
    const all = [own, ofPod, other, none, hidden].filter((each) => each !== undefined);
    const index = new SelectorIndex(all, selectorOfService);
    expect([...index.candidates(workload({ app: "zk" }, "default"))]).to.have.members([own, ofPod, hidden]);
    expect([...index.candidates(workload({}, "default"))]).to.have.members([ofPod, hidden]);
    expect([...index.candidates(workload(unknownValue, "default"))]).to.have.members([
      own,
      ofPod,
      other,
      hidden,
    ]);
    expect([...index.candidates(workload({ app: unknownValue }, "default"))]).to.have.members([
      own,
      ofPod,
      other,
      hidden,
    ]);
  });

  it("looks up the rarest label, so that few of many are compared", () => {
    const services = Array.from({ length: 1000 }, (_, i) =>
      selecting({ "app.kubernetes.io/part-of": "all", app: `app-${i}` }),
    );
    const index = new SelectorIndex(services, selectorOfService);
    const found = index.candidates(workload({ "app.kubernetes.io/part-of": "all", app: "app-7" }, "default"));
    expect([...found]).to.deep.equal([services[7]]);
  });
});
