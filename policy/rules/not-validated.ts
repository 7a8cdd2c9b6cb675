import { resourcePolicy } from "../define.ts";
import { kubernetesObject, parseType, type KubernetesObject, type Resource } from "../kubernetes/object.ts";
import { workloadsOf } from "../kubernetes/workload.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import type { Values } from "../settings.ts";
import { zooKeeperIn, type Chart } from "../zookeeper/charts.ts";
import { namesZooKeeper } from "../zookeeper/ports.ts";
import { recognise, recognitionSettings } from "../zookeeper/recognition.ts";

/** A kind of object that installs a chart, and where it says which one. */
interface Installer {
  readonly group: string;
  readonly kind: string;
  readonly charts: (root: Field) => readonly Chart[];
}

/** A source of an Argo CD application. */
function argoSource(source: Field): Chart {
  return {
    chart: source.at("chart"),
    repository: source.at("repoURL"),
    version: source.at("targetRevision"),
    values: source.at("helm", "valuesObject"),
  };
}

/**
 * What installs Helm charts: Pulumi's releases, Argo CD, Flux, and the controller of k3s.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/
 * @see https://fluxcd.io/flux/components/helm/helmreleases/
 * @see https://docs.k3s.io/helm
 */
const installers: readonly Installer[] = [
  {
    group: "helm.sh",
    kind: "Release",
    charts: (root) => [
      {
        chart: root.at("chart"),
        repository: root.at("repositoryOpts", "repo"),
        version: root.at("version"),
        values: root.at("values"),
      },
    ],
  },
  {
    group: "argoproj.io",
    kind: "Application",
    charts: (root) => [root.at("spec", "source"), ...items(root.at("spec", "sources"))].map(argoSource),
  },
  {
    group: "helm.toolkit.fluxcd.io",
    kind: "HelmRelease",
    charts: (root) => {
      const spec = root.at("spec", "chart", "spec");
      return [
        {
          chart: spec.at("chart"),
          repository: spec.at("sourceRef", "name"),
          version: spec.at("version"),
          values: root.at("spec", "values"),
        },
      ];
    },
  },
  {
    group: "helm.cattle.io",
    kind: "HelmChart",
    charts: (root) => {
      const spec = root.at("spec");
      return [
        {
          chart: spec.at("chart"),
          repository: spec.at("repo"),
          version: spec.at("version"),
          values: spec.at("set"),
        },
      ];
    },
  },
];

/** A custom resource of which an operator makes an ensemble. */
interface Custom {
  readonly group: RegExp;
  readonly kind: RegExp;
  /** The field that asks for ZooKeeper; the kind alone does so if it is undefined. */
  readonly asks?: (root: Field) => Field | undefined;
}

function ifThere(field: Field): Field | undefined {
  return field.absent || field.unknown ? undefined : field;
}

/**
 * Custom resources of the operators of Pravega, Stackable, Confluent, Strimzi, Solr, KubeBlocks and others.
 *
 * @see https://github.com/pravega/zookeeper-operator
 * @see https://docs.stackable.tech/home/stable/zookeeper/
 * @see https://docs.confluent.io/operator/current/co-api.html
 * @see https://apache.github.io/solr-operator/docs/solr-cloud/solr-cloud-crd.html#zookeeper-reference
 */
const customs: readonly Custom[] = [
  { group: /./, kind: /^Zoo[kK]eeper(?:Cluster|Ensemble|Service)?$/ },
  { group: /^kafka\.strimzi\.io$/, kind: /^Kafka$/, asks: (root) => ifThere(root.at("spec", "zookeeper")) },
  {
    group: /^solr\.(?:apache\.org|bloomberg\.com)$/,
    kind: /^SolrCloud$/,
    // Without the address of an ensemble, the operator creates one.
    asks: (root) => {
      const reference = root.at("spec", "zookeeperRef");
      return reference.unknown || !reference.at("connectionInfo").absent ? undefined : reference;
    },
  },
  {
    group: /^apps\.kubeblocks\.io$/,
    kind: /^Cluster$/,
    asks: (root) =>
      ["clusterDef", "clusterDefinitionRef"]
        .map((key) => root.at("spec", key))
        .find((field) => namesZooKeeper(known(field.string()) ?? "")),
  },
];

function validateChart(chart: Chart, report: Report): void {
  const found = zooKeeperIn(chart);
  if (found !== undefined) {
    const name = known(chart.chart.string()) ?? "";
    report.reject({
      path: found.path,
      observed: `not validated, as chart "${name}" installs ZooKeeper`,
      required: "objects that the policies see (those of a release are only created when it is installed)",
      fix: "use the chart by kubernetes.helm.v4.Chart, or check what `helm template` prints",
    });
  } else if (chart.chart.unknown) {
    report.leaveOpen(chart.chart.path);
  }
}

function validateCustom(group: string, object: KubernetesObject, report: Report): void {
  const custom = customs.find((each) => each.group.test(group) && each.kind.test(object.kind));
  const field = custom?.asks === undefined ? object.root : custom.asks(object.root);
  if (custom !== undefined && field !== undefined) {
    report.reject({
      path: field.path,
      observed: "not validated, as an operator creates the ensemble",
      required:
        "objects that the policies see (the operator creates the servers, Services and budgets itself)",
      fix: `check the objects that the operator of ${group} creates in the cluster`,
    });
  }
}

/** Validates a kind of workload that is not Kubernetes' own, such as OpenShift's DeploymentConfig. */
function validatePods(
  object: KubernetesObject,
  settings: Values<typeof recognitionSettings>,
  report: Report,
): void {
  const templatePath = ["spec", "template"];
  const template = object.root.at(...templatePath);
  const pod = template.at("spec");
  if (items(pod.at("containers")).length === 0) {
    return;
  }
  if (recognise({ ...object, template, pod, templatePath }, settings).runs === true) {
    report.reject({
      path: template.path,
      observed: `not validated, as the policies do not know the kind ${object.kind}`,
      required: "ZooKeeper servers in a kind of workload that is known",
      fix: "run the servers in a StatefulSet",
    });
  }
}

/** The types that stand for no object of the cluster by themselves. */
function isPart(kind: string): boolean {
  return /(?:Patch|List)$/.test(kind);
}

function validate(
  resource: Resource,
  open: (object: string, urn?: string) => Report,
  settings: Values<typeof recognitionSettings>,
): void {
  const type = parseType(resource.type);
  if (type === undefined || type.group === "" || isPart(type.kind) || workloadsOf(resource).length > 0) {
    return;
  }
  const object = kubernetesObject(resource, type.kind);
  const installer = installers.find(({ group, kind }) => group === type.group && kind === type.kind);
  const report = open(installer?.group === "helm.sh" ? `Release ${object.name}` : object.label, object.urn);
  if (installer === undefined) {
    validateCustom(type.group, object, report);
    validatePods(object, settings, report);
    return;
  }
  for (const chart of installer.charts(object.root)) {
    validateChart(chart, report);
  }
}

/**
 * ZooKeeper that others create from what the stack holds: Helm releases, operators, workloads of other kinds. None of
 * the policies sees its objects, which would otherwise look like approval.
 */
export const notValidated = resourcePolicy({
  name: "not-validated",
  description: "ZooKeeper's objects are in the stack, not created by Helm releases or operators",
  settings: recognitionSettings,
  enforcementLevel: "advisory",
  validate,
});
