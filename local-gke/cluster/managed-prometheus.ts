const group = "monitoring.googleapis.com";

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const texts: Schema = { type: "array", items: text };
const count: Schema = { type: "integer", format: "int64", minimum: 0 };
const textByName: Schema = { type: "object", additionalProperties: text };
const duration: Schema = {
  type: "string",
  pattern: "^((([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?|0)$",
};

const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: "object",
  properties,
  ...(required.length > 0 && { required }),
});
const listOf = (items: Schema): Schema => ({ type: "array", items });

const selector = object({
  matchLabels: textByName,
  matchExpressions: listOf(object({ key: text, operator: text, values: texts }, ["key", "operator"])),
});

const endpoint = object(
  {
    port: { "x-kubernetes-int-or-string": true },
    scheme: text,
    path: text,
    params: { type: "object", additionalProperties: texts },
    interval: duration,
    timeout: duration,
    metricRelabeling: listOf(
      object({
        ...{ sourceLabels: texts, separator: text, targetLabel: text, regex: text },
        ...{ modulus: count, replacement: text, action: text },
      }),
    ),
  },
  ["port"],
);

const podMonitoring = object(
  {
    selector,
    endpoints: { ...listOf(endpoint), minItems: 1 },
    targetLabels: object({ metadata: texts, fromPod: listOf(object({ from: text, to: text }, ["from"])) }),
    limits: object({ samples: count, labels: count, labelNameLength: count, labelValueLength: count }),
    filterRunning: { type: "boolean" },
  },
  ["selector", "endpoints"],
);

const rule = object(
  {
    ...{ record: text, alert: text, expr: text, for: duration },
    labels: textByName,
    annotations: textByName,
  },
  ["expr"],
);

const rules = object(
  {
    groups: listOf(
      object({ name: text, interval: duration, rules: listOf(rule) }, ["name", "interval", "rules"]),
    ),
  },
  ["groups"],
);

function definition(kind: string, plural: string, spec: Schema): object {
  const status: Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: object({ spec, status }, ["spec"]) },
          subresources: { status: {} },
        },
      ],
    },
  };
}

/**
 * The API of Google's managed Prometheus, which GKE installs in every cluster: what its users write most. Nothing here
 * collects metrics or evaluates rules.
 * @see https://github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md
 */
export function managedPrometheus(): object[] {
  return [definition("PodMonitoring", "podmonitorings", podMonitoring), definition("Rules", "rules", rules)];
}
