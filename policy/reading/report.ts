import { renderFinding } from "../../domain/finding.ts";
import { show, type Field, type Reading } from "./field.ts";
import { combined, shownFinding, type Finding, type Part, type Repair } from "./finding.ts";

/** What a field must satisfy, for `Report.check`. */
export interface Requirement<T> {
  readonly holds: (value: T) => boolean;
  /** What a missing field means: the platform's default satisfies the rule, or it does not. */
  readonly absent: "accepted" | "rejected";
  readonly required: string;
  readonly fix: string;
  /** The fix as a change of the field, for the finding of a group. */
  readonly repair?: Repair;
  /** Why it is required, for the finding of a group. @default the reason of the part */
  readonly reason?: string;
  /** How the value is shown. @default as JSON */
  readonly shown?: (value: T) => string;
}

/** Collects what one policy finds about one object, and what it could not validate. */
export class Report {
  readonly object: string;
  readonly findings: Finding[] = [];
  /** Paths (or short phrases) whose values a preview does not know yet. */
  readonly unknowns: Set<string>;
  /** What the resources do not show, and no update will: phrases such as "the heap that its image sets". */
  readonly hidden: Set<string>;
  private readonly wrongTypes: Set<string>;
  private readonly groups: { readonly part: Part; readonly report: Report }[] = [];

  /** @param whole the report that this one is a group of; they share what could not be validated. @default none */
  constructor(object: string, whole?: Report) {
    this.object = object;
    this.unknowns = whole?.unknowns ?? new Set();
    this.hidden = whole?.hidden ?? new Set();
    this.wrongTypes = whole?.wrongTypes ?? new Set();
  }

  /** A report on a part of the object, such as a container, whose findings are shown as a single one. */
  group(part: Part): Report {
    const report = new Report(this.object, this);
    this.groups.push({ part, report });
    return report;
  }

  reject(finding: Finding): void {
    this.findings.push(finding);
  }

  /** Notes what could not be validated. It is reported, but not as a violation. */
  leaveOpen(what: string): void {
    this.unknowns.add(what);
  }

  /** Notes what the stack's resources do not show at all. It is reported, but not as a violation. */
  leaveHidden(what: string): void {
    this.hidden.add(what);
  }

  /** Validates one field: its value, its absence, its type; an unknown is left open. */
  check<T>(reading: Reading<T>, requirement: Requirement<T>): void {
    const { required, fix, repair, reason } = requirement;
    const given = {
      required,
      fix,
      ...(repair === undefined ? {} : { repair }),
      ...(reason === undefined ? {} : { reason }),
    };
    switch (reading.state) {
      case "unknown":
        this.leaveOpen(reading.path);
        return;
      case "wrong":
        this.rejectType(reading, given);
        return;
      case "absent":
        if (requirement.absent === "rejected") {
          this.reject({ path: reading.path, observed: "missing", ...given });
        }
        return;
      case "known":
        if (!requirement.holds(reading.value)) {
          const value = (requirement.shown ?? show)(reading.value);
          this.reject({ path: reading.path, value, ...given });
        }
    }
  }

  /** A value of the wrong type is one violation, however many checks read it. */
  private rejectType(
    { path, observed, expected }: Extract<Reading<unknown>, { state: "wrong" }>,
    given: Pick<Finding, "required" | "fix" | "repair" | "reason">,
  ): void {
    const value = `${observed} (wrong type)`;
    const key = JSON.stringify([path, value]);
    if (this.wrongTypes.has(key)) {
      return;
    }
    this.wrongTypes.add(key);
    // What is wrong may be above the field that the requirement is about.
    const requirement = expected === undefined ? given : { required: expected, fix: `give ${expected}` };
    this.reject({ path, value, ...requirement });
  }

  /** The elements of a list; an unknown one is left open, a wrong type rejected, and both give none. */
  elements(field: Field): readonly Field[] {
    return this.container(field.list(), "a list") ?? [];
  }

  /** The entries of a map; an unknown one is left open, a wrong type rejected, and both give none. */
  members(field: Field): ReadonlyMap<string, Field> {
    return this.container(field.map(), "an object") ?? new Map<string, Field>();
  }

  private container<T>(reading: Reading<T>, required: string): T | undefined {
    this.check(reading, { holds: () => true, absent: "accepted", required, fix: `give ${required}` });
    return reading.state === "known" ? reading.value : undefined;
  }

  /**
   * The findings, one for each group that has any, and none twice: a field of the pod that applies to all its
   * containers is one violation.
   */
  distinct(): readonly Finding[] {
    const all = [...this.findings, ...this.groups.flatMap(({ part, report }) => report.asGroup(part))];
    return [...new Map(all.map((finding) => [renderFinding(shownFinding(finding)), finding])).values()];
  }

  private asGroup(part: Part): readonly Finding[] {
    const inner = this.groups.flatMap((group) => group.report.asGroup(group.part));
    return [...combined(part, this.findings), ...inner];
  }

  /** The messages, each with the object, the property and what it has, what is required, and the fix; none twice. */
  messages(): string[] {
    return this.distinct().map((finding) => renderFinding(shownFinding(finding, this.object)));
  }
}
