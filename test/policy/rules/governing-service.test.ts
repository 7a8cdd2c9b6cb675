import { expect } from "chai";

import { governingService } from "../../../policy/rules/governing-service.ts";
import { client, headless, neighbours, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const name = ["spec", "serviceName"];
const selector = ["spec", "selector"];
const service = (called: string, given: object, ports = [{ port: 2181 }]): Registered => ({
  type: "kubernetes:core/v1:Service",
  name: called,
  props: { metadata: { name: called, namespace: "default" }, spec: { selector: given, ports } },
});

describe("governing-service", () => {
  rows(governingService, [statefulSet, headless, client, ...neighbours], statefulSet, [
    ["accepts the name of the headless Service", "nothing", []],
    [
      "rejects no name, and names the Service",
      /zk: spec.serviceName: missing\s+Required: the Service that gives each pod a name[^]*Fix: set serviceName to "zk-hs"/,
      [[name, undefined]],
    ],
    ["rejects an empty name", /spec.serviceName: missing/, [[name, ""]]],
    [
      "rejects another name",
      /serviceName: "zookeeper", while the Services of the stack that select its pods are others \(Service default\/zk-hs, Service default\/zk-cs\)[^]*Fix: set serviceName to "zk-hs"/,
      [[name, "zookeeper"]],
    ],
    [
      "rejects the name of a Service of others",
      /serviceName: "web", a Service that selects none of its pods[^]*Fix: set serviceName to "zk-hs"/,
      [[name, "web"]],
    ],
    [
      "accepts another name of one server",
      "nothing",
      [
        [name, "zookeeper"],
        [["spec", "replicas"], 1],
      ],
    ],
    [
      "accepts another name of servers that are one by default",
      "nothing",
      [
        [name, undefined],
        [["spec", "replicas"], undefined],
      ],
    ],
    ["rejects a name of another type", /serviceName = 7 \(wrong type\)/, [[name, 7]]],
    ["leaves an unknown name open", "open", [[name, unknownValue]]],
    [
      "leaves an unknown number of servers open",
      "open",
      [
        [name, undefined],
        [["spec", "replicas"], unknownValue],
      ],
    ],
    [
      "accepts what is no server",
      "nothing",
      [
        [name, "x"],
        [["spec", "template"], {}],
      ],
    ],
  ]);

  rows(governingService, [statefulSet, headless], headless, [
    [
      "rejects a governing Service that selects nothing",
      /serviceName: "zk-hs", a Service that selects none of its pods[^]*Fix: give Service "zk-hs" the pods' labels/,
      [
        [selector, { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 2181 }]],
      ],
    ],
    ["leaves an unknown selector open", "open", [[selector, unknownValue]]],
    ["leaves an unknown namespace open", "open", [[["metadata", "namespace"], unknownValue]]],
  ]);

  it("does not see Services that other programs create", () => {
    const none = validate(governingService, [statefulSet, ...neighbours]);
    expect(none.violations).to.deep.equal([]);
    expect(none.open.join()).to.match(/do not show: the Service "zk-hs" that spec.serviceName names$/);
    const elsewhere = changed(headless, ["metadata", "namespace"], "other");
    expect(validate(governingService, [statefulSet, elsewhere]).open.join()).to.match(/the Service "zk-hs"/);
    // Without a name, none of them can be the one.
    expectVerdict(
      governingService,
      [changed(statefulSet, name, undefined)],
      /add a headless Service that selects/,
    );
  });

  it("does not see the namespace's Services while the namespace is unknown", () => {
    const somewhere = changed(statefulSet, ["metadata", "namespace"], unknownValue);
    expectVerdict(governingService, [somewhere], "hidden");
  });

  it("asks for a headless Service where the stack has only another one", () => {
    expectVerdict(
      governingService,
      [statefulSet, client],
      /serviceName: "zk-hs", while [^]*Fix: add a headless Service "zk-hs" that selects the pods/,
    );
    expectVerdict(
      governingService,
      [changed(statefulSet, name, undefined), client],
      /Fix: add a headless Service that selects the pods, with publishNotReadyAddresses/,
    );
  });

  it("accepts a Service for each pod", () => {
    const unnamed = changed(statefulSet, name, undefined);
    for (const [key, value] of [
      ["statefulset.kubernetes.io/pod-name", "zk-0"],
      ["apps.kubernetes.io/pod-index", "0"],
    ] as const) {
      expectVerdict(governingService, [unnamed, service("zk-0", { [key]: value })], "nothing");
      expectVerdict(
        governingService,
        [unnamed, service("zk-0", { [key]: "other-7" })],
        /serviceName: missing/,
      );
    }
  });

  it("accepts servers of other kinds", () => {
    const deployment = { ...changed(statefulSet, name, undefined), type: "kubernetes:apps/v1:Deployment" };
    expectVerdict(governingService, [deployment, client], "nothing");
  });

  it("leaves Services for servers open that select none of the stack", () => {
    const open = (...resources: Registered[]): string =>
      validate(governingService, [statefulSet, headless, ...resources]).open.join();
    for (const port of [2888, 3888]) {
      const peers = service("peers", { app: "zoo" }, [{ port }]);
      expect(open(peers)).to.match(
        /could not validate Service default\/peers, .*: the servers that it selects/,
      );
      expect(open(changed(peers, ["metadata", "namespace"], "other"))).to.equal("");
      expect(open(changed(peers, selector, { app: "zk" }))).to.equal("");
      expect(open(changed(peers, selector, unknownValue))).to.equal("");
      expect(open(changed(peers, selector, undefined))).to.equal("");
      expect(open(changed(peers, selector, { app: "web" }), ...neighbours)).to.equal("");
    }
    expect(open(service("others", { app: "zoo" }))).to.equal("");
  });
});
