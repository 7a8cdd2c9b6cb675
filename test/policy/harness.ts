import * as sdk from "@pulumi/policy";
import type { Policies, PolicyResource } from "@pulumi/policy";
import { withValue } from "../../policy/reading/raw.ts";

/** A resource as a program registers it, or as the engine knows it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly props: object;
  /** URNs of the resources that each property was made from. */
  readonly madeFrom?: Readonly<Record<string, readonly string[]>>;
}

/** What a policy said. */
export interface Verdict {
  readonly violations: readonly string[];
  /** The lines about what could not be judged. */
  readonly open: readonly string[];
}

/** How the policy is run. */
export interface Run {
  readonly config?: Readonly<Record<string, unknown>>;
  /** @default "dev" */
  readonly stack?: string;
  /** Properties of the provider of all resources. */
  readonly provider?: object;
}

type Policy = Policies[number];

/** The SDK's own proxy around properties with unknown values; exported, but left out of its declarations. */
function unknownCheckingProxy(props: object): Record<string, unknown> {
  const proxy: unknown = Object.entries(sdk).find(([name]) => name === "unknownCheckingProxy")?.[1];
  if (typeof proxy !== "function") throw new Error("the SDK has no unknownCheckingProxy any more");
  return Reflect.apply(proxy, undefined, [props]) as Record<string, unknown>;
}

/** The engine's mark for a text that is not known before the update. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function urnOf({ type, name }: Registered, stack = "dev"): string {
  return `urn:pulumi:${stack}::project::${type}::${name}`;
}

const options = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

function argsOf(registered: Registered, run: Run) {
  const provider = run.provider && {
    type: "pulumi:providers:kubernetes",
    name: "provider",
    urn: "urn:pulumi:dev::project::pulumi:providers:kubernetes::provider",
    props: unknownCheckingProxy({ ...run.provider }),
  };
  return {
    type: registered.type,
    name: registered.name,
    urn: urnOf(registered, run.stack),
    props: unknownCheckingProxy({ ...registered.props }),
    opts: options,
    ...(provider && { provider }),
    isType: () => false,
    asType: () => undefined,
    stackTags: new Map<string, string>(),
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the SDK declares it so
    getConfig: <T extends object>() => (run.config ?? {}) as T,
    notApplicable: (): never => {
      throw new Error("not applicable");
    },
  };
}

function captured(work: () => unknown): readonly string[] {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: unknown) => lines.push(String(line));
  try {
    const result = work();
    if (result instanceof Promise) throw new Error("policies here are synchronous");
  } finally {
    console.log = log;
  }
  return lines;
}

function judgeStack(
  policy: Policy,
  resources: readonly Registered[],
  run: Run,
  report: (m: string) => void,
): void {
  if (!("validateStack" in policy)) return;
  const all: PolicyResource[] = resources.map((registered) => ({
    ...argsOf(registered, run),
    dependencies: [],
    propertyDependencies: {},
  }));
  for (const [i, resource] of all.entries()) {
    for (const [property, urns] of Object.entries(resources[i]?.madeFrom ?? {})) {
      resource.propertyDependencies[property] = all.filter(({ urn }) => urns.includes(urn));
    }
  }
  const { getConfig, notApplicable, stackTags } = argsOf({ type: "", name: "", props: {} }, run);
  void policy.validateStack({ resources: all, getConfig, notApplicable, stackTags }, report);
}

/** Runs the policy on the resources, as the engine does: one by one, or all together. */
export function judge(policy: Policy, resources: readonly Registered[], run: Run = {}): Verdict {
  const violations: string[] = [];
  const report = (message: string): number => violations.push(message);
  const open = captured(() => {
    judgeStack(policy, resources, run, report);
    if (!("validateResource" in policy) || policy.validateResource === undefined) return;
    const validations = [policy.validateResource].flat();
    for (const resource of resources) {
      for (const validate of validations) void validate(argsOf(resource, run), report);
    }
  });
  return { violations, open };
}

/** The properties that the policy's remediation makes of the resource; undefined if it changes nothing. */
export function remediate(policy: Policy, resource: Registered, run: Run = {}): unknown {
  if (!("remediateResource" in policy)) throw new Error(`${policy.name} has no remediation`);
  return policy.remediateResource?.(argsOf(resource, run));
}

/** The resource with one property changed; `undefined` removes it. */
export function changed(
  resource: Registered,
  path: readonly (string | number)[],
  value: unknown,
): Registered {
  return { ...resource, props: withValue(resource.props, path, value) as object };
}
