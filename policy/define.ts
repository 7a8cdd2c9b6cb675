import type {
  EnforcementLevel,
  PolicyProviderResource,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

import type { Resource } from "./kubernetes/object.ts";
import { workloadsOf, type Workload } from "./kubernetes/workload.ts";
import { Field, known } from "./reading/field.ts";
import { asInStack, rememberInputs } from "./reading/inputs.ts";
import { rawProperties, withValue } from "./reading/raw.ts";
import { Report } from "./reading/report.ts";
import { reportUnknown } from "./reading/unknown.ts";
import { configSchema, readSettings, type Settings, type Values } from "./settings.ts";
import { recognise, recognitionSettings } from "./zookeeper/recognition.ts";

/** Opens a report on an object. Its findings go to the engine when the policy has run. */
type Open = (object: string, urn?: string) => Report;

/** What every policy declares. */
interface Description<S extends Settings> {
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

class Reports {
  private readonly reports: { readonly report: Report; readonly urn: string | undefined }[] = [];

  readonly open: Open = (object, urn) => {
    const report = new Report(object);
    this.reports.push({ report, urn });
    return report;
  };

  send(policy: string, reportViolation: (message: string, urn?: string) => void): void {
    for (const { report, urn } of this.reports) {
      for (const message of report.messages()) {
        reportViolation(message, urn);
      }
      reportUnknown(policy, report.object, report.unknowns);
    }
  }
}

/** A policy that validates each resource by itself, before it is created. */
export function resourcePolicy<S extends Settings>(rule: ResourceRule<S>): ResourceValidationPolicy {
  const { name, description, settings, enforcementLevel, type } = rule;
  const validate: ResourceValidation = (args, reportViolation) => {
    if (type !== undefined && args.type !== type) {
      return;
    }
    const reports = new Reports();
    rule.validate(resourceAlone(args), reports.open, readSettings(settings, args.getConfig()));
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
  return {
    name,
    description,
    configSchema: configSchema(settings),
    enforcementLevel,
    // The SDK reads a resource for every policy unless the policy's function names another type.
    validateResource: type === undefined ? validate : Object.assign(validate, { __pulumiType: type }),
    ...(rule.remediate && { remediateResource: remediate }),
  };
}

/** A policy that validates the stack as a whole, for what no resource shows by itself. */
export function stackPolicy<S extends Settings>(rule: StackRule<S>): StackValidationPolicy {
  const { name, description, settings, enforcementLevel } = rule;
  return {
    name,
    description,
    configSchema: configSchema(settings),
    enforcementLevel,
    validateStack: (args, reportViolation) => {
      const reports = new Reports();
      const resources = args.resources.map((resource): StackResource => ({
        ...resourceInStack(resource),
        madeFrom: (property) => (resource.propertyDependencies[property] ?? []).map(({ urn }) => urn),
      }));
      rule.validate(resources, reports.open, readSettings(settings, args.getConfig()));
      reports.send(name, reportViolation);
    },
  };
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
