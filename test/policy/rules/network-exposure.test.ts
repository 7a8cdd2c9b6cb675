import { expect } from "chai";

import { networkExposure } from "../../../policy/rules/network-exposure.ts";
import { client, containerPath, headless, neighbours, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, validate, unknownValue, type Registered, type Run } from "../../fixtures/policy/harness.ts";
import { hosts, listed, part, service } from "../../fixtures/policy/spread.ts";
import { expectVerdict, rows, type Expected, type Row } from "../table.ts";

const type = ["spec", "type"];
const exposed = /Service default\/zk-cs: spec.type = "LoadBalancer"\s+Required: a Service inside the cluster/;
const internal = (key: string, value: unknown) => [["metadata", "annotations"], { [key]: value }] as const;
const allow = { config: { allowInternalLoadBalancers: true } };

describe("network-exposure", () => {
  rows(networkExposure, [statefulSet, client, headless], client, [
    ["accepts ClusterIP", "nothing", []],
    ["accepts a missing type, which means ClusterIP", "nothing", [[type, undefined]]],
    ["rejects LoadBalancer", exposed, [[type, "LoadBalancer"]]],
    ["rejects NodePort", /type = "NodePort"/, [[type, "NodePort"]]],
    ["accepts ExternalName, which exposes nothing", "nothing", [[type, "ExternalName"]]],
    [
      "rejects external addresses",
      /externalIPs = a list\s+Required: none/,
      [[["spec", "externalIPs"], ["192.0.2.1"]]],
    ],
    ["accepts an empty list of them", "nothing", [[["spec", "externalIPs"], []]]],
    ["rejects another type", /type = 7 \(wrong type\)/, [[type, 7]]],
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
      "leaves an unknown namespace open",
      "open",
      [
        [type, "LoadBalancer"],
        [["metadata", "namespace"], unknownValue],
      ],
    ],
    [
      "rejects by ports what selects nothing of the stack",
      exposed,
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], { app: "elsewhere" }],
      ],
    ],
    [
      "rejects by target port too",
      exposed,
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], undefined],
        [["spec", "ports"], [{ port: 80, targetPort: 2181 }]],
      ],
    ],
    ...[7000, 8080, 2181, 2281, 2888, 3888].flatMap((port): Row[] => [
      [
        `rejects by port ${port}`,
        exposed,
        [
          [type, "LoadBalancer"],
          [["spec", "selector"], { app: "elsewhere" }],
          [["spec", "ports"], [{ port }]],
        ],
      ],
      [
        `rejects by target port ${port}, also where it is a text`,
        exposed,
        [
          [type, "LoadBalancer"],
          [["spec", "selector"], undefined],
          [["spec", "ports"], [{ port: 443, targetPort: String(port) }]],
        ],
      ],
    ]),
    ...[
      "client",
      "secure-client",
      "follower",
      "leader-election",
      "metrics",
      "admin",
      "zookeeper",
      "zk-client",
    ].map((targetPort): Row => [
      `rejects by a target port named ${targetPort}`,
      exposed,
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 443, targetPort }]],
      ],
    ]),
    [
      "leaves other names of ports alone",
      "nothing",
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 443, targetPort: "https" }]],
      ],
    ],
    [
      "rejects node ports of them, too",
      /type = "NodePort"/,
      [
        [type, "NodePort"],
        [["spec", "selector"], { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 80, targetPort: "metrics", nodePort: 30080 }]],
      ],
    ],
    [
      "rejects external addresses of them, too",
      /externalIPs = a list/,
      [
        [["spec", "externalIPs"], ["192.0.2.1"]],
        [["spec", "selector"], { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 80, targetPort: 7000 }]],
      ],
    ],
    [
      "takes settings: allowed Services by port",
      "nothing",
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 7000 }]],
      ],
      { config: { allowedServices: ["default/zk-cs"] } },
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
      "rejects an internal load balancer",
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
      "rejects external ones all the same",
      exposed,
      [[type, "LoadBalancer"], internal("networking.gke.io/load-balancer-type", "External")],
      allow,
    ],
    [
      "rejects NodePort all the same",
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
      "rejects a headless Service that waits for readiness",
      /publishNotReadyAddresses: missing\s+Required: true/,
      [[["spec", "publishNotReadyAddresses"], undefined]],
    ],
    [
      "rejects it switched off",
      /publishNotReadyAddresses = false/,
      [[["spec", "publishNotReadyAddresses"], false]],
    ],
    [
      "rejects publishNotReadyAddresses of another type",
      /"true" \(wrong type\)/,
      [[["spec", "publishNotReadyAddresses"], "true"]],
    ],
    ["leaves it open while unknown", "open", [[["spec", "publishNotReadyAddresses"], unknownValue]]],
    [
      "rejects a governing Service with an address",
      /zk-hs: spec.clusterIP: not "None", although it gives the pods of StatefulSet default\/zk their names/,
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

  it("asks for early addresses only where servers find each other", () => {
    const also = (name: string, spec: object): Registered => ({
      type: "kubernetes:core/v1:Service",
      name,
      props: {
        metadata: { name, namespace: "default" },
        spec: { clusterIP: "None", selector: { app: "zk" }, ...spec },
      },
    });
    const early = /Service default\/(?:zk|zk-hs): spec.publishNotReadyAddresses: missing/;
    const named = changed(
      statefulSet,
      [...containerPath, "ports"],
      [
        { name: "metrics", containerPort: 7000 },
        { name: "peers", containerPort: 2888 },
        { containerPort: 3888 },
      ],
    );
    for (const ports of [
      [{ name: "metrics", port: 7000 }],
      [{ port: 9141, targetPort: "metrics" }],
      [{ port: 2181 }],
      [{ port: 80, targetPort: "other" }],
      undefined,
    ]) {
      expectVerdict(networkExposure, [named, headless, also("zk", { ports })], "nothing");
      // The Service that gives the servers their names is one of them whatever its ports.
      expectVerdict(networkExposure, [named, also("zk-hs", { ports })], early);
      // Nor is it for peers because servers of another namespace get their names by one that is called so.
      const others = changed(
        changed(named, ["metadata", "namespace"], "other"),
        ["spec", "serviceName"],
        "zk",
      );
      expectVerdict(networkExposure, [named, others, headless, also("zk", { ports })], "nothing");
    }
    for (const port of [
      { port: 2888 },
      { port: 3888 },
      { port: 80, targetPort: 3888 },
      { port: 80, targetPort: "2888" },
      { port: 80, targetPort: "peers" },
    ]) {
      expectVerdict(networkExposure, [named, headless, also("zk", { ports: [{ port: 7000 }, port] })], early);
    }
  });

  it("says once that the governing Service of several workloads has an address", () => {
    const sets = hosts.map((name) =>
      changed(part(name, { env: [listed(hosts)] }), ["spec", "serviceName"], "zk-all"),
    );
    expectVerdict(
      networkExposure,
      [...sets, service("zk-all", { app: "zk" })],
      /zk-all: spec.clusterIP: not "None", although it gives the pods of StatefulSet default\/zk1, StatefulSet default\/zk2, StatefulSet default\/zk3 their names/,
    );
  });

  it("requires a headless Service only of StatefulSets that run ZooKeeper", () => {
    const addressed = changed(headless, ["spec", "clusterIP"], undefined);
    const deployment = { ...statefulSet, type: "kubernetes:apps/v1:Deployment" };
    expectVerdict(networkExposure, [deployment, addressed], "nothing");
    const perhaps = changed(statefulSet, containerPath, { name: "server", image: unknownValue });
    expectVerdict(networkExposure, [perhaps, addressed], "open");
  });

  it("leaves Services of other workloads alone", () => {
    expectVerdict(networkExposure, neighbours, "nothing");
    const service = changed(changed(client, type, "LoadBalancer"), ["spec", "selector"], { app: "web" });
    expectVerdict(networkExposure, [statefulSet, ...neighbours, service], "nothing");
  });

  it("looks names of ports up in the stack's servers", () => {
    const ports = [
      { name: "zoo", containerPort: 2181 },
      { name: "web", containerPort: 9141 },
      { containerPort: 2888 },
      { containerPort: 3888 },
    ];
    const named = changed(statefulSet, [...containerPath, "ports"], ports);
    const service = (targetPort: string) =>
      [
        [type, "LoadBalancer"],
        [["spec", "selector"], { app: "elsewhere" }],
        [["spec", "ports"], [{ port: 443, targetPort }]],
      ].reduce((made, [path, value]) => changed(made, path as string[], value), client);
    expectVerdict(networkExposure, [named, service("zoo")], exposed);
    expectVerdict(networkExposure, [named, service("web")], "nothing");
    const unnumbered = changed(named, [...containerPath, "ports"], [...ports, { name: "zoo" }]);
    expectVerdict(networkExposure, [unnumbered, service("zoo")], exposed);
    // Others have ports of that name, too.
    const other = changed(changed(service("zoo"), ["metadata", "name"], "shop"), ["spec", "selector"], {
      app: "shop",
    });
    expectVerdict(networkExposure, [named, { ...other, name: "shop" }], "nothing");
  });

  it("leaves ports and names that others use alone where nothing says ZooKeeper", () => {
    const web = (port: object, selector: object | undefined = { app: "web" }): Registered => ({
      type: "kubernetes:core/v1:Service",
      name: "web",
      props: { metadata: { name: "web" }, spec: { type: "LoadBalancer", selector, ports: [port] } },
    });
    for (const port of [
      { port: 8080 },
      { port: 7000 },
      { port: 80, targetPort: 8080 },
      { port: 80, targetPort: "client" },
    ]) {
      // What it selects is not in the stack, with or without an ensemble beside it.
      expectVerdict(networkExposure, [web(port)], "nothing");
      expectVerdict(networkExposure, [statefulSet, client, web(port)], "nothing");
    }
    expectVerdict(networkExposure, [web({ port: 2181 })], /Service default\/web: spec.type = "LoadBalancer"/);
    // Without a selector, it may lead anywhere, and the stack has servers with such ports.
    const open: Registered = changed(web({ port: 7000 }), ["spec", "selector"], undefined);
    expectVerdict(networkExposure, [open], "nothing");
    expectVerdict(
      networkExposure,
      [statefulSet, client, open],
      /Service default\/web: spec.type = "LoadBalancer"/,
    );
    // A label says what the selector does not.
    const labelled = changed(web({ port: 7000 }), ["metadata", "labels"], {
      "app.kubernetes.io/name": "zookeeper",
    });
    expectVerdict(networkExposure, [labelled], /spec.type = "LoadBalancer"/);
  });

  it("validates Services in a list", () => {
    const list: Registered = {
      type: "kubernetes:core/v1:ServiceList",
      name: "services",
      props: { items: [headless.props, changed(client, type, "LoadBalancer").props] },
    };
    expectVerdict(networkExposure, [statefulSet, list], /zk-cs: items\[1\].spec.type = "LoadBalancer"/);
  });
});

describe("network-exposure of routes", () => {
  const gateway = (gatewayClassName: string, namespace = "default"): Registered => ({
    type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    name: "public",
    props: { metadata: { name: "public", namespace }, spec: { gatewayClassName } },
  });
  const route = (kind: string, spec: object, version = "v1"): Registered => ({
    type: `kubernetes:gateway.networking.k8s.io/${version}:${kind}`,
    name: "zk",
    props: {
      metadata: { name: "zk", namespace: "default" },
      spec: { parentRefs: [{ name: "public" }], ...spec },
    },
  });
  const to = (...backendRefs: unknown[]) => ({ rules: [{ backendRefs }] });
  const ingress = (spec: object, annotations = {}): Registered => ({
    type: "kubernetes:networking.k8s.io/v1:Ingress",
    name: "web",
    props: { metadata: { name: "web", namespace: "default", annotations }, spec },
  });
  const path = (backend: object) => ({ rules: [{ http: { paths: [{ path: "/", backend }] } }] });
  const stack = [statefulSet, headless, client];
  const leads = (kind: string, at: string) =>
    new RegExp(
      `^${kind} default/.*: ${at} = ".*", a Service that leads to ZooKeeper\\s+Required: no way to ZooKeeper`,
    );

  for (const [kind, version] of [
    ["HTTPRoute", "v1"],
    ["GRPCRoute", "v1"],
    ["TLSRoute", "v1alpha3"],
    ["TCPRoute", "v1alpha2"],
    ["UDPRoute", "v1alpha2"],
  ] as const) {
    it(`rejects a ${kind} to a Service of the servers, whatever its port`, () => {
      for (const port of [2181, 80, undefined]) {
        expectVerdict(
          networkExposure,
          [...stack, route(kind, to({ name: "other", port: 80 }, { name: "zk-cs", port }), version)],
          leads(kind, "spec\\.rules\\[0\\]\\.backendRefs\\[1\\]\\.name"),
        );
      }
    });
  }

  const backend = "spec\\.rules\\[0\\]\\.backendRefs\\[0\\]\\.name";
  const cases: readonly (readonly [string, readonly Registered[], Expected, Run?])[] = [
    ["accepts a route to another Service", [route("TCPRoute", to({ name: "web", port: 80 }))], "nothing"],
    [
      "accepts a route to a Service of the same name elsewhere",
      [route("TCPRoute", to({ name: "zk-cs", namespace: "other", port: 80 }))],
      "nothing",
    ],
    [
      "rejects a route from another namespace",
      [
        changed(
          route("TCPRoute", to({ name: "zk-cs", namespace: "default" })),
          ["metadata", "namespace"],
          "edge",
        ),
      ],
      /TCPRoute edge\/zk: .* leads to ZooKeeper/,
    ],
    [
      "rejects a copy of requests",
      [
        route("HTTPRoute", {
          rules: [
            {
              backendRefs: [{ name: "web", port: 80 }],
              filters: [
                { type: "RequestMirror", requestMirror: { backendRef: { name: "zk-cs", port: 7000 } } },
              ],
            },
          ],
        }),
      ],
      leads("HTTPRoute", "spec\\.rules\\[0\\]\\.filters\\[0\\]\\.requestMirror\\.backendRef\\.name"),
    ],
    [
      "rejects a Service that is not in the stack by its port",
      [route("TCPRoute", to({ name: "elsewhere", port: 2181 }))],
      leads("TCPRoute", backend),
    ],
    [
      "rejects one by its name and port",
      [route("TCPRoute", to({ name: "orders-zookeeper", port: 7000 }))],
      leads("TCPRoute", backend),
    ],
    [
      "accepts one with a port that others use",
      [route("HTTPRoute", to({ name: "grafana", port: 8080 }))],
      "nothing",
    ],
    [
      "accepts what is no Service",
      [route("HTTPRoute", to({ group: "storage.example", kind: "Bucket", name: "zk-cs" }))],
      "nothing",
    ],
    [
      "rejects a Service of the fleet",
      [route("HTTPRoute", to({ group: "net.gke.io", kind: "ServiceImport", name: "zk-cs", port: 7000 }))],
      leads("HTTPRoute", backend),
    ],
    [
      "accepts a route inside a mesh",
      [
        route("TCPRoute", {
          ...to({ name: "zk-cs", port: 2181 }),
          parentRefs: [{ kind: "Service", name: "zk-cs" }],
        }),
      ],
      "nothing",
    ],
    [
      "takes settings: allowed Services",
      [route("TCPRoute", to({ name: "zk-cs", port: 2181 }))],
      "nothing",
      { config: { allowedServices: ["default/zk-cs"] } },
    ],
    [
      "rejects an internal Gateway",
      [gateway("gke-l7-rilb"), route("TCPRoute", to({ name: "zk-cs", port: 2181 }))],
      leads("TCPRoute", backend),
    ],
    [
      "takes settings: internal Gateways",
      [gateway("gke-l7-rilb"), route("TCPRoute", to({ name: "zk-cs", port: 2181 }))],
      "nothing",
      allow,
    ],
    [
      "rejects a route that names no Gateway all the same",
      [gateway("gke-l7-rilb"), route("TCPRoute", { ...to({ name: "zk-cs", port: 2181 }), parentRefs: [] })],
      leads("TCPRoute", backend),
      allow,
    ],
    [
      "rejects others all the same",
      [gateway("gke-l7-global-external-managed"), route("TCPRoute", to({ name: "zk-cs", port: 2181 }))],
      leads("TCPRoute", backend),
      allow,
    ],
    [
      "rejects one that is not in the stack all the same",
      [route("TCPRoute", to({ name: "zk-cs", port: 2181 }))],
      leads("TCPRoute", backend),
      allow,
    ],
    [
      "rejects Gateways of another namespace or name all the same",
      [
        gateway("gke-l7-rilb", "other"),
        changed(gateway("gke-l7-rilb"), ["metadata", "name"], "private"),
        route("TCPRoute", to({ name: "zk-cs", port: 2181 })),
      ],
      leads("TCPRoute", backend),
      allow,
    ],
    ["leaves an unknown backend open", [route("TCPRoute", to({ name: unknownValue }))], "open"],
    ["leaves unknown backends open", [route("TCPRoute", { rules: unknownValue })], "open"],
    [
      "leaves an unknown namespace open",
      [route("TCPRoute", to({ name: "zk-cs", namespace: unknownValue }))],
      "open",
    ],
    [
      "leaves the namespace of another Service alone",
      [route("TCPRoute", to({ name: "web", namespace: unknownValue }))],
      "nothing",
    ],
    [
      "rejects an Ingress",
      [ingress(path({ service: { name: "zk-cs", port: { number: 7000 } } }))],
      leads("Ingress", "spec\\.rules\\[0\\]\\.http\\.paths\\[0\\]\\.backend\\.service\\.name"),
    ],
    [
      "rejects an Ingress by default",
      [ingress({ defaultBackend: { service: { name: "zk-cs", port: { name: "client" } } } })],
      leads("Ingress", "spec\\.defaultBackend\\.service\\.name"),
    ],
    [
      "rejects an Ingress of old",
      [
        {
          ...ingress(path({ serviceName: "zk-cs", servicePort: 2181 })),
          type: "kubernetes:extensions/v1beta1:Ingress",
        },
      ],
      leads("Ingress", "spec\\.rules\\[0\\]\\.http\\.paths\\[0\\]\\.backend\\.serviceName"),
    ],
    [
      "rejects an Ingress to a port of ZooKeeper's elsewhere",
      [ingress(path({ service: { name: "elsewhere", port: { number: 2181 } } }))],
      leads("Ingress", ".*"),
    ],
    [
      "accepts an Ingress to others",
      [
        ingress(path({ service: { name: "web", port: { number: 8080 } } })),
        ingress(path({ resource: { kind: "Bucket", name: "zk-cs" } })),
      ],
      "nothing",
    ],
    [
      "takes settings: internal Ingresses",
      [
        ingress(path({ service: { name: "zk-cs", port: { number: 7000 } } }), {
          "kubernetes.io/ingress.class": "gce-internal",
        }),
      ],
      "nothing",
      allow,
    ],
    [
      "rejects external Ingresses all the same",
      [
        ingress({
          ingressClassName: "nginx",
          ...path({ service: { name: "zk-cs", port: { number: 7000 } } }),
        }),
      ],
      leads("Ingress", ".*"),
      allow,
    ],
    ["accepts an empty Ingress", [ingress({})], "nothing"],
  ];
  for (const [title, resources, expected, run] of cases) {
    it(title, () => {
      expectVerdict(networkExposure, [...stack, ...resources], expected, run);
    });
  }

  const other = (type: string, spec: object, name = "zk"): Registered => ({
    type: `kubernetes:${type}`,
    name,
    props: { metadata: { name, namespace: "default" }, spec },
  });
  const traefik = (services: unknown, kind = "IngressRouteTCP", group = "traefik.io"): Registered =>
    other(`${group}/v1alpha1:${kind}`, {
      entryPoints: ["zk"],
      routes: [{ match: "HostSNI(`*`)", services }],
    });
  const istio = (spec: object): Registered =>
    other("networking.istio.io/v1:VirtualService", { gateways: ["edge"], ...spec });
  const tcp = (host: unknown, number = 2181): object => ({
    tcp: [{ route: [{ destination: { host, port: { number } } }] }],
  });
  const nginx = (data: unknown): Registered => ({
    type: "kubernetes:core/v1:ConfigMap",
    name: "tcp-services",
    props: { metadata: { name: "tcp-services", namespace: "ingress" }, data },
  });

  it("rejects Traefik's routes", () => {
    for (const group of ["traefik.io", "traefik.containo.us"]) {
      for (const kind of ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"]) {
        expectVerdict(
          networkExposure,
          [
            ...stack,
            traefik(
              [
                { name: "web", port: 80 },
                { name: "zk-cs", port: 80 },
              ],
              kind,
              group,
            ),
          ],
          leads(kind, "spec.routes\\[0\\].services\\[1\\].name"),
        );
      }
    }
    expectVerdict(networkExposure, [...stack, traefik([{ name: "web", port: 80 }])], "nothing");
    expectVerdict(
      networkExposure,
      [...stack, traefik([{ name: "zk-cs", kind: "TraefikService" }])],
      "nothing",
    );
    expectVerdict(networkExposure, [...stack, traefik([{ name: "zk-cs" }], "Middleware")], "nothing");
    expectVerdict(networkExposure, [...stack, traefik(unknownValue)], "open");
    expectVerdict(
      networkExposure,
      [traefik([{ name: "elsewhere", port: 2181 }])],
      leads("IngressRouteTCP", ".*"),
    );
  });

  it("rejects Istio's routes from gateways, and accepts those of the mesh", () => {
    const rejected = leads("VirtualService", "spec\\..*");
    for (const host of ["zk-cs", "zk-cs.default", "zk-cs.default.svc", "zk-cs.default.svc.cluster.local"]) {
      expectVerdict(networkExposure, [...stack, istio(tcp(host, 80))], rejected);
    }
    for (const spec of [
      { tls: [{ route: [{ destination: { host: "zk-cs" } }] }] },
      { http: [{ route: [{ destination: { host: "zk-cs" } }] }] },
      { http: [{ mirror: { host: "zk-cs" } }] },
      { http: [{ mirrors: [{ destination: { host: "zk-cs" } }] }] },
      { ...tcp("zk-cs"), gateways: ["mesh", "edge"] },
      { ...tcp("zk-cs"), gateways: unknownValue },
      tcp("elsewhere"),
    ]) {
      expectVerdict(networkExposure, [...stack, istio(spec)], rejected);
    }
    for (const spec of [
      { ...tcp("zk-cs"), gateways: ["mesh"] },
      { ...tcp("zk-cs"), gateways: undefined },
      tcp("web", 80),
      tcp("zk-cs.other", 80),
      tcp("zk-cs.default.example.com"),
      {},
    ]) {
      expectVerdict(networkExposure, [...stack, istio(spec)], "nothing");
    }
    expectVerdict(networkExposure, [...stack, istio(tcp(unknownValue))], "open");
  });

  it("rejects ports of ingress-nginx", () => {
    expectVerdict(
      networkExposure,
      [...stack, nginx({ 2181: "default/zk-cs:2181", 80: "default/web:80" })],
      /^ConfigMap ingress\/tcp-services: data.2181 = "zk-cs", a Service that leads to ZooKeeper/,
    );
    expectVerdict(
      networkExposure,
      [...stack, nginx({ 9000: "default/zk-cs:client:PROXY" })],
      /data.9000 = "zk-cs"/,
    );
    expectVerdict(networkExposure, [nginx({ 9000: "other/elsewhere:2181" })], /data.9000 = "elsewhere"/);
    for (const data of [
      { 80: "default/web:80" },
      { 2181: "other/zk-cs:80" },
      { "zk-cs": "default/zk-cs:2181" },
      { 2181: "zk-cs:2181" },
      { 2181: 7 },
      { 2181: unknownValue },
      unknownValue,
    ]) {
      expectVerdict(networkExposure, [...stack, nginx(data)], "nothing");
    }
  });

  it("leaves a Service open whose namespace is unknown", () => {
    const somewhere = changed(client, ["metadata", "namespace"], unknownValue);
    const { violations, open } = validate(networkExposure, [
      ...[statefulSet, headless, somewhere],
      route("TCPRoute", to({ name: "web", port: 80 }, { name: "zk-cs", port: 80 })),
    ]);
    expect(violations).to.deep.equal([]);
    expect(open.filter((line) => line.includes("TCPRoute"))).to.have.length(1);
    expect(open.join()).to.contain("backendRefs[1].name (whether it is a Service of ZooKeeper's)");
    expect(open.join()).not.to.contain("backendRefs[0]");
  });

  it("says nothing of routes that it cannot see where no Service leads to ZooKeeper", () => {
    expectVerdict(networkExposure, [...neighbours, route("TCPRoute", { rules: unknownValue })], "nothing");
  });
});
