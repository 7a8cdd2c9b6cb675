import * as pulumi from "@pulumi/pulumi";

import { renderFinding } from "../../domain/finding.ts";
import { renderErrors, shown, type Finding } from "./report.ts";

/**
 * Invalid arguments: an InputPropertiesError with the property path, value, reason and fix of every error, which
 * Pulumi's command line shows without a stack trace, as it shows a RunError.
 */
export class InvalidArguments extends pulumi.InputPropertiesError {
  /** What makes an error a RunError for `RunError.isInstance`. */
  readonly __pulumiRunError = true;

  /** @param what the component with the arguments, for example `ZooKeeper ensemble zk` */
  constructor(what: string, errors: readonly Finding[]) {
    const message = renderErrors(what, errors);
    super({
      message,
      errors: errors.map((error) => ({ propertyPath: error.path, reason: renderFinding(shown(error)) })),
    });
    showAlone(this, message);
  }
}

/** The reason why an update stops, which Pulumi's command line shows without a stack trace and without a prefix. */
export class Stop extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    showAlone(this, message);
  }
}

/** Pulumi adds to the message each property of each resource that waited for the rejected output. */
function showAlone(error: Error, message: string): void {
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}
