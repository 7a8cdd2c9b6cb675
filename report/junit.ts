/** A test case of a JUnit report. */
export interface TestCase {
  readonly name: string;
  readonly seconds: number;
  /** How it ended where it did not pass. @default it passed */
  readonly outcome?: { readonly kind: "failure" | "error" | "skipped"; readonly message: string };
  /** What it printed. @default nothing */
  readonly output?: string;
  /** What explains a failure. @default nothing */
  readonly diagnostics?: string;
}

/** Test cases under one name. */
export interface Suite {
  readonly name: string;
  /** RFC 3339 */
  readonly started: string;
  readonly cases: readonly TestCase[];
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A string for XML: special characters are escaped, and those that XML 1.0 does not allow become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- these are what XML 1.0 does not allow
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
  );
}

function totals(cases: readonly TestCase[]): string {
  const count = (kind: string): number => cases.filter(({ outcome }) => outcome?.kind === kind).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  return (
    `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" ` +
    `skipped="${count("skipped")}" time="${seconds.toFixed(3)}"`
  );
}

function testcase(suite: string, { name, seconds, outcome, output = "", diagnostics }: TestCase): string {
  return [
    `<testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}">`,
    ...(outcome === undefined ? [] : [`<${outcome.kind} message="${escapeXml(outcome.message)}"/>`]),
    ...(output === "" ? [] : [`<system-out>${escapeXml(output)}</system-out>`]),
    ...(diagnostics === undefined ? [] : [`<system-err>${escapeXml(diagnostics)}</system-err>`]),
    "</testcase>",
  ].join("\n");
}

/** Suites as JUnit XML, as CI systems read it. @see https://github.com/testmoapp/junitxml */
export const renderJunit = (suites: readonly Suite[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(({ name, started, cases }) => [
      `<testsuite name="${escapeXml(name)}" timestamp="${escapeXml(started)}" ${totals(cases)}>`,
      ...cases.map((each) => testcase(name, each)),
      "</testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
