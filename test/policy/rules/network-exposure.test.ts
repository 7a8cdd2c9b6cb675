import { networkExposure } from "../../../policy/rules/network-exposure.ts";
import { client, headless, neighbours, statefulSet } from "../fixtures/ensemble.ts";
import { changed, unknownValue } from "../harness.ts";
import { expectVerdict, rows } from "../table.ts";

const type = ["spec", "type"];
const exposed = /Service default\/zk-cs: spec.type is "LoadBalancer"; required: a Service inside the cluster/;
const internal = (key: string, value: unknown) => [["metadata", "annotations"], { [key]: value }] as const;
const allow = { config: { allowInternalLoadBalancers: true } };

describe("network-exposure", () => {
  rows(networkExposure, [statefulSet, client, headless], client, [
    ["accepts ClusterIP", "nothing", []],
    ["accepts a missing type, which means ClusterIP", "nothing", [[type, undefined]]],
    ["refuses LoadBalancer", exposed, [[type, "LoadBalancer"]]],
    ["refuses NodePort", /type is "NodePort"/, [[type, "NodePort"]]],
    [
      "refuses external addresses",
      /externalIPs is a list; required: none/,
      [[["spec", "externalIPs"], ["192.0.2.1"]]],
    ],
    ["accepts an empty list of them", "nothing", [[["spec", "externalIPs"], []]]],
    ["refuses another type", /type is 7 \(wrong type\)/, [[type, 7]]],
    ["leaves an unknown type open", "open", [[type, unknownValue]]],
    [
      "leaves an unknown selector open",
      "open",
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], unknownValue],
      ],
    ],
    [
      "refuses by ports what selects nothing of the stack",
      exposed,
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], { app: "elsewhere" }],
      ],
    ],
    [
      "refuses by target port too",
      exposed,
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], undefined],
        [["spec", "ports"], [{ port: 80, targetPort: 2181 }]],
      ],
    ],
    [
      "leaves other ports alone",
      "nothing",
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], undefined],
        [["spec", "ports"], [{ port: 80 }]],
      ],
    ],
    [
      "refuses an internal load balancer",
      exposed,
      [[type, "LoadBalancer"], internal("networking.gke.io/load-balancer-type", "Internal")],
    ],
    [
      "takes settings: internal load balancers",
      "nothing",
      [[type, "LoadBalancer"], internal("networking.gke.io/load-balancer-type", "Internal")],
      allow,
    ],
    [
      "takes settings: their older annotation",
      "nothing",
      [[type, "LoadBalancer"], internal("cloud.google.com/load-balancer-type", "Internal")],
      allow,
    ],
    [
      "refuses external ones all the same",
      exposed,
      [[type, "LoadBalancer"], internal("networking.gke.io/load-balancer-type", "External")],
      allow,
    ],
    [
      "refuses NodePort all the same",
      /NodePort/,
      [[type, "NodePort"], internal("networking.gke.io/load-balancer-type", "Internal")],
      allow,
    ],
    [
      "takes settings: allowed Services",
      "nothing",
      [[type, "LoadBalancer"]],
      { config: { allowedServices: ["default/zk-cs"] } },
    ],
    [
      "keeps to the namespace of the settings",
      exposed,
      [[type, "LoadBalancer"]],
      { config: { allowedServices: ["other/zk-cs"] } },
    ],
  ]);

  rows(networkExposure, [statefulSet, client, headless], headless, [
    [
      "refuses a headless Service that waits for readiness",
      /publishNotReadyAddresses is missing; required: true/,
      [[["spec", "publishNotReadyAddresses"], undefined]],
    ],
    [
      "refuses it switched off",
      /publishNotReadyAddresses is false/,
      [[["spec", "publishNotReadyAddresses"], false]],
    ],
    [
      "refuses publishNotReadyAddresses of another type",
      /"true" \(wrong type\)/,
      [[["spec", "publishNotReadyAddresses"], "true"]],
    ],
    ["leaves it open while unknown", "open", [[["spec", "publishNotReadyAddresses"], unknownValue]]],
    [
      "refuses a governing Service with an address",
      /zk-hs: spec.clusterIP is not "None", although StatefulSet default\/zk/,
      [[["spec", "clusterIP"], undefined]],
    ],
    [
      "leaves an unknown address open",
      "nothing",
      [
        [["spec", "clusterIP"], unknownValue],
        [["spec", "publishNotReadyAddresses"], false],
      ],
    ],
    [
      "keeps to the namespace",
      "nothing",
      [
        [["metadata", "namespace"], "other"],
        [["spec", "publishNotReadyAddresses"], false],
      ],
    ],
  ]);

  it("leaves Services of other workloads alone", () => {
    expectVerdict(networkExposure, neighbours, "nothing");
    const service = changed(changed(client, type, "LoadBalancer"), ["spec", "selector"], { app: "web" });
    expectVerdict(networkExposure, [statefulSet, ...neighbours, service], "nothing");
  });
});
