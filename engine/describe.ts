import type { Change, Property } from "./changes.ts";

/** The most characters of a value that is shown. */
const mostCharacters = 60;

/** The engine's mark of a value that is known only after the update. @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value for people to read; undefined where it is too long for that. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) {
    return "not set";
  }
  if (value === unknown) {
    return "not known yet";
  }
  const text = JSON.stringify(value);
  return text.length > mostCharacters ? undefined : text;
}

function driftText({ path, is, wanted }: Property): string {
  const [found, said] = [shown(is), shown(wanted)];
  // Also where both look alike: they differ in something that is not shown, such as a secret.
  if (found === undefined || said === undefined || found === said) {
    return `${path} is not as declared`;
  }
  return `${path} is ${found}, declared as ${said}`;
}

function changeText({ path, is, wanted }: Property): string {
  const [before, after] = [shown(is), shown(wanted)];
  if (before === undefined || after === undefined || before === after) {
    return `${path} would change`;
  }
  return `${path} would change from ${before} to ${after}`;
}

/** Describes what an update would change, a line for each property. */
export function describeChange({ name, op, properties, drifted }: Change): string[] {
  const because = properties.map(({ path }) => path).join(", ");
  switch (op) {
    case "create":
      return [`${name} ${drifted ? "is missing" : "would be created"}`];
    case "delete":
      return [`${name} would be deleted`];
    case "replace":
      return [
        ...(drifted ? properties.map((property) => `${name}: ${driftText(property)}`) : []),
        `${name} would be replaced${because === "" ? "" : `, because of ${because}`}`,
      ];
    case "update":
      return properties.map((property) => `${name}: ${(drifted ? driftText : changeText)(property)}`);
  }
}
