import { items, known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";

/** A taint of a pool's nodes; a part is undefined while it is unknown. */
interface Taint {
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** As Kubernetes names it. */
  readonly effect: string | undefined;
}

/** The effects that keep pods away, as Google Cloud and as Kubernetes name them. */
const hardEffects: ReadonlyMap<string, string> = new Map([
  ["NO_SCHEDULE", "NoSchedule"],
  ["NoSchedule", "NoSchedule"],
  ["NO_EXECUTE", "NoExecute"],
  ["NoExecute", "NoExecute"],
]);

/** The text of a field; empty for anything else, and undefined while it is unknown. */
function textOf(field: Field): string | undefined {
  return field.unknown ? undefined : (known(field.string()) ?? "");
}

/**
 * The taints that GKE gives to the nodes of a pool by itself.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/tpus
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/sandbox-pods
 */
function givenTaints(config: Field): readonly Taint[] {
  const given: readonly (readonly [Field, RegExp, string, string])[] = [
    [config.at("machineType"), /^(?:ct|tpu)\d/, "google.com/tpu", "present"],
    [config.at("imageType"), /^windows/i, "node.kubernetes.io/os", "windows"],
    [config.at("sandboxConfig", "sandboxType"), /^gvisor$/i, "sandbox.gke.io/runtime", "gvisor"],
  ];
  return given
    .filter(([field, pattern]) => pattern.test(textOf(field) ?? ""))
    .map(([, , key, value]) => ({ key, value, effect: "NoSchedule" }));
}

/** The taints that keep pods away, or may do so. */
function hardTaints(config: Field): readonly Taint[] {
  const own = items(config.at("taints")).flatMap((taint): Taint[] => {
    const effect = textOf(taint.at("effect"));
    const hard = effect === undefined ? undefined : hardEffects.get(effect);
    const key = textOf(taint.at("key"));
    return effect !== undefined && hard === undefined
      ? []
      : [{ key, value: textOf(taint.at("value")), effect: hard }];
  });
  return [...givenTaints(config), ...own];
}

/**
 * Whether taints keep pods that do not tolerate them away from the nodes.
 *
 * @param config the `nodeConfig` of the pool
 */
export function isTainted(config: Field): Truth {
  return some([
    ...hardTaints(config).map(({ effect }): Truth => (effect === undefined ? "unknown" : true)),
    config.at("taints").unknown && "unknown",
  ]);
}

/** What a pod tolerates. */
interface Tolerated {
  /** Keys, values and effects, in the form that `form` gives them. */
  readonly forms: ReadonlySet<string>;
  /** Whether it may tolerate more. */
  readonly open: boolean;
}

function form(key: string, value: string | undefined, effect: string): string {
  return JSON.stringify([key, value ?? null, effect]);
}

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts */
function toleratedBy(pod: Field): Tolerated {
  const list = pod.at("tolerations");
  const forms = new Set<string>();
  let open = list.unknown;
  for (const toleration of items(list)) {
    const [key, operator, value, effect] = ["key", "operator", "value", "effect"].map((name) =>
      textOf(toleration.at(name)),
    );
    if (key === undefined || value === undefined || effect === undefined) {
      open = true;
    } else if (operator === "Exists") {
      // Without a key, it tolerates every taint.
      forms.add(form(key, undefined, effect));
    } else if (operator === "" || operator === "Equal") {
      forms.add(form(key, value, effect));
    } else {
      open = true;
    }
  }
  return { forms, open };
}

function toleratesTaint({ forms, open }: Tolerated, { key, value, effect }: Taint): Truth {
  const effects = effect === undefined ? [""] : ["", effect];
  const tolerated = effects.some((each) =>
    [
      form("", undefined, each),
      // The same while the value is unknown.
      ...(key === undefined ? [] : [form(key, undefined, each), form(key, value, each)]),
    ].some((candidate) => forms.has(candidate)),
  );
  const isShown = key !== undefined && value !== undefined && effect !== undefined;
  return tolerated || (isShown && !open ? false : "unknown");
}

/**
 * Whether the pod tolerates all taints of the nodes that would keep it away.
 *
 * @param config the `nodeConfig` of the pool
 */
export function toleratesTaints(pod: Field, config: Field): Truth {
  const tolerated = toleratedBy(pod);
  return every([
    !config.at("taints").unknown || "unknown",
    ...hardTaints(config).map((taint) => toleratesTaint(tolerated, taint)),
  ]);
}
