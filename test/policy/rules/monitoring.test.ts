import { monitoring } from "../../../policy/rules/monitoring.ts";
import { client, headless, podMonitoring, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { deployments } from "../../fixtures/policy/spread.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { expectVerdict, rows, rowsOfAdvice, type Expected, type Row } from "../table.ts";

const production = { stack: "prod" };
const none =
  /^StatefulSet default\/zk: no PodMonitoring, PodMonitor, ServiceMonitor or prometheus.io annotation selects its pods: /m;
const annotation = { "prometheus.io/scrape": "true" };
const templateAnnotations = ["spec", "template", "metadata", "annotations"];

const object = (type: string, spec: unknown, namespace: unknown = "default"): Registered => ({
  type: `kubernetes:${type}`,
  name: "monitor",
  props: { metadata: { name: "monitor", namespace }, spec },
});
const managed = (kind: string, ...rest: [spec: unknown, namespace?: unknown]) =>
  object(`monitoring.googleapis.com/v1:${kind}`, ...rest);
const operator = (kind: string, ...rest: [spec: unknown, namespace?: unknown]) =>
  object(`monitoring.coreos.com/v1:${kind}`, ...rest);

const own = { selector: { matchLabels: { app: "zk" } } };
const others = { selector: { matchLabels: { app: "web" } } };
const all = { selector: {} };
const unknownLabel = { selector: { matchLabels: { app: unknownValue } } };
const expressions = (operator: string, ...values: readonly string[]) => ({
  selector: { matchExpressions: [{ key: "app", operator, values }] },
});
const elsewhere = (namespaceSelector: unknown) =>
  operator("PodMonitor", { ...own, namespaceSelector }, "monitoring");

type Case = readonly [title: string, expected: Expected, resources: readonly Registered[]];

/** The same for each kind that selects pods. */
const ofPods = (monitor: (spec: unknown, namespace?: unknown) => Registered): readonly Case[] => [
  ["of the pods' labels", "nothing", [monitor(own)]],
  ["of other labels", none, [monitor(others)]],
  ["of all pods", "nothing", [monitor(all)]],
  ["without a selector", none, [monitor({})]],
  ["of an expression that selects them", "nothing", [monitor(expressions("In", "web", "zk"))]],
  ["of an expression that does not", none, [monitor(expressions("NotIn", "zk"))]],
  ["of an unknown label", "open", [monitor(unknownLabel)]],
  ["of an unknown selector", "open", [monitor({ selector: unknownValue })]],
  ["with an unknown spec", "open", [monitor(unknownValue)]],
  ["of other pods in an unknown namespace", none, [monitor(others, unknownValue)]],
  ["beside one of other pods", "nothing", [monitor(others), monitor(own)]],
  ["beside an unknown one", "nothing", [monitor(unknownLabel), monitor(own)]],
];

const labelled = changed(headless, ["metadata", "labels"], { app: "zk" });
const ofServices = (...rest: [spec: unknown, namespace?: unknown]) => operator("ServiceMonitor", ...rest);

const kinds: Readonly<Record<string, readonly Case[]>> = {
  "a PodMonitoring": [
    ...ofPods((...rest) => managed("PodMonitoring", ...rest)),
    ["in another namespace", none, [managed("PodMonitoring", own, "monitoring")]],
    ["in an unknown namespace", "open", [managed("PodMonitoring", own, unknownValue)]],
    [
      "which takes no namespaces",
      none,
      [managed("PodMonitoring", { ...own, namespaceSelector: { any: true } }, "monitoring")],
    ],
    [
      "in a list",
      "nothing",
      [
        {
          type: "kubernetes:monitoring.googleapis.com/v1:PodMonitoringList",
          name: "list",
          props: { items: [podMonitoring.props] },
        },
      ],
    ],
    ["of another API", none, [object("example.com/v1:PodMonitoring", own)]],
  ],
  "a ClusterPodMonitoring": [
    ...ofPods((...rest) => managed("ClusterPodMonitoring", ...rest)),
    ["without a namespace", "nothing", [managed("ClusterPodMonitoring", own, null)]],
    ["of any namespace", "nothing", [managed("ClusterPodMonitoring", own, "elsewhere")]],
  ],
  "a PodMonitor": [
    ...ofPods((...rest) => operator("PodMonitor", ...rest)),
    ["in another namespace", none, [operator("PodMonitor", own, "monitoring")]],
    ["in an unknown namespace", "open", [operator("PodMonitor", own, unknownValue)]],
    ["of any namespace", "nothing", [elsewhere({ any: true })]],
    ["of not any namespace", none, [elsewhere({ any: false })]],
    ["of the namespace by name", "nothing", [elsewhere({ matchNames: ["web", "default"] })]],
    ["of other namespaces by name", none, [elsewhere({ matchNames: ["web"] })]],
    ["of no namespaces by name", none, [elsewhere({ matchNames: [] })]],
    [
      "beside the servers, of other namespaces",
      none,
      [operator("PodMonitor", { ...own, namespaceSelector: { matchNames: ["web"] } })],
    ],
    [
      "beside the servers, of no namespaces by name",
      "nothing",
      [operator("PodMonitor", { ...own, namespaceSelector: { matchNames: [] } })],
    ],
    ["of unknown namespaces", "open", [elsewhere(unknownValue)]],
    ["of perhaps any namespace", "open", [elsewhere({ any: unknownValue })]],
    ["of unknown names", "open", [elsewhere({ matchNames: unknownValue })]],
    ["of an unknown name", "open", [elsewhere({ matchNames: ["web", unknownValue] })]],
    [
      "of the namespace beside an unknown name",
      "nothing",
      [elsewhere({ matchNames: [unknownValue, "default"] })],
    ],
    ["of a namespace that is no text", none, [elsewhere({ matchNames: [7], any: "true" })]],
  ],
  "a ServiceMonitor": [
    ["of a Service of the servers", "nothing", [labelled, ofServices(own)]],
    ["of all Services", "nothing", [headless, ofServices(all)]],
    ["without a Service", none, [ofServices(own)]],
    ["of a Service without labels", none, [headless, ofServices(own)]],
    ["of other labels", none, [labelled, ofServices(others)]],
    ["of an unknown label", "open", [labelled, ofServices(unknownLabel)]],
    [
      "of a Service with unknown labels",
      "open",
      [changed(labelled, ["metadata", "labels"], unknownValue), ofServices(own)],
    ],
    [
      "of a Service of other pods",
      none,
      [changed(labelled, ["spec", "selector"], { app: "web" }), ofServices(own)],
    ],
    [
      "of a Service of perhaps other pods",
      "open",
      [changed(labelled, ["spec", "selector", "app"], unknownValue), ofServices(own)],
    ],
    [
      "of a Service in another namespace",
      none,
      [
        changed(labelled, ["metadata", "namespace"], "web"),
        ofServices({ ...own, namespaceSelector: { any: true } }),
      ],
    ],
    ["in another namespace", none, [labelled, ofServices(own, "monitoring")]],
    [
      "in another namespace, of the Service's",
      "nothing",
      [labelled, ofServices({ ...own, namespaceSelector: { matchNames: ["default"] } }, "monitoring")],
    ],
    ["whose labels are those of pods", none, [client, ofServices(own)]],
    ["of the second of two Services", "nothing", [client, labelled, ofServices(own)]],
  ],
  "an object of another kind": [
    ["ScrapeConfig", "hidden", [object("monitoring.coreos.com/v1alpha1:ScrapeConfig", {})]],
    ["Probe", "hidden", [operator("Probe", {})]],
    ["PodMonitor of Azure", "hidden", [object("azmonitoring.coreos.com/v1:PodMonitor", own)]],
    ["ServiceMonitor of Azure", "hidden", [object("azmonitoring.coreos.com/v1:ServiceMonitor", own)]],
    ["VMPodScrape", "hidden", [object("operator.victoriametrics.com/v1beta1:VMPodScrape", own)]],
    ["VMServiceScrape", "hidden", [object("operator.victoriametrics.com/v1beta1:VMServiceScrape", own)]],
    [
      "ScrapeConfig beside a PodMonitor",
      "nothing",
      [operator("ScrapeConfig", {}), operator("PodMonitor", own)],
    ],
    ["that leads to no pods", none, [operator("PrometheusRule", {}), managed("Rules", {})]],
  ],
};

describe("monitoring", () => {
  for (const [kind, cases] of Object.entries(kinds)) {
    for (const [title, expected, resources] of cases) {
      it(`sees ${kind}, ${title}`, () => {
        expectVerdict(monitoring, [statefulSet, ...resources], expected, production);
        expectVerdict(monitoring, [statefulSet, ...resources], "nothing", { stack: "dev" });
      });
    }
  }

  const edits = (path: readonly string[]): readonly Row[] => [
    ["accepts the annotation", "nothing", [[path, annotation]], production],
    ["rejects another value", none, [[path, { "prometheus.io/scrape": "false" }]], production],
    ["rejects a value that is no text", none, [[path, { "prometheus.io/scrape": true }]], production],
    ["rejects other annotations", none, [[path, { "prometheus.io/port": "7000" }]], production],
    [
      "cannot tell while the value is unknown",
      "open",
      [[path, { "prometheus.io/scrape": unknownValue }]],
      production,
    ],
    ["cannot tell while all annotations are unknown", "open", [[path, unknownValue]], production],
  ];
  describe("by an annotation of the pods", () => {
    rows(monitoring, [statefulSet, client], statefulSet, edits(templateAnnotations));
    rows(monitoring, [statefulSet], statefulSet, [
      ["rejects one of the StatefulSet", none, [[["metadata", "annotations"], annotation]], production],
    ]);
  });
  describe("by an annotation of a Service", () => {
    rows(monitoring, [statefulSet, client], client, [
      ...edits(["metadata", "annotations"]),
      [
        "rejects a Service of other pods",
        none,
        [
          [["metadata", "annotations"], annotation],
          [["spec", "selector"], { app: "web" }],
        ],
        production,
      ],
      [
        "cannot tell while its selector is unknown",
        "open",
        [
          [["metadata", "annotations"], annotation],
          [["spec", "selector"], unknownValue],
        ],
        production,
      ],
      ["says nothing in other stacks", "nothing", [], { stack: "dev" }],
    ]);
  });

  rows(monitoring, [statefulSet, podMonitoring], statefulSet, [
    [
      "accepts it for pods with an unknown label beside",
      "nothing",
      [[["spec", "template", "metadata", "labels", "a"], unknownValue]],
      production,
    ],
    [
      "cannot tell while the pods' labels are unknown",
      "open",
      [[["spec", "template", "metadata", "labels"], unknownValue]],
      production,
    ],
    [
      "cannot tell while the servers' namespace is unknown",
      "open",
      [[["metadata", "namespace"], unknownValue]],
      production,
    ],
  ]);

  it("leaves open whether a PodMonitor names an unknown namespace, unless it takes any", () => {
    const servers = changed(statefulSet, ["metadata", "namespace"], unknownValue);
    const named = { matchNames: ["default"] };
    expectVerdict(monitoring, [servers, elsewhere(named)], "open", production);
    expectVerdict(monitoring, [servers, elsewhere({ ...named, any: true })], "nothing", production);
  });

  rows(monitoring, [statefulSet], statefulSet, rowsOfAdvice(none));

  it("advises it for each workload that nothing selects", () => {
    const [first, ...rest] = deployments;
    const apart = deployments.map((each, i) =>
      changed(each, ["spec", "template", "metadata", "labels", "server"], `${i + 1}`),
    );
    const one = managed("PodMonitoring", { selector: { matchLabels: { server: "1" } } });
    expectVerdict(
      monitoring,
      [...apart, one],
      rest.map(({ name }) => new RegExp(`^Deployment default/${name}: no PodMonitoring`, "m")),
      production,
    );
    expectVerdict(monitoring, [...apart, managed("PodMonitoring", all)], "nothing", production);
    expectVerdict(monitoring, first === undefined ? [] : [first], /^Deployment default/, production);
  });

  it("advises it for the tutorial", () => {
    expectVerdict(monitoring, tutorial, none, production);
  });
});
