import type { ShownFinding } from "../../domain/finding.ts";

/** What a property has: its value as text, or a phrase about what is wrong. */
type Observed = { readonly value: string } | { readonly observed: string };

/** How a property is made right: by a value, or by its removal. */
export type Repair = { readonly set: unknown } | "remove";

/** One violation of a policy. */
export type Finding = Observed & {
  /** The property, as a path below the object; empty for the object as a whole. */
  readonly path: string;
  /** What the policy requires of it. */
  readonly required: string;
  /** What the user should do about it, as an instruction. */
  readonly fix: string;
  /** The fix as a change of the property, for findings of a group. @default none: `fix` is all there is to say */
  readonly repair?: Repair;
  /** Why it is required, for findings of a group. @default the reason of the part */
  readonly reason?: string;
  /** The part of the object that it is about, such as "container zookeeper". @default none */
  readonly part?: string | undefined;
};

/** A part of an object, such as a container: one finding lists everything that is wrong with it. */
export interface Part {
  /** Its path below the object. */
  readonly path: string;
  /** What it is called, such as "container zookeeper". @default none: its path says it */
  readonly name?: string | undefined;
  /** Why the policy requires something of it. */
  readonly reason: string;
}

/** Longest part of a message that is taken from a resource. */
const longest = 500;

/** Longest requirement or fix: they may quote a resource, too. */
const longestText = 4_000;

/** Most properties that one finding lists. */
const mostFacts = 20;

/** The text, cut off and marked where it is too long to read. */
function cut(text: string, most = longest): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** The finding as it is shown, after the object's label if one is given. */
export function shownFinding(finding: Finding, object = ""): ShownFinding {
  const { path, part = "", required, fix } = finding;
  const owner = [object, part].filter((text) => text !== "").map((text) => cut(text));
  // That of a part lists many properties.
  const observed = "value" in finding ? "" : cut(finding.observed, mostFacts * longest);
  return {
    subject: [owner.join(", "), cut(path), observed].filter((text) => text !== "").join(": "),
    ...("value" in finding && { value: cut(finding.value) }),
    reason: `required: ${cut(required, longestText)}`,
    fix: cut(fix, longestText),
  };
}

/** The path below another one; the whole path if it is elsewhere. */
function below(path: string, parent: string): string {
  return path.startsWith(`${parent}.`) ? path.slice(parent.length + 1) : path;
}

/** The longest path below the part that is above all findings. */
function commonPath(part: Part, findings: readonly Finding[]): string {
  const [first = [], ...others] = findings.map(({ path }) => path.split(".").slice(0, -1));
  const differs = first.findIndex((key, i) => others.some((keys) => keys[i] !== key));
  const common = (differs === -1 ? first : first.slice(0, differs)).join(".");
  return common.startsWith(part.path) ? common : part.path;
}

/** A value in YAML's flow style. */
function yaml(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(yaml).join(", ")}]`;
  }
  if (value instanceof Map) {
    return `{${yamlEntries(value)}}`;
  }
  return typeof value === "string" && /^[A-Za-z][\w./-]*$/.test(value) ? value : JSON.stringify(value);
}

function yamlEntries(map: ReadonlyMap<unknown, unknown>): string {
  return [...map].map(([key, value]) => `${String(key)}: ${yaml(value)}`).join(", ");
}

/** The findings' values as nested maps, by their paths. */
function nested(values: readonly (readonly [path: string, value: unknown])[]): Map<string, unknown> {
  const root = new Map<string, unknown>();
  for (const [path, value] of values) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let map = root;
    for (const key of keys) {
      const inner: unknown = map.get(key);
      const next = inner instanceof Map ? (inner as Map<string, unknown>) : new Map<string, unknown>();
      map.set(key, next);
      map = next;
    }
    map.set(last, value);
  }
  return root;
}

/** One instruction for all findings: the values to set as a line of YAML, what to remove, and the rest in words. */
function commonFix(part: Part, findings: readonly Finding[]): string {
  const set: [string, unknown][] = [];
  const removed: string[] = [];
  const others: string[] = [];
  for (const { path, fix, repair } of findings) {
    const where = below(path, part.path);
    if (repair === undefined) {
      others.push(`${cut(where)}: ${fix}`);
    } else if (repair === "remove") {
      removed.push(cut(where));
    } else {
      set.push([where, repair.set]);
    }
  }
  return [
    ...(set.length === 0 ? [] : [`set ${yamlEntries(nested(set))}`]),
    ...(removed.length === 0 ? [] : [`remove ${removed.join(", ")}`]),
    ...others,
  ].join("; ");
}

/** A property as a part's finding lists it: below a path, with what it has and what it must be. */
function fact(finding: Finding, common: string): string {
  const where = cut(below(finding.path, common));
  const has = "value" in finding ? ` = ${cut(finding.value)}` : `: ${cut(finding.observed)}`;
  return `${where}${has}, must be ${finding.required}`;
}

/** The findings about one part of an object as a single one, which lists the properties; none if there are none. */
export function combined(part: Part, findings: readonly Finding[]): readonly Finding[] {
  const [first, ...others] = findings;
  if (first === undefined) {
    return [];
  }
  if (others.length === 0) {
    const reason = first.reason ?? part.reason;
    return [{ ...first, required: `${first.required} (${reason})`, part: part.name }];
  }
  const common = commonPath(part, findings);
  const listed = findings.slice(0, mostFacts);
  const more = findings.length - listed.length;
  const facts = listed.map((finding) => fact(finding, common));
  return [
    {
      path: common,
      observed: [...facts, ...(more === 0 ? [] : [`and ${more} more`])].join("; "),
      required: [...new Set(findings.map(({ reason }) => reason ?? part.reason))].join("; "),
      fix: commonFix(part, listed),
      part: part.name,
    },
  ];
}
