import type {
  EnforcementLevel,
  Policies,
  PolicyProviderResource,
  PolicyResource,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

import type { Resource } from "./kubernetes/object.ts";
import { workloadsOf, type Workload } from "./kubernetes/workload.ts";
import { inProfile, type Membership } from "./profiles.ts";
import { Field, known } from "./reading/field.ts";
import { asInStack, rememberInputs } from "./reading/inputs.ts";
import { rawProperties, withValue } from "./reading/raw.ts";
import { Report } from "./reading/report.ts";
import { targetOf } from "./reading/target.ts";
import { reportUnvalidated } from "./reading/unvalidated.ts";
import { configSchema, readSettings, type Settings, type Values } from "./settings.ts";
import { recognise } from "./zookeeper/recognition-once.ts";
import { recognitionSettings } from "./zookeeper/recognition.ts";

/** Opens a report on an object. Its findings go to the engine when the policy has run. */
type Open = (object: string, urn?: string) => Report;

/** What every policy declares. */
interface Description<S extends Settings> extends Membership {
  /** Kebab-case. */
  readonly name: string;
  readonly description: string;
  readonly settings: S;
  readonly enforcementLevel: EnforcementLevel;
}

/** One place in a resource's properties, and its new value. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

interface ResourceRule<S extends Settings> extends Description<S> {
  /** The one type of resource that is validated. @default all types */
  readonly type?: string;
  /** Whether the resource holds anything to validate. @default true */
  readonly concerns?: (resource: Resource) => boolean;
  readonly validate: (resource: Resource, open: Open, settings: Values<S>) => void;
  /** The changes that remediate the resource where the fix is unambiguous; made at level `remediate` only. */
  readonly remediate?: (resource: Resource, settings: Values<S>) => readonly Change[];
}

/** A resource of the stack, with the resources that its properties were made from. */
export interface StackResource extends Resource {
  /** URNs of the resources whose outputs went into the property. */
  readonly madeFrom: (property: string) => readonly string[];
}

interface StackRule<S extends Settings> extends Description<S> {
  readonly validate: (resources: readonly StackResource[], open: Open, settings: Values<S>) => void;
}

/** A pod template or pod that runs ZooKeeper servers. */
export interface Server {
  readonly workload: Workload;
  readonly pod: Field;
  /** The container that the server runs in. */
  readonly container: Field;
}

/** The settings of a policy about ZooKeeper servers: its own and the ones by which servers are recognised. */
type WithRecognition<S extends Settings> = S & typeof recognitionSettings;

interface ServerRule<S extends Settings> extends Description<S> {
  readonly validate: (server: Server, report: Report, settings: Values<S>) => void;
  readonly remediate?: (server: Server, settings: Values<S>) => readonly Change[];
}

interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: object;
  readonly provider?: PolicyProviderResource;
}

function defaultNamespace(provider: PolicyProviderResource | undefined): string | undefined {
  if (provider === undefined) {
    return "default";
  }
  const namespace = new Field(rawProperties(provider.props)).at("namespace").string();
  return namespace.state === "absent" ? "default" : known(namespace);
}

function resourceFrom({ type, name, urn, provider }: EngineResource, root: Field): Resource {
  return { type, name, urn, root, defaultNamespace: defaultNamespace(provider) };
}

/** The resource by itself, with what goes into it. */
function resourceAlone(resource: EngineResource): Resource {
  const inputs = rawProperties(resource.props);
  rememberInputs(resource.urn, inputs);
  return resourceFrom(resource, new Field(inputs));
}

/** The resource as a part of its stack, with what came of it. */
function resourceInStack(resource: EngineResource): Resource {
  return resourceFrom(resource, asInStack(resource.urn, rawProperties(resource.props)));
}

/** The resources that were validated before, by what they were read from. */
const alone = new WeakMap<object, Resource>();

/** As `resourceAlone`, read once for all policies of a request. */
function sharedResource(resource: EngineResource): Resource {
  const target = targetOf(resource.props);
  const shared = alone.get(target);
  if (shared !== undefined) {
    return shared;
  }
  const read = resourceAlone(resource);
  alone.set(target, read);
  return read;
}

/** The stack that was validated last, and what it was read from. */
let last: { readonly targets: readonly object[]; readonly resources: readonly StackResource[] } = {
  targets: [],
  resources: [],
};

/** The resources of the stack, read once for all policies of a request. */
function sharedStack(resources: readonly PolicyResource[]): readonly StackResource[] {
  const targets = resources.map(({ props }) => targetOf(props));
  const same = targets.length === last.targets.length && targets.every((each, i) => each === last.targets[i]);
  if (!same) {
    const read = resources.map((resource): StackResource => ({
      ...resourceInStack(resource),
      madeFrom: (property) => (resource.propertyDependencies[property] ?? []).map(({ urn }) => urn),
    }));
    last = { targets, resources: read };
  }
  return last.resources;
}

/** A report on an object of a resource. */
export interface Reported {
  readonly report: Report;
  readonly urn: string | undefined;
}

/** What a policy does, for those who run it without the engine. */
export interface Rule {
  readonly settings: Settings;
  /** Validates the resources of one stack. @throws Error if the configuration is invalid */
  readonly inspect: (
    resources: readonly StackResource[],
    config: Readonly<Record<string, unknown>>,
  ) => readonly Reported[];
}

const rules = new WeakMap<Policies[number], Rule>();

/**
 * The rule of a policy of this pack.
 *
 * @throws Error if the policy was not made here
 */
export function ruleOf(policy: Policies[number]): Rule {
  const rule = rules.get(policy);
  if (rule === undefined) {
    throw new Error(`${policy.name} is not a policy of this pack`);
  }
  return rule;
}

class Reports {
  readonly all: Reported[] = [];

  readonly open: Open = (object, urn) => {
    const report = new Report(object);
    this.all.push({ report, urn });
    return report;
  };

  send(policy: string, reportViolation: (message: string, urn?: string) => void): void {
    for (const { report, urn } of this.all) {
      for (const message of report.messages()) {
        reportViolation(message, urn);
      }
      reportUnvalidated(policy, report.object, report);
    }
  }
}

/** A policy that validates each resource by itself, before it is created. */
export function resourcePolicy<S extends Settings>(rule: ResourceRule<S>): ResourceValidationPolicy {
  const { name, description, settings, enforcementLevel, type, concerns = () => true } = rule;
  const validate: ResourceValidation = (args, reportViolation) => {
    if (type !== undefined && args.type !== type) {
      return;
    }
    const resource = sharedResource(args);
    // Most resources concern few policies: whether this one does is found out before anything else is done.
    if (!concerns(resource)) {
      return;
    }
    const reports = new Reports();
    rule.validate(resource, reports.open, readSettings(settings, args.getConfig()));
    reports.send(name, reportViolation);
  };
  const remediate: ResourceRemediation = (args) => {
    const changes = rule.remediate?.(resourceAlone(args), readSettings(settings, args.getConfig())) ?? [];
    if (changes.length === 0) {
      return undefined;
    }
    return changes.reduce<unknown>(
      (raw, change) => withValue(raw, change.path, change.value),
      rawProperties(args.props),
    ) as Record<string, unknown>;
  };
  const policy: ResourceValidationPolicy = inProfile(rule, {
    name,
    description,
    configSchema: configSchema(settings),
    enforcementLevel,
    // The SDK reads a resource for every policy unless the policy's function names another type.
    validateResource: type === undefined ? validate : Object.assign(validate, { __pulumiType: type }),
    ...(rule.remediate && { remediateResource: remediate }),
  });
  rules.set(policy, {
    settings,
    inspect: (resources, config) => {
      const reports = new Reports();
      const values = readSettings(settings, config);
      for (const resource of resources) {
        if (type === undefined || resource.type === type) {
          rule.validate(resource, reports.open, values);
        }
      }
      return reports.all;
    },
  });
  return policy;
}

/** A policy that validates the stack as a whole, for what no resource shows by itself. */
export function stackPolicy<S extends Settings>(rule: StackRule<S>): StackValidationPolicy {
  const { name, description, settings, enforcementLevel } = rule;
  const policy: StackValidationPolicy = inProfile(rule, {
    name,
    description,
    configSchema: configSchema(settings),
    enforcementLevel,
    validateStack: (args, reportViolation) => {
      const reports = new Reports();
      rule.validate(sharedStack(args.resources), reports.open, readSettings(settings, args.getConfig()));
      reports.send(name, reportViolation);
    },
  });
  rules.set(policy, {
    settings,
    inspect: (resources, config) => {
      const reports = new Reports();
      rule.validate(resources, reports.open, readSettings(settings, config));
      return reports.all;
    },
  });
  return policy;
}

/**
 * A policy about the workloads that run ZooKeeper servers. Those for which that is not known yet are reported as
 * unknown, and not validated.
 */
export function serverPolicy<S extends Settings>(rule: ServerRule<S>): ResourceValidationPolicy {
  const settings: WithRecognition<S> = { ...rule.settings, ...recognitionSettings };
  const { remediate } = rule;
  return resourcePolicy({
    ...rule,
    settings,
    concerns: (resource) => workloadsOf(resource).length > 0,
    validate: (resource, open, values) => {
      for (const workload of workloadsOf(resource)) {
        const { runs, server, open: unseen } = recognise(workload, values);
        if (runs === false) {
          continue;
        }
        const report = open(workload.label, workload.urn);
        if (runs === true) {
          rule.validate({ workload, pod: workload.pod, container: server }, report, values);
        } else {
          for (const path of unseen) {
            report.leaveOpen(path);
          }
        }
      }
    },
    remediate:
      remediate &&
      ((resource, values) => {
        const workload = workloadsOf(resource)[0];
        if (workload === undefined || workload.root !== resource.root) {
          return [];
        }
        const { runs, server } = recognise(workload, values);
        return runs === true ? remediate({ workload, pod: workload.pod, container: server }, values) : [];
      }),
  });
}
