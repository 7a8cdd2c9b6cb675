import { antiAffinity } from "../../../policy/rules/anti-affinity.ts";
import { podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const affinity = [...podPath, "affinity"];
const required = [...affinity, "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
const term = [...required, 0];
const labels = ["spec", "template", "metadata", "labels"];
const own = { matchLabels: { app: "zk" } };
const host = "kubernetes.io/hostname";

const expressions = (...matchExpressions: object[]) => ({ matchExpressions });
const selector = (value: unknown) => [[...term, "labelSelector"], value] as const;
const add = (key: string, value: unknown) => [[...term, key], value] as const;
const node = (...nodeSelectorTerms: unknown[]) =>
  [
    [...affinity, "nodeAffinity"],
    { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  ] as const;
const preferred = (podAffinityTerm: object) =>
  [
    [...affinity, "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"],
    [{ weight: 1, podAffinityTerm }],
  ] as const;
const named = (...values: unknown[]) => ({ matchExpressions: [{ key: host, operator: "In", values }] });

describe("anti-affinity", () => {
  describe("validates the terms", () => {
    rows(antiAffinity, [statefulSet], statefulSet, [
      ["rejects none at all", /requiredDuring\w+: missing/, [[affinity, undefined]]],
      ["rejects an empty list", /= \[\]/, [[required, []]]],
      [
        "rejects preferred only",
        /: missing.*move the preferred term to requiredDuringSchedulingIgnoredDuringExecution/s,
        [
          [required, undefined],
          [
            [...affinity, "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"],
            [{ weight: 100, podAffinityTerm: { topologyKey: host, labelSelector: own } }],
          ],
        ],
      ],
      [
        "advises to move a preferred term that may be the right one",
        /move the preferred term/,
        [[required, undefined], preferred({ topologyKey: host, labelSelector: unknownValue })],
      ],
      [
        "does not advise to move a preferred term that selects other pods",
        /: missing[^]*Fix: add the term with the pods' own labels \(app\) as labelSelector/,
        [
          [required, undefined],
          preferred({ topologyKey: host, labelSelector: { matchLabels: { app: "x" } } }),
        ],
      ],
      [
        "does not advise to move a preferred term for zones",
        /Fix: add the term/,
        [
          [required, undefined],
          preferred({ topologyKey: "topology.kubernetes.io/zone", labelSelector: own }),
        ],
      ],
      [
        "does not advise to move a preferred term for another namespace",
        /Fix: add the term/,
        [[required, undefined], preferred({ topologyKey: host, labelSelector: own, namespaces: ["x"] })],
      ],
      [
        "rejects the zone as topology",
        /another topology than the node/,
        [add("topologyKey", "topology.kubernetes.io/zone")],
      ],
      ["rejects a missing topology", /topologyKey missing/, [add("topologyKey", undefined)]],
      [
        "rejects a selector of other pods",
        /matches none of the workload's own pods/,
        [selector({ matchLabels: { app: "web" } })],
      ],
      [
        "rejects a selector on a label that the pods lack",
        /matches none/,
        [selector({ matchLabels: { App: "zk" } })],
      ],
      ["rejects a term without selector", /matches none/, [selector(undefined)]],
      ["accepts an empty selector, which matches all", "nothing", [selector({})]],
      ["accepts matchLabels", "nothing", [selector(own)]],
      ["rejects half a match", /matches none/, [selector({ matchLabels: { app: "zk", tier: "db" } })]],
      ["accepts Exists", "nothing", [selector(expressions({ key: "app", operator: "Exists" }))]],
      [
        "rejects Exists of another label",
        /matches none/,
        [selector(expressions({ key: "tier", operator: "Exists" }))],
      ],
      [
        "accepts NotIn of others",
        "nothing",
        [selector(expressions({ key: "app", operator: "NotIn", values: ["web"] }))],
      ],
      [
        "rejects NotIn of itself",
        /matches none/,
        [selector(expressions({ key: "app", operator: "NotIn", values: ["zk"] }))],
      ],
      [
        "accepts DoesNotExist of others",
        "nothing",
        [selector(expressions({ key: "tier", operator: "DoesNotExist" }))],
      ],
      [
        "rejects DoesNotExist of its own",
        /matches none/,
        [selector(expressions({ key: "app", operator: "DoesNotExist" }))],
      ],
      [
        "rejects an operator that there is not",
        /matches none/,
        [selector(expressions({ key: "app", operator: "Is" }))],
      ],
      [
        "rejects a selector of one pod",
        /matches only some/,
        [selector({ matchLabels: { "statefulset.kubernetes.io/pod-name": "zk-0" } })],
      ],
      [
        "accepts a second term beside a good one",
        "nothing",
        [[required, [{ topologyKey: "zone" }, { topologyKey: host, labelSelector: own }]]],
      ],
      [
        "rejects each of two bad terms",
        [/\[0\]/, /\[1\]/],
        [[required, [{ topologyKey: host }, { topologyKey: "zone" }]]],
      ],
      [
        "rejects another type",
        /podAntiAffinity = "yes" instead of an object \(wrong type\)/,
        [[[...affinity, "podAntiAffinity"], "yes"]],
      ],
      ["rejects a list of another type", /= "yes" \(wrong type\)/, [[required, "yes"]]],
      ["leaves unknown terms open", "open", [[required, unknownValue]]],
      ["leaves an unknown topology open", "open", [add("topologyKey", unknownValue)]],
      [
        "leaves unknown values open",
        "open",
        [selector(expressions({ key: "app", operator: "In", values: [unknownValue] }))],
      ],
      ["leaves unknown labels open", "open", [[labels, unknownValue]]],
      ["accepts an empty selector of unknown labels", "nothing", [selector({}), [labels, unknownValue]]],
      [
        "rejects what is wrong for certain, beside an unknown",
        /another topology/,
        [add("topologyKey", "zone"), selector({ matchLabels: { app: unknownValue } })],
      ],
      [
        "validates node names beside an unknown term",
        /run on 1 node/,
        [
          [required, unknownValue],
          [[...podPath, "nodeName"], "node-1"],
        ],
      ],
    ]);
  });

  describe("takes label keys into account", () => {
    rows(antiAffinity, [statefulSet], statefulSet, [
      ["accepts matchLabelKeys that all pods share", "nothing", [add("matchLabelKeys", ["app"])]],
      ["ignores matchLabelKeys that the pods lack", "nothing", [add("matchLabelKeys", ["tier"])]],
      [
        "rejects matchLabelKeys of one pod",
        /matches none/,
        [add("matchLabelKeys", ["apps.kubernetes.io/pod-index"])],
      ],
      [
        "rejects matchLabelKeys of one revision",
        /only those of one revision/,
        [add("matchLabelKeys", ["controller-revision-hash"])],
      ],
      [
        "leaves mismatchLabelKeys of unknown labels open",
        "open",
        [
          [
            [...podPath, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"],
            [{ topologyKey: "kubernetes.io/hostname", labelSelector: {}, mismatchLabelKeys: ["app"] }],
          ],
          [labels, unknownValue],
        ],
      ],
      ["rejects mismatchLabelKeys that all pods share", /matches none/, [add("mismatchLabelKeys", ["app"])]],
      [
        "accepts mismatchLabelKeys of one pod",
        "nothing",
        [add("mismatchLabelKeys", ["apps.kubernetes.io/pod-index"])],
      ],
      ["leaves unknown keys open", "open", [add("matchLabelKeys", [unknownValue])]],
      ["leaves an unknown list of keys open", "open", [add("mismatchLabelKeys", unknownValue)]],
    ]);
  });

  describe("takes namespaces into account", () => {
    rows(antiAffinity, [statefulSet], statefulSet, [
      ["accepts its own", "nothing", [add("namespaces", ["other", "default"])]],
      [
        "rejects others only, and names them",
        /other namespaces than the pods' own, "default" \("other"\)/,
        [add("namespaces", ["other"])],
      ],
      ["takes an empty list for its own", "nothing", [add("namespaces", [])]],
      ["accepts all", "nothing", [add("namespaceSelector", {})]],
      [
        "accepts its own by name",
        "nothing",
        [add("namespaceSelector", { matchLabels: { "kubernetes.io/metadata.name": "default" } })],
      ],
      [
        "rejects others by name",
        /other namespaces/,
        [add("namespaceSelector", { matchLabels: { "kubernetes.io/metadata.name": "x" } })],
      ],
      [
        "leaves labels of namespaces to the stack",
        "open",
        [add("namespaceSelector", { matchLabels: { team: "db" } })],
      ],
      [
        "leaves an unknown namespace open",
        "open",
        [add("namespaces", ["default"]), [["metadata", "namespace"], unknownValue]],
      ],
      [
        "accepts a list beside a selector",
        "nothing",
        [add("namespaces", ["default"]), add("namespaceSelector", { matchLabels: { team: "x" } })],
      ],
      ["leaves an unknown list open", "open", [add("namespaces", unknownValue)]],
    ]);

    it("takes the provider's namespace for objects without one", () => {
      const terms = changed(
        changed(statefulSet, ["metadata", "namespace"], undefined),
        [...term, "namespaces"],
        ["zookeeper"],
      );
      expectVerdict(antiAffinity, [terms], "nothing", { provider: { namespace: "zookeeper" } });
      expectVerdict(antiAffinity, [terms], /other namespaces/, { provider: {} });
      const empty = changed(terms, ["metadata", "namespace"], "");
      expectVerdict(antiAffinity, [empty], "nothing", { provider: { namespace: "zookeeper" } });
      expectVerdict(antiAffinity, [terms], "open", { provider: { namespace: unknownValue } });
    });
  });

  describe("validates names of nodes", () => {
    rows(antiAffinity, [statefulSet], statefulSet, [
      [
        "rejects nodeName",
        /may run on 1 node\(s\) only.*at least 3 nodes for 3 servers/s,
        [[[...podPath, "nodeName"], "node-1"]],
      ],
      ["rejects a host name", /run on 1 node/, [[[...podPath, "nodeSelector"], { [host]: "node-1" }]]],
      ["accepts other node labels", "nothing", [[[...podPath, "nodeSelector"], { pool: "zk" }]]],
      [
        "accepts one name that is left out, and one zone",
        "nothing",
        [
          node(
            expressions(
              { key: host, operator: "NotIn", values: ["a"] },
              { key: "topology.kubernetes.io/zone", operator: "In", values: ["a"] },
            ),
          ),
        ],
      ],
      ["rejects two names", /run on 2 node/, [node(named("a", "b"))]],
      ["accepts three names", "nothing", [node(named("a", "b", "c"))]],
      ["adds the names of the terms", "nothing", [node(named("a", "b"), named("b", "c"))]],
      ["counts a name once", /run on 2 node/, [node(named("a", "b"), named("b", "a"))]],
      [
        "accepts a term that is open to any node",
        "nothing",
        [node(named("a"), { matchExpressions: [{ key: "pool", operator: "Exists" }] })],
      ],
      [
        "intersects lists of one term",
        /run on 1 node/,
        [
          node({
            matchExpressions: [...named("a", "b", "c").matchExpressions, ...named("c", "d").matchExpressions],
          }),
        ],
      ],
      [
        "reads fields",
        /run on 1 node/,
        [node({ matchFields: [{ key: "metadata.name", operator: "In", values: ["a"] }] })],
      ],
      ["accepts as many names as servers", "nothing", [node(named("a")), [["spec", "replicas"], 1]]],
      ["counts unknown names as nodes of their own", "nothing", [node(named("a", "b", unknownValue))]],
    ]);
  });

  it("validates Deployments, but requires no term of a DaemonSet", () => {
    const bare = changed(statefulSet, affinity, undefined);
    const deployment = { ...statefulSet, type: "kubernetes:apps/v1:Deployment" };
    expectVerdict(antiAffinity, [deployment], "nothing");
    expectVerdict(
      antiAffinity,
      [changed(deployment, [...term, "matchLabelKeys"], ["pod-template-hash"])],
      /one revision/,
    );
    expectVerdict(
      antiAffinity,
      [changed(deployment, [...term, "matchLabelKeys"], ["controller-revision-hash"])],
      "nothing",
    );
    // Only the pods of a StatefulSet carry an index.
    expectVerdict(
      antiAffinity,
      [changed(deployment, [...term, "matchLabelKeys"], ["apps.kubernetes.io/pod-index"])],
      "nothing",
    );
    expectVerdict(antiAffinity, [{ ...bare, type: "kubernetes:apps/v1:DaemonSet" }], "nothing");
  });

  it("requires nothing of a single server", () => {
    const single = changed(changed(statefulSet, affinity, undefined), ["spec", "replicas"], 1);
    expectVerdict(antiAffinity, [single], "nothing");
    expectVerdict(antiAffinity, [changed(single, ["spec", "replicas"], undefined)], "nothing");
    expectVerdict(antiAffinity, [changed(single, ["spec", "replicas"], 2)], /: missing/);
    expectVerdict(antiAffinity, [changed(single, ["spec", "replicas"], unknownValue)], /: missing/);
  });
});
