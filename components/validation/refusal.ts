import * as pulumi from "@pulumi/pulumi";

import { describe, type Finding } from "./report.ts";

/**
 * Arguments that cannot be: an InputPropertiesError with the property path, value, reason and fix of every fault, which
 * Pulumi's command line shows without a stack trace, as it shows a RunError.
 */
export class Refusal extends pulumi.InputPropertiesError {
  /** What makes an error a RunError for `RunError.isInstance`. */
  readonly __pulumiRunError = true;

  /** @param what what cannot be made */
  constructor(what: string, faults: readonly Finding[]) {
    const message = `${what} cannot be made as asked:\n${faults.map((fault) => `  ${describe(fault)}`).join("\n")}`;
    super({
      message,
      errors: faults.map((fault) => ({ propertyPath: fault.path, reason: describe(fault) })),
    });
    showAlone(this, message);
  }
}

/** Why an update stops, which Pulumi's command line shows without a stack trace, and alone. */
export class Stop extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    showAlone(this, message);
  }
}

/** Pulumi writes each property of each resource that waited for a refused output in front of the message. */
function showAlone(error: Error, message: string): void {
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}
