import { renderFinding } from "../../domain/finding.ts";
import { show, type Field, type Reading } from "./field.ts";

/** What a property has: its value as text, or a phrase about what is wrong. */
type Observed = { readonly value: string } | { readonly observed: string };

/** One violation of a policy. */
export type Finding = Observed & {
  /** The property, as a path below the object; empty for the object as a whole. */
  readonly path: string;
  /** What the policy requires of it. */
  readonly required: string;
  /** What the user should do about it, as an instruction. */
  readonly fix: string;
};

/** What a field must satisfy, for `Report.check`. */
export interface Requirement<T> {
  readonly holds: (value: T) => boolean;
  /** What a missing field means: the platform's default satisfies the rule, or it does not. */
  readonly absent: "accepted" | "rejected";
  readonly required: string;
  readonly fix: string;
  /** How the value is shown. @default as JSON */
  readonly shown?: (value: T) => string;
}

/** Collects what one policy finds about one object, and what it could not validate. */
export class Report {
  readonly object: string;
  readonly findings: Finding[] = [];
  /** Paths (or short phrases) whose values a preview does not know yet. */
  readonly unknowns = new Set<string>();
  private readonly wrongTypes = new Set<string>();

  constructor(object: string) {
    this.object = object;
  }

  reject(finding: Finding): void {
    this.findings.push(finding);
  }

  /** Notes what could not be validated. It is reported, but not as a violation. */
  leaveOpen(what: string): void {
    this.unknowns.add(what);
  }

  /** Validates one field: its value, its absence, its type; an unknown is left open. */
  check<T>(reading: Reading<T>, requirement: Requirement<T>): void {
    const { required, fix } = requirement;
    switch (reading.state) {
      case "unknown":
        this.leaveOpen(reading.path);
        return;
      case "wrong":
        this.rejectType(reading.path, `${reading.observed} (wrong type)`, requirement);
        return;
      case "absent":
        if (requirement.absent === "rejected") {
          this.reject({ path: reading.path, observed: "missing", required, fix });
        }
        return;
      case "known":
        if (!requirement.holds(reading.value)) {
          const value = (requirement.shown ?? show)(reading.value);
          this.reject({ path: reading.path, value, required, fix });
        }
    }
  }

  /** A value of the wrong type is one violation, however many checks read it. */
  private rejectType(
    path: string,
    value: string,
    { required, fix }: { required: string; fix: string },
  ): void {
    const key = JSON.stringify([path, value]);
    if (this.wrongTypes.has(key)) {
      return;
    }
    this.wrongTypes.add(key);
    this.reject({ path, value, required, fix });
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

  /** The messages, each with the object, the property and what it has, what is required, and the fix; none twice. */
  messages(): string[] {
    const messages = this.findings.map((finding) => {
      const { path, required, fix } = finding;
      const where = path === "" ? this.object : `${this.object}: ${path}`;
      const head =
        "value" in finding
          ? { subject: where, value: finding.value }
          : { subject: `${where}: ${finding.observed}` };
      return renderFinding({ ...head, reason: `required: ${required}`, fix });
    });
    // A field of the pod that applies to all its containers is one violation, not one for each of them.
    return [...new Set(messages)];
  }
}
