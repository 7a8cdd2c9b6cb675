import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";

import type * as Components from "../../components/index.ts";
import type { ZooKeeperEnsembleArgs } from "../../components/ensemble/args.ts";
import { at, MockEngine, pathsOf, thrownBy } from "../fixtures/mocks.ts";

describe("ZooKeeperEnsemble", () => {
  let engine: MockEngine;
  let components: typeof Components;

  beforeEach(async () => {
    engine = await MockEngine.start();
    components = await import("../../components/index.ts");
  });

  async function make(args: ZooKeeperEnsembleArgs = {}, name = "zk"): Promise<Components.ZooKeeperEnsemble> {
    const ensemble = new components.ZooKeeperEnsemble(name, args, engine.watch());
    await engine.settled();
    return ensemble;
  }

  const known = async (output: unknown): Promise<unknown> =>
    await (output as { promise(): Promise<unknown> }).promise();

  const statefulSet = (): unknown => engine.one("kubernetes:apps/v1:StatefulSet").inputs;
  const spec = (): unknown => at(statefulSet(), "spec");
  const pod = (): unknown => at(spec(), "template", "spec");
  const container = (): unknown => at(pod(), "containers", 0);
  const config = (name = "zk-config"): unknown => engine.one("kubernetes:core/v1:ConfigMap", name).inputs;
  const policy = (): unknown =>
    at(engine.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "zk-network-policy").inputs, "spec");
  const podLabels = {
    app: "zk",
    "app.kubernetes.io/name": "zookeeper",
    "app.kubernetes.io/instance": "zk",
  };
  const names = (): unknown[] =>
    engine.registered
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ inputs }) => at(inputs, "metadata", "name"));

  it("has the tutorial's names", async () => {
    await make();
    expect(names()).to.include.members(["zk", "zk-hs", "zk-cs", "zk-pdb", "zk-bootstrapped"]);
    expect(names()).to.include.members(["datadir-zk-0", "datadir-zk-1", "datadir-zk-2"]);
    expect(at(spec(), "selector", "matchLabels")).to.deep.equal({ app: "zk" });
    expect(at(spec(), "template", "metadata", "labels", "app")).to.equal("zk");
  });

  it("starts all servers at once, replaces them one by one, and never deletes a claim", async () => {
    await make();
    expect(spec()).to.deep.include({
      replicas: 3,
      serviceName: "zk-hs",
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
  });

  it("finds its servers before they are ready, and sends clients only to ready ones", async () => {
    await make();
    const headless = at(engine.one("kubernetes:core/v1:Service", "zk-hs").inputs, "spec");
    expect(headless).to.deep.include({ clusterIP: "None", publishNotReadyAddresses: true });
    const client = at(engine.one("kubernetes:core/v1:Service", "zk-cs").inputs, "spec");
    expect(client).to.deep.include({ type: "ClusterIP", ports: [{ name: "client", port: 2181 }] });
    expect(at(client, "publishNotReadyAddresses")).to.equal(undefined);
  });

  it("lets one server go at a time, and one that does not serve always", async () => {
    await make();
    expect(at(engine.one("kubernetes:policy/v1:PodDisruptionBudget").inputs, "spec")).to.deep.equal({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: podLabels },
    });
  });

  it("selects its servers by all of their labels, and by one while it takes others' pods over", async () => {
    const selectors = () => [
      ...["zk-hs", "zk-cs"].map((name) =>
        at(engine.one("kubernetes:core/v1:Service", name).inputs, "spec", "selector"),
      ),
      at(engine.one("kubernetes:policy/v1:PodDisruptionBudget").inputs, "spec", "selector", "matchLabels"),
      at(policy(), "podSelector", "matchLabels"),
      at(policy(), "ingress", 0, "from", 0, "podSelector", "matchLabels"),
    ];
    await make();
    expect(selectors()).to.deep.equal(Array.from({ length: 5 }, () => podLabels));
    expect(at(spec(), "template", "metadata", "labels")).to.deep.equal(podLabels);
    engine = await MockEngine.start();
    await make({ adopt: "unowned" });
    expect(selectors()).to.deep.equal(Array.from({ length: 5 }, () => ({ app: "zk" })));
  });

  it("keeps servers on different nodes by a label that they carry, and spreads them over zones", async () => {
    await make({ name: "other" });
    const [term] = at(
      pod(),
      "affinity",
      "podAntiAffinity",
      "requiredDuringSchedulingIgnoredDuringExecution",
    ) as unknown[];
    expect(term).to.deep.equal({
      topologyKey: "kubernetes.io/hostname",
      labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["other"] }] },
    });
    expect(at(spec(), "template", "metadata", "labels", "app")).to.equal("other");
    expect(at(pod(), "topologySpreadConstraints", 0)).to.deep.include({
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "ScheduleAnyway",
    });
  });

  it("goes on with a roll-out when caches have let go of the former server's address", async () => {
    await make();
    // Java's, and those of a cluster's DNS.
    expect(at(spec(), "minReadySeconds")).to.equal(5 + 30);
    engine = await MockEngine.start();
    await make({ minReadySeconds: 0 });
    expect(at(spec(), "minReadySeconds")).to.equal(0);
  });

  it("keeps servers in zones of their own where that is asked for, and waits for a zone without nodes", async () => {
    await make({ separateZones: true });
    expect(at(pod(), "topologySpreadConstraints")).to.deep.equal([
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        whenUnsatisfiable: "DoNotSchedule",
        minDomains: 3,
        labelSelector: { matchLabels: { app: "zk" } },
      },
    ]);
  });

  it("runs under the restricted pod security standard", async () => {
    await make();
    expect(at(pod(), "securityContext")).to.deep.include({
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(at(container(), "securityContext")).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod()).to.deep.include({
      automountServiceAccountToken: false,
      serviceAccountName: "zk",
      restartPolicy: "Always",
    });
    expect(engine.one("kubernetes:core/v1:ServiceAccount").inputs).to.deep.include({
      automountServiceAccountToken: false,
    });
  });

  it("waits for its servers, and for no other object that the provider would wait for", async () => {
    await make();
    const skipped = (type: string, name?: string): unknown =>
      at(engine.one(type, name).inputs, "metadata", "annotations", "pulumi.com/skipAwait");
    expect(skipped("kubernetes:core/v1:Service", "zk-hs")).to.equal("true");
    expect(skipped("kubernetes:core/v1:Service", "zk-cs")).to.equal("true");
    expect(skipped("kubernetes:core/v1:ServiceAccount")).to.equal("true");
    expect(at(statefulSet(), "metadata", "annotations")).not.to.have.property("pulumi.com/skipAwait");
  });

  it("asks for readiness and liveness, and lets a start take its time", async () => {
    await make();
    const question = (probe: string): unknown => at(container(), probe, "exec", "command");
    expect(question("startupProbe")).to.deep.equal([
      "sh",
      "/opt/zookeeper/bin/zookeeper-ready",
      "2181",
      "started",
    ]);
    expect(question("readinessProbe")).to.deep.equal([
      "sh",
      "/opt/zookeeper/bin/zookeeper-ready",
      "2181",
      "serving",
    ]);
    expect(question("livenessProbe")).to.deep.equal([
      "sh",
      "/opt/zookeeper/bin/zookeeper-ready",
      "2181",
      "alive",
    ]);
    expect(at(container(), "startupProbe", "failureThreshold")).to.equal(300);
  });

  for (const [grace, wait] of [
    [300, "290"],
    [60, "50"],
    [30, "20"],
  ] as const) {
    it(`holds a stop back for ${wait} of ${grace} seconds, until the others have a quorum`, async () => {
      await make({ terminationGracePeriodSeconds: grace });
      expect(at(container(), "lifecycle")).to.deep.equal({
        preStop: { exec: { command: ["sh", "/opt/zookeeper/scripts/zookeeper-stopping", wait] } },
      });
      expect(at(pod(), "terminationGracePeriodSeconds")).to.equal(grace);
      expect(at(pod(), "volumes", 1, "configMap", "items")).to.deep.include({
        key: "zookeeper-stopping",
        path: "zookeeper-stopping",
      });
    });
  }

  it("gives a server that hangs half a minute to stop", async () => {
    await make({ terminationGracePeriodSeconds: 300 });
    expect(at(container(), "livenessProbe", "terminationGracePeriodSeconds")).to.equal(30);
  });

  it("never lets an empty disk vote, unless the mark is absent", async () => {
    await make();
    const flags = (at(container(), "env") as { name: string; value: string }[]).find(
      ({ name }) => name === "SERVER_JVMFLAGS",
    );
    expect(flags?.value).to.contain("-Dzookeeper.db.autocreate=false");
    expect(flags?.value).to.contain("-Dzookeeper.snapshotSizeFactor=-1");
    expect(at(pod(), "volumes", 2)).to.deep.equal({
      name: "bootstrapped",
      configMap: { name: "zk-bootstrapped", optional: true },
    });
  });

  it("sets the mark only after the servers were ready, and never takes it back", async () => {
    await make();
    const { dependsOn, retainOnDelete } = engine.optionsOf("kubernetes:core/v1:ConfigMap", "zk-bootstrapped");
    expect(retainOnDelete).to.equal(true);
    expect(dependsOn).to.have.length(1);
    const types = engine.registered.map(({ type, name }) => `${type} ${name}`);
    expect(types.indexOf("kubernetes:core/v1:ConfigMap zk-bootstrapped")).to.be.greaterThan(
      types.indexOf("kubernetes:apps/v1:StatefulSet zk"),
    );
  });

  it("grows the claims, not the StatefulSet's template", async () => {
    await make({ volumeSize: "20Gi" });
    for (const claim of ["zk-datadir-zk-0", "zk-datadir-zk-1", "zk-datadir-zk-2"]) {
      const patch = engine.one("kubernetes:core/v1:PersistentVolumeClaimPatch", claim);
      expect(at(patch.inputs, "spec", "resources", "requests", "storage")).to.equal("20Gi");
      expect(engine.optionsOf(patch.type, claim).retainOnDelete).to.equal(true);
    }
    expect(engine.optionsOf("kubernetes:apps/v1:StatefulSet").ignoreChanges).to.deep.equal([
      "spec.volumeClaimTemplates[0].spec.resources.requests.storage",
    ]);
  });

  it("rolls no pods when the volumes grow", async () => {
    const seen: unknown[] = [];
    for (const volumeSize of ["1Gi", "20Gi"]) {
      engine = await MockEngine.start();
      await make({ volumeSize });
      seen.push([at(spec(), "template"), config()]);
    }
    expect(seen[0]).to.deep.equal(seen[1]);
  });

  describe("with TLS between servers", () => {
    const lines = (): string[] => String(at(config(), "data", "zoo.cfg")).split("\n");
    const tls = /ssl|fips|portUnification|closeSocketAsync/i;

    it("has nothing of it by default", async () => {
      await make();
      expect(lines().filter((line) => tls.test(line))).to.deep.equal([]);
      expect(JSON.stringify(pod())).not.to.match(/secretName|opt.zookeeper.certificates|"Memory"/);
    });

    for (const [quorumTls, own] of [
      ["accept", ["sslQuorum=false", "portUnification=true"]],
      ["prefer", ["sslQuorum=true", "portUnification=true"]],
      ["require", ["sslQuorum=true", "portUnification=false"]],
    ] as const) {
      it(`verifies names and certificates of both sides with mode ${quorumTls}`, async () => {
        await make({ quorumTls, tlsSecret: "zk-tls" });
        expect(lines()).to.include.members([
          ...own,
          "ssl.quorum.clientAuth=need",
          "ssl.quorum.hostnameVerification=true",
          "ssl.quorum.allowReverseDnsLookup=false",
          "fips-mode=false",
          "sslQuorumReloadCertFiles=true",
          "ssl.quorum.keyStore.location=/opt/zookeeper/certificates/server.pem",
          "ssl.quorum.trustStore.location=/opt/zookeeper/certificates/trust.pem",
        ]);
        expect(at(statefulSet(), "metadata", "annotations", "zookeeper/quorum-tls")).to.equal(quorumTls);
      });
    }

    it("is required if the servers have certificates, unless another mode is set", async () => {
      for (const [settings, mode] of [
        [{ tlsSecret: "zk-tls" }, "require"],
        [{ certManager: true }, "require"],
        [{ certManager: true, quorumTls: "auto" }, "require"],
        [{ tlsSecret: "zk-tls", quorumTls: "off" }, undefined],
        [{ clientTls: "require", clientTlsSecret: "zk-client-tls" }, undefined],
        [{}, undefined],
      ] as const) {
        engine = await MockEngine.start();
        await make(settings);
        const annotations = at(statefulSet(), "metadata", "annotations");
        expect(at(annotations, "zookeeper/quorum-tls"), JSON.stringify(settings)).to.equal(mode);
        expect(lines().includes("sslQuorum=true")).to.equal(mode === "require");
      }
    });

    it("mounts the Secret for the server only, and keeps the key out of disks and state", async () => {
      await make({ quorumTls: "require", tlsSecret: "zk-tls" });
      expect(at(pod(), "volumes")).to.deep.include.members([
        {
          name: "tls",
          secret: {
            secretName: "zk-tls",
            items: ["tls.crt", "tls.key", "ca.crt"].map((key) => ({ key, path: key })),
            defaultMode: 0o440,
          },
        },
        { name: "certificates", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      ]);
      expect(at(container(), "volumeMounts")).to.deep.include.members([
        { name: "tls", mountPath: "/opt/zookeeper/tls", readOnly: true },
        { name: "certificates", mountPath: "/opt/zookeeper/certificates" },
      ]);
      expect(engine.registered.filter(({ type }) => type.endsWith(":Secret"))).to.deep.equal([]);
    });
  });

  describe("with TLS between clients and servers", () => {
    const lines = (): string[] => String(at(config(), "data", "zoo.cfg")).split("\n");
    const settings = { clientTlsSecret: "zk-client-tls" };
    const clientPorts = () => at(engine.one("kubernetes:core/v1:Service", "zk-cs").inputs, "spec", "ports");
    const plain = { name: "client", port: 2181 };
    const secure = { name: "secure-client", port: 2281 };
    const host = "zk-cs.default.svc.cluster.local";

    for (const { clientTls, ports, address, connection } of [
      { clientTls: "accept", ports: [plain, secure], address: ";2181", connection: `${host}:2181` },
      { clientTls: "require", ports: [secure], address: ";127.0.0.1:2181", connection: `${host}:2281` },
    ]) {
      it(`needs a certificate of each client of the secure port with mode ${clientTls}`, async () => {
        const ensemble = await make({ clientTls, ...settings });
        expect(lines()).to.include.members([
          "secureClientPort=2281",
          "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
          "ssl.clientAuth=need",
          "client.certReload=true",
          "ssl.keyStore.location=/opt/zookeeper/client-certificates/server.pem",
          "ssl.trustStore.location=/opt/zookeeper/client-certificates/trust.pem",
          `server.1=zk-0.zk-hs.default.svc.cluster.local:2888:3888${address}`,
        ]);
        expect(clientPorts()).to.deep.equal(ports);
        expect(JSON.stringify(at(policy(), "ingress"))).to.contain(
          `"ports":${JSON.stringify(ports.map(({ port }) => ({ port })))}`,
        );
        expect(at(container(), "ports")).to.deep.include.members(
          ports.map(({ name, port }) => ({ name, containerPort: port })),
        );
        expect(at(container(), "ports")).to.have.length(ports.length + 3);
        expect(at(statefulSet(), "metadata", "annotations", "zookeeper/client-tls")).to.equal(clientTls);
        expect(await known(ensemble.connectionString)).to.equal(connection);
        expect(await known(ensemble.secureConnectionString)).to.equal(`${host}:2281`);
      });
    }

    it("has zkCli.sh use the address of localhost at which the server listens", async () => {
      const flags = () =>
        (at(container(), "env") as { name: string; value: string }[]).find(
          ({ name }) => name === "CLIENT_JVMFLAGS",
        )?.value;
      await make({ clientTls: "accept", ...settings });
      expect(flags()).not.to.contain("preferIPv4Stack");
      engine = await MockEngine.start();
      await make({ clientTls: "require", ...settings });
      expect(flags()).to.match(/^-Djute.maxbuffer=\d+ -Djava.net.preferIPv4Stack=true$/);
    });

    it("has a Secret and files apart from those between servers", async () => {
      await make({ clientTls: "require", ...settings, quorumTls: "require", tlsSecret: "zk-tls" });
      const volumes = at(pod(), "volumes") as { name: string; secret?: { secretName: string } }[];
      const secrets = volumes.flatMap(({ name, secret }) => (secret ? [[name, secret.secretName]] : []));
      expect(secrets).to.deep.equal([
        ["tls", "zk-tls"],
        ["client-tls", "zk-client-tls"],
      ]);
      const places = (at(container(), "volumeMounts") as { mountPath: string }[]).map(
        (each) => each.mountPath,
      );
      expect(new Set(places).size).to.equal(places.length);
    });

    it("names the administrator as Java reads it", async () => {
      await make({ clientTls: "accept", ...settings, administrator: "CN=zk\\, admin,O=shop" });
      expect(lines()).to.include("X509AuthenticationProvider.superUser=CN=zk\\\\, admin,O=shop");
    });

    it("has no secure port by default", async () => {
      const ensemble = await make();
      expect(clientPorts()).to.deep.equal([plain]);
      expect(await known(ensemble.secureConnectionString)).to.equal("");
    });
  });

  it("has its memory as a limit, and half of it as heap", async () => {
    await make({ memory: "2Gi" });
    expect(at(container(), "resources")).to.deep.equal({
      requests: { cpu: "500m", memory: "2Gi" },
      limits: { memory: "2Gi" },
    });
    expect(at(container(), "env")).to.deep.include({ name: "ZK_SERVER_HEAP", value: "1024" });
  });

  it("rolls the pods when a setting changes, and not otherwise", async () => {
    const seen: unknown[] = [];
    for (const tickTime of [2000, 2000, 1000]) {
      engine = await MockEngine.start();
      await make({ tickTime });
      expect(at(pod(), "volumes", 0, "configMap", "name")).to.equal(at(config(), "metadata", "name"));
      seen.push(at(spec(), "template"));
    }
    expect(seen[0]).to.deep.equal(seen[1]);
    expect(seen[0]).not.to.deep.equal(seen[2]);
  });

  it("creates another namespace, under restricted pod security, and keeps it", async () => {
    await make({ namespace: "data" });
    expect(at(engine.one("kubernetes:core/v1:Namespace").inputs, "metadata")).to.deep.include({
      name: "data",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    expect(engine.optionsOf("kubernetes:core/v1:Namespace").retainOnDelete).to.equal(true);
    const namespaces = engine.registered
      .filter(({ type }) => type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Namespace")
      .map(({ inputs }) => at(inputs, "metadata", "namespace"));
    expect(new Set(namespaces)).to.deep.equal(new Set(["data"]));
  });

  describe("lets through its NetworkPolicy", () => {
    const own = { podSelector: { matchLabels: podLabels } };
    const inNamespace = (name: string, labels = {}) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
      podSelector: { matchLabels: labels },
    });
    const from = (port: number): unknown => {
      const rules = at(policy(), "ingress") as { from?: unknown; ports: { port: number }[] }[];
      const [rule, ...others] = rules.filter(({ ports }) => ports.some((each) => each.port === port));
      expect(others).to.deep.equal([]);
      return rule === undefined ? "nobody" : (rule.from ?? "anybody");
    };

    it("only its own pods to the quorum ports, and scrapers from anywhere", async () => {
      await make();
      expect([2888, 3888, 7000].map(from)).to.deep.equal([[own], [own], "anybody"]);
      expect(policy()).to.deep.include({ policyTypes: ["Ingress"] });
      engine = await MockEngine.start();
      await make({ metrics: false });
      expect(from(7000)).to.equal("nobody");
    });

    it("clients of its own namespace by default", async () => {
      await make({ namespace: "data" });
      expect(from(2181)).to.deep.equal([own, inNamespace("data")]);
    });

    it("the clients in the settings instead", async () => {
      await make({ clients: ["orders", "shop/app=api,tier=web", "10.8.0.0/16"] });
      expect(from(2181)).to.deep.equal([
        own,
        inNamespace("orders"),
        inNamespace("shop", { app: "api", tier: "web" }),
        { ipBlock: { cidr: "10.8.0.0/16" } },
      ]);
    });

    it("any client where the settings say so", async () => {
      await make({ clients: ["*"] });
      expect(from(2181)).to.equal("anybody");
      expect(from(2888)).to.deep.equal([own]);
    });
  });

  it("creates Roles for people where that is asked for: none reads Secrets or deletes volume claims", async () => {
    const role = (name: string) =>
      at(engine.one("kubernetes:rbac.authorization.k8s.io/v1:Role", name).inputs, "rules") as {
        resources: string[];
        verbs: string[];
      }[];
    const may = (name: string, verb: string, resource: string) =>
      role(name).some(({ resources, verbs }) => verbs.includes(verb) && resources.includes(resource));
    await make({ roles: true });
    const names = ["zk-view", "zk-operate", "zk-administer"];
    const allowed = (verb: string, resource: string) => names.filter((name) => may(name, verb, resource));
    expect(allowed("get", "pods/log")).to.deep.equal(names);
    expect(allowed("delete", "pods")).to.deep.equal(names.slice(1));
    expect(allowed("create", "pods/exec")).to.deep.equal(names.slice(1));
    expect(allowed("patch", "statefulsets")).to.deep.equal(names.slice(2));
    expect(allowed("get", "podmonitorings")).to.deep.equal(names);
    expect(allowed("patch", "prometheusrules")).to.deep.equal(names.slice(2));
    expect(allowed("delete", "persistentvolumeclaims")).to.deep.equal([]);
    expect(allowed("get", "secrets")).to.deep.equal([]);
    engine = await MockEngine.start();
    await make();
    expect(engine.registered.some(({ type }) => type.endsWith(":Role"))).to.equal(false);
  });

  it("has cert-manager issue certificates of two authorities, if wanted, and waits for those of the servers", async () => {
    await make({ certManager: true, quorumTls: "require", clientTls: "accept" });
    const issued = (kind: string, name: string) => {
      const { inputs } = engine.one(`kubernetes:cert-manager.io/v1:${kind}`, `zk-${name}`);
      expect(at(inputs, "metadata", "name")).to.equal(`zk-${name}`);
      return inputs;
    };
    expect(at(issued("Issuer", "self-signed"), "spec")).to.deep.equal({ selfSigned: {} });
    const names = {
      servers: ["*.zk-hs.default.svc.cluster.local"],
      clients: ["zk-cs.default.svc.cluster.local", "*.zk-hs.default.svc.cluster.local"],
    };
    for (const [purpose, dnsNames] of Object.entries(names)) {
      const authority = at(issued("Certificate", `${purpose}-ca`), "spec");
      expect(authority).to.deep.include({ isCA: true, commonName: `zk ${purpose}` });
      expect(at(authority, "issuerRef", "name")).to.equal("zk-self-signed");
      // Otherwise, servers would not accept each other while their certificates are renewed one by one.
      expect(at(authority, "privateKey", "rotationPolicy")).to.equal("Never");
      const secretName = at(authority, "secretName");
      expect(at(issued("Issuer", purpose), "spec")).to.deep.equal({ ca: { secretName } });
      const certificate = issued("Certificate", `${purpose}-tls`);
      expect(at(certificate, "metadata", "annotations")).to.deep.include({
        "pulumi.com/waitFor": "condition=Ready",
      });
      expect(at(certificate, "spec")).to.deep.include({ secretName: `zk-${purpose}-tls`, dnsNames });
      expect(at(certificate, "spec", "issuerRef")).to.deep.equal({ kind: "Issuer", name: `zk-${purpose}` });
    }
    const secrets = (at(pod(), "volumes") as object[]).map((volume) => at(volume, "secret", "secretName"));
    expect(secrets).to.include.members(["zk-servers-tls", "zk-clients-tls"]);
  });

  it("has cert-manager sign with another authority, with a key and name of its own, for one purpose only", async () => {
    await make({ certManager: true, clientTls: "accept", clientTlsAuthority: 2 });
    const spec = (kind: string, name: string) =>
      at(engine.one(`kubernetes:cert-manager.io/v1:${kind}`, `zk-${name}`).inputs, "spec");
    // In the same Secret, cert-manager would keep the key; and Java trusts only one authority of a name.
    expect(spec("Certificate", "clients-ca")).to.deep.include({
      secretName: "zk-clients-ca-2",
      commonName: "zk clients 2",
    });
    expect(spec("Issuer", "clients")).to.deep.equal({ ca: { secretName: "zk-clients-ca-2" } });
    expect(spec("Certificate", "clients-tls")).to.deep.include({ secretName: "zk-clients-tls" });
    expect(spec("Certificate", "servers-ca")).to.deep.include({
      secretName: "zk-servers-ca",
      commonName: "zk servers",
    });
    expect(spec("Issuer", "servers")).to.deep.equal({ ca: { secretName: "zk-servers-ca" } });
  });

  it("uses a Secret that is named, also where cert-manager issues the others, and no cert-manager otherwise", async () => {
    await make({ certManager: true, quorumTls: "require", tlsSecret: "own", clientTls: "accept" });
    const secrets = (at(pod(), "volumes") as object[]).map((volume) => at(volume, "secret", "secretName"));
    expect(secrets).to.include.members(["own", "zk-clients-tls"]);
    engine = await MockEngine.start();
    await make({ quorumTls: "require", tlsSecret: "own" });
    expect(engine.registered.some(({ type }) => type.includes("cert-manager"))).to.equal(false);
  });

  it("lets a Prometheus collect the metrics at the port and by the labels of the pods, if wanted", async () => {
    const monitored = { monitoringLabels: ["release=prometheus"], alertThresholds: ["SlowWrites=800"] };
    for (const [monitoring, kind, endpoints, rules] of [
      ["managed", "monitoring.googleapis.com/v1:PodMonitoring", "endpoints", "Rules"],
      ["operator", "monitoring.coreos.com/v1:PodMonitor", "podMetricsEndpoints", "PrometheusRule"],
    ] as const) {
      engine = await MockEngine.start();
      await make({ monitoring, ...monitored });
      const { inputs } = engine.one(`kubernetes:${kind}`, "zk-scrape");
      expect(at(inputs, "metadata", "namespace")).to.equal(at(statefulSet(), "metadata", "namespace"));
      expect(at(inputs, "metadata", "labels")).to.deep.include({ app: "zk", release: "prometheus" });
      const labels = at(spec(), "template", "metadata", "labels");
      expect(labels).to.deep.include(at(inputs, "spec", "selector", "matchLabels"));
      const port = { name: at(inputs, "spec", endpoints, 0, "port"), containerPort: 7000 };
      expect(at(container(), "ports")).to.deep.include(port);
      expect(at(policy(), "ingress")).to.deep.include({ ports: [{ port: 7000 }] });
      const group = kind.split(":")[0] ?? "";
      const text = JSON.stringify(engine.one(`kubernetes:${group}:${rules}`, "zk-rules").inputs);
      expect(text).to.contain(" > 800");
    }
    engine = await MockEngine.start();
    await make();
    expect(engine.registered.some(({ type }) => type.includes("monitoring"))).to.equal(false);
  });

  it("saves backups on a schedule, if wanted, by pods that are no servers and that nobody reaches", async () => {
    const type = "kubernetes:batch/v1:CronJob";
    await make({ backupSchedule: "@daily", backupVolumeSize: "20Gi", storageClassName: "fast" });
    const { inputs } = engine.one(type, "zk-backups");
    expect(at(inputs, "spec")).to.deep.include({ schedule: "@daily", concurrencyPolicy: "Forbid" });
    const template = at(inputs, "spec", "jobTemplate", "spec", "template");
    const labels = at(template, "metadata", "labels");
    expect(labels).not.to.have.property("app");
    expect(at(policy(), "ingress", 0, "from", 1, "podSelector", "matchLabels")).to.deep.equal(labels);
    expect(at(policy(), "ingress", 0, "ports")).to.deep.equal([{ port: 2888 }, { port: 3888 }]);
    const own = engine.one(
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "zk-backups-network-policy",
    ).inputs;
    expect(at(own, "spec")).to.deep.equal({
      podSelector: { matchLabels: labels },
      policyTypes: ["Ingress"],
      ingress: [],
    });
    const job = at(template, "spec");
    expect(at(job, "restartPolicy")).to.equal("Never");
    expect(at(job, "securityContext")).to.deep.equal(at(pod(), "securityContext"));
    expect(at(job, "containers", 0, "securityContext")).to.deep.equal(at(container(), "securityContext"));
    expect(at(job, "automountServiceAccountToken")).to.equal(false);
    const claim = engine.one("kubernetes:core/v1:PersistentVolumeClaim", "zk-backups-claim");
    expect(at(claim.inputs, "spec")).to.deep.include({
      storageClassName: "fast",
      resources: { requests: { storage: "20Gi" } },
    });
    expect(at(job, "volumes")).to.deep.include({
      name: "backups",
      persistentVolumeClaim: { claimName: at(claim.inputs, "metadata", "name") },
    });
  });

  it("keeps backups on a claim that is there, if wanted, and lets nobody else to the quorum ports without them", async () => {
    await make({ backupSchedule: "0 3 * * *", backupClaim: "file-server" });
    const { inputs } = engine.one("kubernetes:batch/v1:CronJob", "zk-backups");
    const volumes = at(inputs, "spec", "jobTemplate", "spec", "template", "spec", "volumes");
    expect(volumes).to.deep.include({
      name: "backups",
      persistentVolumeClaim: { claimName: "file-server" },
    });
    const isClaim = ({ type }: { type: string }) => type === "kubernetes:core/v1:PersistentVolumeClaim";
    expect(engine.registered.some(isClaim)).to.equal(false);
    engine = await MockEngine.start();
    await make();
    expect(engine.registered.some(({ type }) => type.includes("CronJob"))).to.equal(false);
    expect(at(policy(), "ingress", 0, "from")).to.have.length(1);
  });

  it("lets the servers of a new ensemble begin with a backup, if wanted, and mounts no backups otherwise", async () => {
    await make({ restoreBackup: "latest", backupClaim: "files" });
    expect(at(pod(), "volumes")).to.deep.include({
      name: "backups",
      persistentVolumeClaim: { claimName: "files", readOnly: true },
    });
    expect(at(container(), "volumeMounts")).to.deep.include({
      name: "backups",
      mountPath: "/var/lib/backups",
      readOnly: true,
    });
    expect(at(container(), "env")).to.deep.include({ name: "ZK_RESTORE", value: "latest" });
    engine = await MockEngine.start();
    await make({ backupSchedule: "@daily" });
    expect(JSON.stringify(pod())).not.to.contain("backups");
    const { inputs } = engine.one("kubernetes:batch/v1:CronJob", "zk-backups");
    expect(JSON.stringify(inputs)).not.to.contain("serviceAccountName").and.not.to.contain("ZK_BUCKET");
  });

  it("lets all servers begin with the same newest backup in a bucket", async () => {
    const restore = "zk-restore";
    await make({ restoreBackup: "gs://my-backups/default/zk/latest" });
    const { inputs } = engine.one("kubernetes:core/v1:ConfigMap", restore);
    expect(at(inputs, "metadata", "name")).to.equal(restore);
    expect(Date.parse(String(at(inputs, "data", "until"))))
      .to.be.at.most(Date.now())
      .and.above(Date.now() - 60_000);
    // A later update does not change the time.
    expect(engine.optionsOf("kubernetes:core/v1:ConfigMap", restore).ignoreChanges).to.deep.equal(["data"]);
    const waits = () => [engine.optionsOf("kubernetes:apps/v1:StatefulSet").dependsOn].flat().length;
    const before = waits();
    const configMapKeyRef = { name: restore, key: "until", optional: true };
    expect(at(container(), "env")).to.deep.include({
      name: "ZK_RESTORE_UNTIL",
      valueFrom: { configMapKeyRef },
    });
    engine = await MockEngine.start();
    await make({ restoreBackup: "gs://my-backups/default/zk/zk-20260101T000000Z" });
    expect(JSON.stringify(engine.registered)).not.to.contain(restore);
    expect(waits()).to.equal(before - 1);
  });

  it("gives backups the servers' certificate where they have one", async () => {
    await make({ backupSchedule: "@daily", quorumTls: "require", tlsSecret: "zk-tls" });
    const { inputs } = engine.one("kubernetes:batch/v1:CronJob", "zk-backups");
    const job = at(inputs, "spec", "jobTemplate", "spec", "template", "spec");
    expect(JSON.stringify(at(job, "volumes"))).to.contain('"secretName":"zk-tls"');
    expect(JSON.stringify(at(job, "containers", 0, "env"))).to.contain("ZK_CERTIFICATES_DIR");
  });

  it("lets the StatefulSet be changed", async () => {
    await make({ transform: (manifest) => ({ ...manifest, spec: { ...manifest.spec, replicas: 0 } }) });
    expect(at(spec(), "replicas")).to.equal(0);
  });

  it("tells where an error of the transformation came from", () => {
    const transform = (): never => {
      throw new Error("no such manifest");
    };
    const error = thrownBy(() => new components.ZooKeeperEnsemble("zk", { transform }));
    expect(error).to.be.instanceOf(Error).with.property("stack").that.includes("ensemble.test.ts");
  });

  it("shares nothing with another ensemble in the same program", async () => {
    new components.ZooKeeperEnsemble("zk", {});
    new components.ZooKeeperEnsemble("zk2", { servers: 5, namespace: "data" });
    await engine.settled();
    const ids = engine.registered
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(
        ({ type, inputs }) =>
          `${type} ${JSON.stringify([at(inputs, "metadata", "namespace"), at(inputs, "metadata", "name")])}`,
      );
    expect(new Set(ids).size).to.equal(ids.length);
  });

  const rejected: { args: ZooKeeperEnsembleArgs; paths: string[] }[] = [
    { args: { name: "ZK" }, paths: ["name"] },
    { args: { name: "z".repeat(53) }, paths: ["name"] },
    { args: { namespace: "a.b" }, paths: ["namespace"] },
    { args: { servers: 4 }, paths: ["servers"] },
    { args: { servers: 0 }, paths: ["servers"] },
    { args: { minReadySeconds: -1 }, paths: ["minReadySeconds"] },
    { args: { minReadySeconds: 1.5 }, paths: ["minReadySeconds"] },
    { args: { minReadySeconds: 601 }, paths: ["minReadySeconds"] },
    { args: { servers: 2.5 }, paths: ["servers"] },
    { args: { image: "zookeeper" }, paths: ["image"] },
    { args: { image: "zookeeper:latest" }, paths: ["image"] },
    { args: { image: "docker.io/library/zookeeper:3.9.3" }, paths: ["image"] },
    { args: { cpu: "half" }, paths: ["cpu"] },
    { args: { cpu: "0" }, paths: ["cpu"] },
    { args: { memory: "1GB" }, paths: ["memory"] },
    { args: { memory: "64Mi" }, paths: ["memory"] },
    { args: { heap: "1g" }, paths: ["heap"] },
    { args: { heap: "769m" }, paths: ["heap"] },
    { args: { heap: "much" }, paths: ["heap"] },
    { args: { terminationGracePeriodSeconds: 29 }, paths: ["terminationGracePeriodSeconds"] },
    { args: { volumeSize: "10" }, paths: ["volumeSize"] },
    { args: { volumeSize: "big" }, paths: ["volumeSize"] },
    { args: { tickTime: 3000 }, paths: ["minSessionTimeout"] },
    { args: { maxSessionTimeout: 3000 }, paths: ["maxSessionTimeout"] },
    { args: { snapCount: 1 }, paths: ["snapCount"] },
    { args: { snapRetainCount: 1 }, paths: ["snapRetainCount"] },
    { args: { purgeInterval: 0 }, paths: ["purgeInterval"] },
    { args: { initLimit: 0, syncLimit: 0 }, paths: ["initLimit", "syncLimit"] },
    { args: { logLevel: "info" }, paths: ["logLevel"] },
    { args: { maxCnxns: -1 }, paths: ["maxCnxns"] },
    { args: { juteMaxBuffer: 65535 }, paths: ["juteMaxBuffer"] },
    { args: { juteMaxBuffer: 16777217 }, paths: ["juteMaxBuffer"] },
    { args: { fourLetterWords: ["srvr", "ruok"] }, paths: ["fourLetterWords"] },
    { args: { fourLetterWords: ["srvr", "ruok", "mntr", "*"] }, paths: ["fourLetterWords"] },
    { args: { fourLetterWords: ["stats"] }, paths: ["fourLetterWords", "fourLetterWords"] },
    { args: { clusterDomain: "cluster_local" }, paths: ["clusterDomain"] },
    { args: { clients: ["orders", "Shop"] }, paths: ["clients[1]"] },
    { args: { clients: ["0.0.0.0/0", "::/0"] }, paths: ["clients[0]", "clients[1]"] },
    { args: { clients: ["*", "orders"] }, paths: ["clients"] },
    { args: { quorumTls: "on", tlsSecret: "zk-tls" }, paths: ["quorumTls"] },
    { args: { quorumTls: "accept" }, paths: ["tlsSecret"] },
    { args: { quorumTls: "require", tlsSecret: "Secret" }, paths: ["tlsSecret"] },
    {
      args: { quorumTls: "accept", tlsSecret: "zk-clients-tls", clientTls: "accept", certManager: true },
      paths: ["clientTlsSecret"],
    },
    { args: { clientTls: "prefer", clientTlsSecret: "zk-client-tls" }, paths: ["clientTls"] },
    { args: { clientTls: "accept" }, paths: ["clientTlsSecret"] },
    { args: { clientTls: "accept", clientTlsSecret: "Secret" }, paths: ["clientTlsSecret"] },
    {
      args: { clientTls: "accept", clientTlsSecret: "zk-tls", quorumTls: "accept", tlsSecret: "zk-tls" },
      paths: ["clientTlsSecret"],
    },
    { args: { administrator: "CN=admin" }, paths: ["administrator"] },
    { args: { closeRoot: true }, paths: ["closeRoot"] },
    { args: { clientTls: "accept", clientTlsSecret: "tls", closeRoot: true }, paths: ["closeRoot"] },
    {
      args: { clientTls: "accept", clientTlsSecret: "tls", administrator: "CN=admin, O=shop" },
      paths: ["administrator"],
    },
    {
      args: { clientTls: "accept", clientTlsSecret: "tls", administrator: "admin" },
      paths: ["administrator"],
    },
    { args: { clients: ["orders"], networkPolicy: false }, paths: ["clients"] },
    { args: { backupSchedule: "daily" }, paths: ["backupSchedule"] },
    { args: { backupSchedule: "0 3 * * *", name: "z".repeat(45) }, paths: ["backupSchedule"] },
    {
      args: { backupsKept: 0, backupVolumeSize: "1", backupClaim: "A" },
      paths: ["backupsKept", "backupVolumeSize", "backupClaim"],
    },
    { args: { backupBucket: "my-backups" }, paths: ["backupBucket"] },
    { args: { restoreBackup: "gs://my-backups" }, paths: ["restoreBackup"] },
    { args: { restoreBackup: "gs://my-backups/latest" }, paths: ["restoreBackup"] },
    { args: { restoreBackup: "s3://my-backups/zk/zk-1", backupClaim: "files" }, paths: ["restoreBackup"] },
    {
      args: { backupSchedule: "@daily", backupBucket: "My.Backups", backupKey: "key" },
      paths: ["backupBucket", "backupKey"],
    },
    { args: { backupSchedule: "@daily", backupBucket: "my-google-backups" }, paths: ["backupBucket"] },
    {
      args: {
        backupSchedule: "@daily",
        backupKey: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=\n-----END PGP PUBLIC KEY BLOCK-----",
      },
      paths: ["backupKey"],
    },
    {
      args: {
        backupSchedule: "@daily",
        backupBucket: "my-backups",
        backupKey: "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n=\n-----END PGP PRIVATE KEY BLOCK-----",
      },
      paths: ["backupKey"],
    },
    { args: { monitoring: "prometheus" }, paths: ["monitoring"] },
    { args: { monitoring: "operator", metrics: false }, paths: ["monitoring"] },
    { args: { monitoringLabels: ["a=b", "release"] }, paths: ["monitoringLabels[1]"] },
    {
      args: { alertThresholds: ["SlowWrites=1", "Slow=1", "SlowDisk"] },
      paths: ["alertThresholds[1]", "alertThresholds[2]"],
    },
  ];
  for (const { args, paths } of rejected) {
    it(`rejects ${JSON.stringify(args)} before anything is registered`, async () => {
      expect(pathsOf(thrownBy(() => new components.ZooKeeperEnsemble("zk", args)))).to.deep.equal(paths);
      await engine.settled();
      expect(engine.registered).to.deep.equal([]);
    });
  }

  it("rejects plain values at once although others are not known yet", () => {
    const later = pulumi.output("1Gi");
    const error = thrownBy(() => new components.ZooKeeperEnsemble("zk", { memory: later, servers: 2 }));
    expect(pathsOf(error)).to.deep.equal(["servers"]);
  });

  it("rejects an output for a setting that must be plain, and says why", () => {
    // The types reject it, but programs in JavaScript have none.
    const args = { servers: pulumi.output(3) } as unknown as ZooKeeperEnsembleArgs;
    const alone = thrownBy(() => new components.ZooKeeperEnsemble("zk", args));
    expect(pathsOf(alone)).to.deep.equal(["servers"]);
    expect(String(alone))
      .to.contain("Must be a plain value and not an output")
      .and.contain("Fix: use a number, such as 3.");
    const environment = { gke: { project: "my-project" }, ensemble: args };
    const whole = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", environment));
    expect(pathsOf(whole)).to.deep.equal(["ensemble.servers"]);
  });

  it("rejects an output when it is known", async () => {
    const { checked } = await import("../../components/validation/checked.ts");
    const { checkEnsemble } = await import("../../components/ensemble/check.ts");
    const { ensembleSettings } = await import("../../components/settings/ensemble.ts");
    const { ensembleDefaults } = await import("../../components/ensemble/args.ts");
    const args = { ...ensembleDefaults, name: "zk", memory: pulumi.output("64Mi") };
    const outcome = await new Promise((resolve) => {
      const settings: unknown = checked("an ensemble", args, args, ensembleSettings, (values, report) => {
        checkEnsemble(values, report, "test");
      });
      // The promise behind an output is the only place where its failure can be seen without ending the program.
      (settings as { promise(): Promise<unknown> }).promise().then(resolve, resolve);
    });
    expect(pathsOf(outcome)).to.deep.equal(["memory"]);
  });
});
