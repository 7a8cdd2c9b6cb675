import { renderFinding } from "../../domain/finding.ts";
import { shownFinding } from "../reading/finding.ts";
import { countOf, placeOf, type Evaluation, type PolicyFinding } from "./evaluate.ts";

/** Marks a part of the text, such as with a colour. */
export type Paint = (part: "error" | "warning" | "object", text: string) => string;

/** Without characters that would control a terminal, which names and values of manifests may contain. */
export const printable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what is replaced
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd");

/** A number of things: "1 error", "2 errors". */
export const counted = (number: number, thing: string): string =>
  `${number} ${thing}${number === 1 ? "" : "s"}`;

/** What was found, in a sentence. */
export function summary(evaluation: Evaluation): string {
  const { objects, workloads, findings } = evaluation;
  const seen =
    workloads === 0
      ? `No ZooKeeper servers found in ${counted(objects, "object")}`
      : `${counted(objects, "object")}, ${counted(workloads, "ZooKeeper workload")}`;
  if (findings.length === 0) {
    return workloads === 0 ? `${seen}.` : `${seen}: no findings.`;
  }
  const [errors, warnings] = [countOf(evaluation, "error"), countOf(evaluation, "warning")];
  return `${seen}: ${counted(errors, "error")}, ${counted(warnings, "warning")}.`;
}

function renderOne(found: PolicyFinding, paint: Paint): string {
  const line = placeOf(found)?.line;
  const { subject, value, reason, fix } = shownFinding(found.finding);
  return renderFinding({
    subject: [
      ...(line === undefined ? [] : [`${line}:`]),
      paint(found.level, found.level),
      `${found.policy}: ${printable(subject)}`,
    ].join(" "),
    value: value === undefined ? undefined : printable(value),
    reason: printable(reason),
    fix: printable(fix),
  }).replaceAll(/^/gm, "  ");
}

/** The findings in groups, one for each object, by line. */
function byObject(findings: readonly PolicyFinding[]): readonly (readonly PolicyFinding[])[] {
  const groups = new Map<unknown, PolicyFinding[]>();
  for (const finding of findings) {
    const key = finding.manifest ?? finding.object;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [finding]);
    } else {
      group.push(finding);
    }
  }
  const lineOf = (found: PolicyFinding): number => placeOf(found)?.line ?? 0;
  return [...groups.values()].map((group) => group.sort((a, b) => lineOf(a) - lineOf(b)));
}

/** The least number of findings that are not repeated. */
const leastSame = 3;

/** What a finding says, whatever its object. */
function contentOf({ policy, level, finding }: PolicyFinding): string {
  const { subject, value, reason, fix } = shownFinding(finding);
  return JSON.stringify([policy, level, subject, value, reason, fix]);
}

/** The findings of an object, with those that another one has in the same words. */
interface Shown {
  readonly findings: readonly PolicyFinding[];
  readonly same?: { readonly as: string; readonly findings: readonly PolicyFinding[] };
}

/** Leaves out what an earlier object has in the same words, as each of several workloads of an ensemble does. */
function withoutRepeated(groups: readonly (readonly PolicyFinding[])[]): readonly Shown[] {
  const earlier = new Map<string, string>();
  return groups.map((findings): Shown => {
    const contents = findings.map((finding) => [finding, contentOf(finding)] as const);
    const seen = Map.groupBy(contents, ([, content]) => earlier.get(content));
    const [as, same = []] =
      [...seen].filter(([object]) => object !== undefined).sort(([, a], [, b]) => b.length - a.length)[0] ??
      [];
    for (const [{ object }, content] of contents) {
      earlier.set(content, earlier.get(content) ?? object);
    }
    if (as === undefined || same.length < leastSame) {
      return { findings };
    }
    const left = new Set(same.map(([finding]) => finding));
    return {
      findings: findings.filter((finding) => !left.has(finding)),
      same: { as, findings: [...left] },
    };
  });
}

/** The findings that are not repeated, in a line. */
function renderSame({ as, findings }: NonNullable<Shown["same"]>): string {
  const counts = (["error", "warning"] as const).flatMap((level) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return number === 0 ? [] : [counted(number, level)];
  });
  return `  the same ${counts.join(" and ")} as ${printable(as)}`;
}

function renderObject({ findings, same }: Shown, paint: Paint): string {
  const first = findings[0] ?? same?.findings[0];
  const origin = first?.manifest?.origin;
  const where = origin === undefined ? "" : `${printable(origin.name)}:${origin.lineOf("")}: `;
  const title = `${where}${paint("object", printable(first?.object ?? ""))}`;
  const shared = same === undefined ? [] : [renderSame(same)];
  return [title, ...shared, ...findings.map((finding) => renderOne(finding, paint)), ""].join("\n");
}

/**
 * What was found, as text: the findings of each object below its place and name, and a summary. Findings that another
 * object has in the same words are only counted.
 */
export function renderText(evaluation: Evaluation, paint: Paint): string {
  const groups = withoutRepeated(byObject(evaluation.findings)).map((shown) => renderObject(shown, paint));
  const unvalidated = evaluation.unvalidated.map((line) => `info: ${printable(line)}`);
  return [...groups, ...unvalidated, summary(evaluation)].join("\n");
}
