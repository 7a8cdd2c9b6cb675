import { known } from "../reading/field.ts";
import type { Part } from "../reading/finding.ts";
import type { Container } from "./workload.ts";

const roles: Readonly<Record<Container["role"], string>> = {
  container: "container",
  init: "init container",
  sidecar: "sidecar",
  ephemeral: "ephemeral container",
};

/**
 * A container as a part of a report, for one finding about all of its fields.
 *
 * @param reason why the policy requires something of its fields
 */
export function containerPart({ field, role }: Container, reason: string): Part {
  const name = known(field.at("name").string());
  return { path: field.path, name: name === undefined ? undefined : `${roles[role]} ${name}`, reason };
}
