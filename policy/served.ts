import type { Policies, ReportViolation } from "@pulumi/policy";

/** What the SDK takes for a violation, although it declares a string only. */
type ReportWhole = (violation: { readonly message: string; readonly urn: string | undefined }) => void;

/**
 * Reports messages as they are. The SDK puts the policy's description before a message that is a string: with the rule,
 * the value, the reason and the fix in the message, a line that says nothing more.
 *
 * @see `makeReportViolationFun` in `@pulumi/policy/server.js`
 */
function withoutDescription(report: ReportViolation): ReportViolation {
  const reportWhole = report as unknown as ReportWhole;
  return (message, urn) => {
    reportWhole({ message, urn });
  };
}

/** The policy as the engine gets it. */
export function served(policy: Policies[number]): Policies[number] {
  if ("validateStack" in policy) {
    const { validateStack } = policy;
    return {
      ...policy,
      validateStack: (args, report) => validateStack(args, withoutDescription(report)),
    };
  }
  const { validateResource } = policy;
  if (validateResource === undefined || Array.isArray(validateResource)) {
    return policy;
  }
  return {
    ...policy,
    // With the type of resource that the function is marked with.
    validateResource: Object.assign<typeof validateResource, object>(
      (args, report) => validateResource(args, withoutDescription(report)),
      Object.fromEntries(Object.entries(validateResource)),
    ),
  };
}
