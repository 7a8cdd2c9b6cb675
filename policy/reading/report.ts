import { show, type Field, type Reading } from "./field.ts";

/** One thing that is not as it must be. */
export interface Finding {
  /** The property, as a path below the object; empty for the object as a whole. */
  readonly path: string;
  /** What stands there, in words that follow "is". */
  readonly observed: string;
  /** What has to stand there. */
  readonly required: string;
  /** What the reader should do about it, as an instruction. */
  readonly fix: string;
}

/** What a field must satisfy, for `Report.check`. */
export interface Requirement<T> {
  readonly holds: (value: T) => boolean;
  /** What a missing field means: the platform's default satisfies the rule, or it does not. */
  readonly absent: "accepted" | "refused";
  readonly required: string;
  readonly fix: string;
  /** How the value is shown. @default as JSON */
  readonly shown?: (value: T) => string;
}

/** Collects what one policy finds about one object, and what it could not judge. */
export class Report {
  readonly object: string;
  readonly findings: Finding[] = [];
  /** Paths (or short phrases) whose values a preview does not know yet. */
  readonly unjudged = new Set<string>();
  private readonly wrongTypes = new Set<string>();

  constructor(object: string) {
    this.object = object;
  }

  refuse(finding: Finding): void {
    this.findings.push(finding);
  }

  /** Notes what could not be judged; it is said, and it is no finding. */
  leaveOpen(what: string): void {
    this.unjudged.add(what);
  }

  /** Judges one field: its value, its absence, its type; an unknown is left open. */
  check<T>(reading: Reading<T>, requirement: Requirement<T>): void {
    const { required, fix } = requirement;
    switch (reading.state) {
      case "unknown":
        this.leaveOpen(reading.path);
        return;
      case "wrong":
        this.refuseType(reading.path, `${reading.observed} (wrong type)`, requirement);
        return;
      case "absent":
        if (requirement.absent === "refused") {
          this.refuse({ path: reading.path, observed: "missing", required, fix });
        }
        return;
      case "known":
        if (!requirement.holds(reading.value)) {
          const observed = (requirement.shown ?? show)(reading.value);
          this.refuse({ path: reading.path, observed, required, fix });
        }
    }
  }

  /** A value of the wrong type is one fault, however many checks would have needed it. */
  private refuseType(
    path: string,
    observed: string,
    { required, fix }: { required: string; fix: string },
  ): void {
    const fault = JSON.stringify([path, observed]);
    if (this.wrongTypes.has(fault)) {
      return;
    }
    this.wrongTypes.add(fault);
    this.refuse({ path, observed, required, fix });
  }

  /** The elements of a list; an unknown one is left open, a wrong type refused, and both give none. */
  elements(field: Field): readonly Field[] {
    return this.container(field.list(), "a list") ?? [];
  }

  /** The entries of a map; an unknown one is left open, a wrong type refused, and both give none. */
  members(field: Field): ReadonlyMap<string, Field> {
    return this.container(field.map(), "an object") ?? new Map<string, Field>();
  }

  private container<T>(reading: Reading<T>, required: string): T | undefined {
    this.check(reading, { holds: () => true, absent: "accepted", required, fix: `give ${required}` });
    return reading.state === "known" ? reading.value : undefined;
  }

  /** The messages, each with object, observed, required and fix; none twice. */
  messages(): string[] {
    const messages = this.findings.map(({ path, observed, required, fix }) => {
      const where = path === "" ? this.object : `${this.object}: ${path}`;
      return `${where} is ${observed}; required: ${required}; fix: ${fix}.`;
    });
    // A field of the pod that all its containers take over is one fault, not one for each of them.
    return [...new Set(messages)];
  }
}
