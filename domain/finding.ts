/** One invalid or questionable setting, argument or property, ready to be shown. */
export interface ShownFinding {
  /** What the user calls it, for example `zookeeper-environment:servers`. */
  readonly subject: string;
  /** Its value as text. Leave it out where there is none to show. */
  readonly value?: string | undefined;
  /** Why the value is rejected or questionable. */
  readonly reason: string;
  /** What to use instead, as an instruction. */
  readonly fix: string;
}

/** A phrase as a sentence: capitalised, with a period at its end. */
function sentence(phrase: string): string {
  const text = phrase.charAt(0).toUpperCase() + phrase.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * Renders a finding as the program, the policy pack and the commands show it, on three lines: the subject and its
 * value, the reason, and the fix.
 *
 * @example
 * renderFinding({ subject: "servers", value: "6", reason: "an even number tolerates no more failures", fix: "use 5" });
 * // servers = 6
 * //   An even number tolerates no more failures.
 * //   Fix: use 5.
 */
export function renderFinding({ subject, value, reason, fix }: ShownFinding): string {
  const head = value === undefined ? subject : `${subject} = ${value}`;
  return [
    head,
    `  ${sentence(reason)}`,
    `  Fix: ${sentence(fix).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`,
  ].join("\n");
}

/** Renders a list of findings below a title, each one indented. */
export function renderFindings(title: string, findings: readonly ShownFinding[]): string {
  const indented = findings.map((finding) => renderFinding(finding).replaceAll(/^/gm, "  "));
  return [title, ...indented].join("\n");
}
