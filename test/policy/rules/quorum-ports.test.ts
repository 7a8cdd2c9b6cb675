import { networkPolicies } from "../../../policy/rules/network-policies.ts";
import { quorumPorts } from "../../../policy/rules/quorum-ports.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { deployments } from "../../fixtures/policy/spread.ts";
import { expectVerdict, type Expected } from "../table.ts";

const own = { podSelector: { matchLabels: { app: "zk" } } };
const peers = { from: [own], ports: [{ port: 2888 }, { port: 3888 }] };
const clients = { ports: [{ port: 2181 }] };

function policy(spec: unknown, name = "zk", namespace: unknown = "default"): Registered {
  return {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name,
    props: { metadata: { name, namespace }, spec },
  };
}
const withRules = (...ingress: unknown[]): Registered => policy({ podSelector: {}, ingress });
const changedPeers = (rule: object): Registered => withRules({ ...peers, ...rule }, clients);
const otherKind: Registered = {
  type: "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
  name: "zk",
  props: { metadata: { name: "zk", namespace: "default" }, spec: {} },
};

const production = { stack: "prod" };
const missing = /StatefulSet default\/zk: selected by no NetworkPolicy: every pod/;
const open = (rule: number) =>
  new RegExp(`NetworkPolicy default/zk: spec.ingress\\[${rule}\\]: a rule that admits every pod`);
const blocked = (port: number | string) =>
  new RegExp(`NetworkPolicy default/zk: spec.ingress: no rule for the servers of .* at port ${port}`);

/** What `quorum-ports` says, and what `network-policies` says in a production stack. */
type Case = readonly [title: string, resources: readonly Registered[], peers: Expected, access: Expected];

describe("quorum-ports and network-policies", () => {
  const cases: readonly Case[] = [
    ["no NetworkPolicy", [], "nothing", missing],
    [
      "one that admits the servers, and everybody to the client port",
      [withRules(peers, clients)],
      "nothing",
      "nothing",
    ],
    [
      "two that do it together",
      [
        policy({ podSelector: {}, ingress: [peers] }, "a"),
        policy({ podSelector: {}, ingress: [clients] }, "b"),
      ],
      "nothing",
      "nothing",
    ],
    [
      "one of other pods",
      [policy({ podSelector: { matchLabels: { app: "web" } }, ingress: [peers] })],
      "nothing",
      missing,
    ],
    [
      "one of another namespace",
      [policy({ podSelector: {}, ingress: [peers] }, "zk", "other")],
      "nothing",
      missing,
    ],
    [
      "one about egress",
      [policy({ podSelector: {}, policyTypes: ["Egress"], egress: [] })],
      "nothing",
      missing,
    ],
    [
      "one about both",
      [policy({ podSelector: {}, policyTypes: ["Egress", "Ingress"], ingress: [peers] })],
      "nothing",
      "nothing",
    ],
    ["one without a selector", [policy({ ingress: [peers] })], "nothing", missing],
    ["one of unknown pods", [policy({ podSelector: unknownValue, ingress: [peers] })], "nothing", "open"],
    [
      "one of an unknown namespace",
      [policy({ podSelector: {}, ingress: [peers] }, "zk", unknownValue)],
      "nothing",
      "open",
    ],
    [
      "one of unknown types",
      [policy({ podSelector: {}, policyTypes: unknownValue, ingress: [peers] })],
      "nothing",
      "open",
    ],
    [
      "one with an unknown type",
      [policy({ podSelector: {}, policyTypes: [unknownValue], ingress: [peers] })],
      "nothing",
      "open",
    ],
    ["one of another kind", [otherKind], "nothing", "hidden"],
    ["one of another kind beside one that is open", [otherKind, withRules({})], "nothing", open(0)],

    ["a rule without ports and sources", [withRules({})], "nothing", open(0)],
    ["a rule with empty lists", [withRules({ from: [], ports: [] })], "nothing", open(0)],
    [
      "a rule for every source at one of the ports",
      [withRules(peers, { ports: [{ port: 3888 }] })],
      "nothing",
      open(1),
    ],
    [
      "a rule for a range of ports",
      [withRules(peers, { ports: [{ port: 2000, endPort: 2888 }] })],
      "nothing",
      open(1),
    ],
    [
      "a rule for ports below",
      [withRules(peers, { ports: [{ port: 2000, endPort: 2887 }] })],
      "nothing",
      "nothing",
    ],
    [
      "a rule for ports above",
      [withRules(peers, { ports: [{ port: 3889, endPort: 9000 }] })],
      "nothing",
      "nothing",
    ],
    ["a rule for all ports of TCP", [withRules(peers, { ports: [{ protocol: "TCP" }] })], "nothing", open(1)],
    ["a rule for UDP", [withRules(peers, { ports: [{ protocol: "UDP" }] })], "nothing", "nothing"],
    [
      "a rule for an unknown port",
      [withRules(peers, { ports: [{ port: unknownValue }] })],
      "nothing",
      "nothing",
    ],
    [
      "a rule for every namespace",
      [withRules(peers, { from: [{ namespaceSelector: {} }] })],
      "nothing",
      open(1),
    ],
    [
      "a rule for every pod of every namespace",
      [withRules(peers, { from: [{ namespaceSelector: {}, podSelector: {} }] })],
      "nothing",
      open(1),
    ],
    [
      "a rule for some pods of every namespace",
      [withRules(peers, { from: [{ namespaceSelector: {}, podSelector: own.podSelector }] })],
      "nothing",
      "nothing",
    ],
    [
      "a rule for some namespaces",
      [withRules(peers, { from: [{ namespaceSelector: { matchLabels: { team: "db" } } }] })],
      "nothing",
      "nothing",
    ],
    ["a rule for the own namespace", [withRules({ from: [{ podSelector: {} }] })], "nothing", "nothing"],
    [
      "a rule for every address",
      [withRules(peers, { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] })],
      "nothing",
      open(1),
    ],
    [
      "a rule for every address but some",
      [withRules(peers, { from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] })],
      "nothing",
      "nothing",
    ],
    [
      "a rule for some addresses",
      [withRules(peers, { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] })],
      "nothing",
      "nothing",
    ],
    ["a rule with unknown sources", [withRules(peers, { from: unknownValue })], "nothing", "nothing"],

    ["no rule at all", [policy({ podSelector: {} })], blocked("2888 and 3888"), "nothing"],
    ["only clients", [withRules(clients)], blocked("2888 and 3888"), "nothing"],
    ["only one of the ports", [changedPeers({ ports: [{ port: 2888 }] })], blocked(3888), "nothing"],
    [
      "the ports as strings",
      [changedPeers({ ports: [{ port: "2888" }, { port: "3888" }] })],
      "nothing",
      "nothing",
    ],
    [
      "names of ports that the pods lack",
      [changedPeers({ ports: [{ port: "server" }, { port: 3888 }] })],
      blocked(2888),
      "nothing",
    ],
    [
      "the ports by UDP",
      [changedPeers({ ports: [{ port: 2888, protocol: "UDP" }, { port: 3888 }] })],
      blocked(2888),
      "nothing",
    ],
    [
      "other pods",
      [changedPeers({ from: [{ podSelector: { matchLabels: { app: "web" } } }] })],
      blocked("2888 and 3888"),
      "nothing",
    ],
    [
      "pods of another namespace",
      [
        changedPeers({
          from: [{ ...own, namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } } }],
        }),
      ],
      blocked("2888 and 3888"),
      "nothing",
    ],
    [
      "the servers of the own namespace by its name",
      [
        changedPeers({
          from: [
            { ...own, namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } } },
          ],
        }),
      ],
      "nothing",
      "nothing",
    ],
    [
      "namespaces by their labels",
      [changedPeers({ from: [{ namespaceSelector: { matchLabels: { team: "db" } } }] })],
      "open",
      "nothing",
    ],
    [
      "the servers of a namespace by an unknown name",
      [
        changedPeers({
          from: [
            { ...own, namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": unknownValue } } },
          ],
        }),
      ],
      "open",
      "nothing",
    ],
    ["addresses", [changedPeers({ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] })], "open", "nothing"],
    ["unknown sources", [changedPeers({ from: unknownValue })], "open", "nothing"],
    ["an unknown source", [changedPeers({ from: [unknownValue] })], "open", "nothing"],
    [
      "an unknown protocol",
      [changedPeers({ ports: [{ port: 2888, protocol: unknownValue }, { port: 3888 }] })],
      "open",
      "nothing",
    ],
    ["an unknown port", [changedPeers({ ports: [{ port: unknownValue }] })], "open", "nothing"],
    [
      "an unknown end",
      [changedPeers({ ports: [{ port: 2888, endPort: unknownValue }, { port: 3888 }] })],
      "open",
      "nothing",
    ],
    ["unknown rules", [policy({ podSelector: {}, ingress: unknownValue })], "open", "nothing"],
  ];
  for (const [title, resources, peersVerdict, accessVerdict] of cases) {
    it(`see ${title}`, () => {
      const stack = [statefulSet, ...resources];
      expectVerdict(quorumPorts, stack, peersVerdict, production);
      expectVerdict(networkPolicies, stack, accessVerdict, production);
      expectVerdict(networkPolicies, stack, "nothing", { stack: "dev" });
    });
  }

  it("leave open what an unknown policy may admit", () => {
    const perhaps = policy({ podSelector: unknownValue, ingress: [peers] }, "more");
    expectVerdict(quorumPorts, [statefulSet, withRules(clients), perhaps], "open");
  });

  it("leave open whether they admit a server in an unknown namespace", () => {
    const last = deployments.length - 1;
    const servers = deployments.map((each, i) =>
      i === last ? changed(each, ["metadata", "namespace"], unknownValue) : each,
    );
    const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "default" } };
    expectVerdict(quorumPorts, [...servers, changedPeers({ from: [{ ...own, namespaceSelector }] })], "open");
  });

  it("know ports by their names", () => {
    const ports = [
      { name: "server", containerPort: 2888 },
      { name: "election", containerPort: 3888 },
    ];
    const named = changed(statefulSet, [...containerPath, "ports"], ports);
    const byName = changedPeers({ ports: [{ port: "server" }, { port: "election" }] });
    expectVerdict(quorumPorts, [named, byName], "nothing");
    const election = withRules(peers, { ports: [{ port: "election" }] });
    expectVerdict(networkPolicies, [named, election], open(1), production);
  });

  it("do not guess which ports servers use that declare none", () => {
    const silent = changed(statefulSet, [...containerPath, "ports"], undefined);
    expectVerdict(quorumPorts, [silent, withRules(clients)], "nothing");
  });

  it("require nothing of a single server, and of pods in the network of their host", () => {
    for (const edited of [
      changed(statefulSet, ["spec", "replicas"], 1),
      changed(statefulSet, [...podPath, "hostNetwork"], true),
    ]) {
      expectVerdict(quorumPorts, [edited, withRules(clients)], "nothing");
      expectVerdict(networkPolicies, [edited], "nothing", production);
    }
  });

  it("require that the servers of each workload are admitted to those of the others", () => {
    const labelled = deployments.map((each, i) =>
      changed(each, ["spec", "template", "metadata", "labels", "server"], `${i + 1}`),
    );
    const from = labelled.map((_, i) => ({ podSelector: { matchLabels: { server: `${i + 1}` } } }));
    const servers = labelled.map((deployment) =>
      changed(deployment, [...containerPath, "ports"], [{ containerPort: 2888 }]),
    );
    expectVerdict(quorumPorts, [...servers, withRules({ from, ports: [{ port: 2888 }] })], "nothing");
    const some = withRules({ from: from.slice(1), ports: [{ port: 2888 }] });
    expectVerdict(quorumPorts, [...servers, some], blocked(2888));
  });
});
