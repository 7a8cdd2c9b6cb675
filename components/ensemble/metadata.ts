import * as pulumi from "@pulumi/pulumi";

import { objectLabels } from "../../domain/names.ts";
import type { EnsembleValues } from "./args.ts";
import { annotations } from "./ownership.ts";
import { objectMeta, skipAwait } from "./services.ts";
import type { StatefulSetManifest } from "./stateful-set.ts";

type Metadata = StatefulSetManifest["metadata"];

/** An object's metadata with the stack that it belongs to. */
export function owned(metadata: Metadata, more: Record<string, pulumi.Input<string>> = {}): Metadata {
  const marks = { [annotations.owner]: stackName(), ...more };
  const { annotations: given = {} } = metadata;
  return {
    ...metadata,
    annotations:
      pulumi.Output.isInstance(given) || given instanceof Promise
        ? pulumi.output(given).apply((known) => ({ ...known, ...marks }))
        : { ...given, ...marks },
  };
}

/** An object's metadata with further labels. */
export function labelled(
  settings: EnsembleValues,
  name: string,
  labels: Readonly<Record<string, string>>,
): Metadata {
  return {
    ...objectMeta(settings, name, skipAwait),
    labels: { ...labels, ...objectLabels(settings.name) },
  };
}

/** The stack's full name, which objects carry as their owner. */
export function stackName(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}
