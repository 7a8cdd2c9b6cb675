import { expect } from "chai";

import { notValidated } from "../../../policy/rules/not-validated.ts";
import { environment, neighbours, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict } from "../table.ts";

const release = (props: object): Registered => ({ type: "kubernetes:helm.sh/v3:Release", name: "zk", props });
const custom = (type: string, spec: unknown, name = "zk"): Registered => ({
  type: `kubernetes:${type}`,
  name,
  props: { metadata: { name, namespace: "data" }, spec },
});
const bitnami = { repo: "https://charts.bitnami.com/bitnami" };

describe("not-validated", () => {
  it("accepts workloads, and objects that have nothing to do with ZooKeeper", () => {
    expectVerdict(notValidated, [...environment, ...neighbours], "nothing");
  });

  const byChart = (name: string) =>
    new RegExp(
      `^Release zk: chart: not validated, as chart "${name}" installs ZooKeeper\\s+` +
        "Required: objects that the policies see[^]*Fix: use the chart by kubernetes.helm.v4.Chart",
    );
  for (const chart of [
    "zookeeper",
    "bitnami/zookeeper",
    "oci://registry-1.docker.io/bitnamicharts/zookeeper",
    "./charts/zookeeper/",
    "https://charts.example/zookeeper-13.8.7.tgz",
    "my-zk",
    "cp-zookeeper",
  ]) {
    it(`reports a release of ${chart}`, () => {
      expectVerdict(notValidated, [release({ chart })], byChart(chart));
    });
  }
  for (const chart of [
    "monitoring",
    "zookeeper-operator",
    "zookeeper-exporter",
    "zookeeper-operator-crds",
    "zoonavigator",
    "redis",
    "zookeeper/kafka",
    "",
  ]) {
    it(`accepts a release of ${chart || "nothing"}`, () => {
      expectVerdict(notValidated, [release({ chart })], "nothing");
    });
  }

  it("reports charts that bring ZooKeeper, and accepts them without it", () => {
    for (const [chart, repositoryOpts, version, off] of [
      [
        "pulsar",
        { repo: "https://pulsar.apache.org/charts" },
        undefined,
        { components: { zookeeper: false } },
      ],
      [
        "cp-helm-charts",
        { repo: "https://confluentinc.github.io/cp-helm-charts/" },
        undefined,
        { "cp-zookeeper": { enabled: false } },
      ],
      ["solr", bitnami, "9.0.0", { zookeeper: { enabled: false } }],
      ["kafka", bitnami, "22.1.3", { zookeeper: { enabled: false } }],
      ["kafka", { repo: "https://charts.helm.sh/incubator" }, undefined, { zookeeper: { enabled: false } }],
      ["nifi", { repo: "https://cetic.github.io/helm-charts" }, undefined, { zookeeper: { enabled: false } }],
      [
        "druid",
        { repo: "https://asdf2014.github.io/druid-helm/" },
        undefined,
        { zookeeper: { enabled: false } },
      ],
    ] as const) {
      const props = { chart, repositoryOpts, version };
      expectVerdict(notValidated, [release(props)], byChart(chart));
      expectVerdict(notValidated, [release({ ...props, values: off })], "nothing");
      // Others have charts of these names, too.
      const anywhere = ["pulsar", "cp-helm-charts", "druid"].includes(chart);
      expectVerdict(notValidated, [release({ chart, version })], anywhere ? byChart(chart) : "nothing");
    }
    expectVerdict(
      notValidated,
      [release({ chart: "oci://registry-1.docker.io/bitnamicharts/solr" })],
      /not validated/,
    );
    for (const version of ["23.0.0", "31.0.0", undefined]) {
      expectVerdict(notValidated, [release({ chart: "kafka", repositoryOpts: bitnami, version })], "nothing");
    }
  });

  it("reports a chart whose values switch ZooKeeper on", () => {
    for (const values of [
      { zookeeper: { enabled: true } },
      { "cp-zookeeper": { enabled: true } },
      { components: { zookeeper: true } },
    ]) {
      expectVerdict(
        notValidated,
        [release({ chart: "kafka", repositoryOpts: bitnami, version: "31.0.0", values })],
        /^Release zk: values\..*: not validated, as chart "kafka" installs ZooKeeper/,
      );
    }
    expectVerdict(
      notValidated,
      [release({ chart: "x", values: { zookeeper: { enabled: "true" } } })],
      "nothing",
    );
  });

  it("leaves an unknown chart open", () => {
    expectVerdict(notValidated, [release({ chart: unknownValue })], "open");
    expectVerdict(
      notValidated,
      [release({ chart: "zookeeper", version: unknownValue, values: unknownValue })],
      byChart("zookeeper"),
    );
  });

  it("reports charts that other controllers install", () => {
    const applied = [
      custom("argoproj.io/v1alpha1:Application", { source: { chart: "zookeeper", repoURL: bitnami.repo } }),
      custom("argoproj.io/v1alpha1:Application", { sources: [{ repoURL: "x" }, { chart: "zookeeper" }] }),
      custom("argoproj.io/v1alpha1:Application", {
        source: { chart: "kafka", helm: { valuesObject: { zookeeper: { enabled: true } } } },
      }),
      custom("helm.toolkit.fluxcd.io/v2:HelmRelease", { chart: { spec: { chart: "zookeeper" } } }),
      custom("helm.toolkit.fluxcd.io/v2:HelmRelease", {
        chart: { spec: { chart: "kafka" } },
        values: { zookeeper: { enabled: true } },
      }),
      custom("helm.toolkit.fluxcd.io/v2:HelmRelease", {
        chart: { spec: { chart: "kafka", version: "20.0.1", sourceRef: { name: "bitnami" } } },
      }),
      custom("helm.cattle.io/v1:HelmChart", { chart: "zookeeper" }),
      custom("helm.cattle.io/v1:HelmChart", { chart: "solr", repo: bitnami.repo }),
    ];
    for (const resource of applied) {
      expectVerdict(notValidated, [resource], /^\w+ data\/zk: spec\..*: not validated, as chart/);
    }
    expectVerdict(
      notValidated,
      [custom("argoproj.io/v1alpha1:Application", { source: { path: "zookeeper" } })],
      "nothing",
    );
    expectVerdict(
      notValidated,
      [custom("example.com/v1:Application", { source: { chart: "zookeeper" } })],
      "nothing",
    );
    expectVerdict(
      notValidated,
      [custom("argoproj.io/v1alpha1:AppProject", { source: { chart: "zookeeper" } })],
      "nothing",
    );
  });

  const byOperator = /^\w+ data\/zk: (?:spec\.\w+: )?not validated, as an operator creates the ensemble/;
  for (const [type, spec] of [
    ["zookeeper.pravega.io/v1beta1:ZookeeperCluster", { replicas: 3 }],
    ["zookeeper.stackable.tech/v1alpha1:ZookeeperCluster", {}],
    ["platform.confluent.io/v1beta1:Zookeeper", { replicas: 3 }],
    ["example.com/v1:ZooKeeperEnsemble", undefined],
    ["kafka.strimzi.io/v1beta2:Kafka", { zookeeper: { replicas: 3 } }],
    ["solr.apache.org/v1beta1:SolrCloud", { zookeeperRef: { provided: { replicas: 3 } } }],
    ["solr.apache.org/v1beta1:SolrCloud", {}],
    ["solr.bloomberg.com/v1beta1:SolrCloud", {}],
    ["apps.kubeblocks.io/v1:Cluster", { clusterDef: "zookeeper" }],
    ["apps.kubeblocks.io/v1alpha1:Cluster", { clusterDefinitionRef: "zookeeper" }],
  ] as const) {
    it(`reports ${type} with ${JSON.stringify(spec)}`, () => {
      expectVerdict(notValidated, [custom(type, spec)], byOperator);
    });
  }
  for (const [type, spec] of [
    ["zookeeper.stackable.tech/v1alpha1:ZookeeperZnode", {}],
    ["platform.confluent.io/v1beta1:Kafka", { zookeeper: {} }],
    ["kafka.strimzi.io/v1beta2:Kafka", { kafka: {} }],
    ["kafka.strimzi.io/v1beta2:Kafka", { zookeeper: null }],
    ["kafka.strimzi.io/v1beta2:KafkaTopic", { zookeeper: {} }],
    ["kafka.strimzi.io/v1beta2:Kafka", { zookeeper: unknownValue }],
    [
      "solr.apache.org/v1beta1:SolrCloud",
      { zookeeperRef: { connectionInfo: { internalConnectionString: "zk:2181" } } },
    ],
    ["solr.apache.org/v1beta1:SolrCloud", { zookeeperRef: unknownValue }],
    ["example.com/v1:SolrCloud", {}],
    ["apps.kubeblocks.io/v1:Cluster", { clusterDef: "redis" }],
    ["apps.kubeblocks.io/v1:Backup", { clusterDef: "zookeeper" }],
    ["zookeeper.pravega.io/v1beta1:ZookeeperClusterPatch", {}],
    ["core/v1:Zookeeper", {}],
    ["example.com/v1:ZookeeperBackup", {}],
  ] as const) {
    it(`accepts ${type} with ${JSON.stringify(spec)}`, () => {
      expectVerdict(notValidated, [custom(type, spec)], "nothing");
    });
  }

  it("reports servers in other kinds of workloads, and accepts other containers there", () => {
    const config = { ...statefulSet, type: "kubernetes:apps.openshift.io/v1:DeploymentConfig" };
    expectVerdict(
      notValidated,
      [config],
      /^DeploymentConfig default\/zk: spec.template: not validated, as the policies do not know the kind DeploymentConfig/,
    );
    const web = changed(config, [...podPath, "containers"], [{ name: "web", image: "nginx" }]);
    expectVerdict(notValidated, [web], "nothing");
    expectVerdict(notValidated, [changed(config, [...podPath, "containers"], [])], "nothing");
    const labels = ["spec", "template", "metadata", "labels"];
    expectVerdict(notValidated, [changed(web, labels, { role: "zk" })], /spec.template: not validated/, {
      config: { serverLabel: "role=zk" },
    });
    // Without containers it is no workload.
    const bare = changed(changed(config, [...podPath, "containers"], []), labels, { role: "zk" });
    expectVerdict(notValidated, [bare], "nothing", { config: { serverLabel: "role=zk" } });
    const list = { ...statefulSet, type: "kubernetes:apps/v1:StatefulSetList" };
    expectVerdict(notValidated, [list, { ...config, type: `${config.type}Patch` }], "nothing");
  });

  it("is advice", () => {
    expect(notValidated.enforcementLevel).to.equal("advisory");
  });
});
