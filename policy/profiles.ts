import type { EnforcementLevel, Policies } from "@pulumi/policy";

/** A choice of policies: `baseline` is what keeps the data and the quorum, `production` is all. */
export type Profile = "baseline" | "production";

/** The profiles, the smallest first. */
export const profiles: readonly Profile[] = ["baseline", "production"];

export const isProfile = (name: string): name is Profile => profiles.some((profile) => profile === name);

/** What a policy declares about the profiles. */
export interface Membership {
  /** The smallest profile that has the policy. @default "baseline" */
  readonly profile?: Profile;
  /** Settings of the policy in the profile `baseline`. @default none: as in `production` */
  readonly baselineSettings?: Readonly<Record<string, unknown>>;
}

type Policy = Policies[number];

const memberships = new WeakMap<Policy, Membership>();

/** The policy, as one of the profile that it declares. */
export function inProfile<P extends Policy>({ profile, baselineSettings }: Membership, policy: P): P {
  memberships.set(policy, { ...(profile && { profile }), ...(baselineSettings && { baselineSettings }) });
  return policy;
}

/** The smallest profile that has the policy. */
export function profileOf(policy: Policy): Profile {
  return memberships.get(policy)?.profile ?? "baseline";
}

function configured(profile: Profile, policy: Policy): EnforcementLevel | object {
  const level = policy.enforcementLevel ?? "mandatory";
  if (profile === "production") {
    return level;
  }
  const settings = memberships.get(policy)?.baselineSettings;
  if (profileOf(policy) === "production") {
    return "disabled";
  }
  return settings === undefined ? level : { enforcementLevel: level, ...settings };
}

/** The policies' configuration for the profile, as `--policy-pack-config` takes it. */
export function configurationOf(profile: Profile, policies: Policies): Readonly<Record<string, unknown>> {
  return Object.fromEntries(policies.map((policy) => [policy.name, configured(profile, policy)]));
}
