/**
 * Breaks the pack's conditions on purpose, one at a time, and runs the fast tests of the pack that execute the place on
 * each: a break that no test notices is printed. Run it with `npm run policy:mutate -- [part of a path]`; the figure
 * stands at the end.
 *
 * MUTATE_STEP=4 tries every fourth break, MUTATE_FIRST=1 the ones beside those. MUTATE_AGAIN=FILE tries those that were
 * not noticed in an earlier run, whose output is in the file. MUTATE_JOBS breaks are tried at a time, as many as there
 * are processors by default. The mutants live in copies of the folders, so that the checkout is never
 * touched.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** Files that list things and decide nothing. */
const spared = ["pack.ts", "policies.ts"];

interface Mutant {
  readonly file: string;
  readonly line: number;
  /** What is replaced. */
  readonly before: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const swaps: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "!==",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "===",
  [ts.SyntaxKind.LessThanToken]: "<=",
  [ts.SyntaxKind.LessThanEqualsToken]: "<",
  [ts.SyntaxKind.GreaterThanToken]: ">=",
  [ts.SyntaxKind.GreaterThanEqualsToken]: ">",
  [ts.SyntaxKind.AmpersandAmpersandToken]: "||",
  [ts.SyntaxKind.BarBarToken]: "&&",
};

/** The mutants that one node gives: swapped operators, turned booleans, absences, dropped negations and conditions. */
function replacements(node: ts.Node): readonly (readonly [ts.Node, string])[] {
  if (ts.isBinaryExpression(node)) {
    const swap = swaps[node.operatorToken.kind];
    return swap === undefined ? [] : [[node.operatorToken, swap]];
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) {
    return [[node, "false"]];
  }
  if (node.kind === ts.SyntaxKind.FalseKeyword) {
    return [[node, "true"]];
  }
  if (ts.isStringLiteral(node) && node.text === "accepted") {
    return [[node, '"rejected"']];
  }
  if (ts.isStringLiteral(node) && node.text === "rejected") {
    return [[node, '"accepted"']];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [[node, node.operand.getText()]];
  }
  if (ts.isIfStatement(node)) {
    return [
      [node.expression, "true"],
      [node.expression, "false"],
    ];
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === "holds") {
    return [
      [node.initializer, "() => true"],
      [node.initializer, "() => false"],
    ];
  }
  return [];
}

function mutantsOf(folder: string, file: string): readonly Mutant[] {
  const path = join(folder, file);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    // Types decide nothing at run time.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      return;
    }
    for (const [target, text] of replacements(node)) {
      const [start, end] = [target.getStart(), target.getEnd()];
      if (target.getText() === text) {
        continue;
      }
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      mutants.push({ file, before: target.getText(), text, start, end, line });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

/** The copy of the pack, what it reads values with, and their fast tests. */
function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), "policy-mutants-"));
  for (const part of ["policy", "domain", "test/policy", "test/domain", "test/fixtures"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const part of ["node_modules", "components", "backup", "bench", "cli", "startup", "system"]) {
    symlinkSync(join(root, part), join(folder, part));
  }
  return folder;
}

/** How many processes of tests were ended because they hung: on a machine that is too busy, too many. */
let hung = 0;

/** Runs tests in the copy. Whether they pass; one that hangs does not. */
async function passes(folder: string, tests: readonly string[], variables: object = {}): Promise<boolean> {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const options = ["--no-config", "--bail", "--reporter", "min", "--timeout", "20000"];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled"), ...variables };
  const args = ["--disable-warning=ExperimentalWarning", mocha, ...options, ...tests];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore", timeout: 120_000 });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      hung += code === null ? 1 : 0;
      resolve(code === 0);
    });
  });
}

/** The tests that run in a few seconds, without those that try many values of any shape. */
const fastTests = globSync(
  [
    "test/domain/*.test.ts",
    "test/policy/{rules,pure}/*.test.ts",
    "test/policy/{inputs,manifests,profiles,served,shared,strangers,whole-pack}.test.ts",
    "test/policy/{agreement,own-environment,programs}.test.ts",
    "test/policy/command/{configuration,documents,evaluate,inputs,objects,render}.test.ts",
    // Slow, and the only tests of some of the command's files.
    "test/policy/command/{check,live-cluster}.test.ts",
  ],
  { cwd: root },
);

/** A part of a file and how often it was executed, as V8 reports it. */
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Range[] }[];
  }[];
}

/** What a test executes: by file, the parts, for each process that the test consists of. */
type Executed = ReadonlyMap<string, readonly (readonly Range[])[]>;

/** @see https://nodejs.org/api/cli.html#node_v8_coveragedir */
async function executedBy(folder: string, test: string): Promise<Executed> {
  const coverage = mkdtempSync(join(folder, "coverage-"));
  if (!(await passes(folder, [test], { NODE_V8_COVERAGE: coverage }))) {
    throw new Error(`${test} fails before anything is broken`);
  }
  const executed = new Map<string, readonly (readonly Range[])[]>();
  for (const name of readdirSync(coverage)) {
    const { result } = JSON.parse(readFileSync(join(coverage, name), "utf8")) as Coverage;
    for (const { url, functions } of result) {
      const path = url.startsWith("file:") ? fileURLToPath(url) : "";
      if (path.startsWith(`${folder}/`)) {
        const file = path.slice(folder.length + 1);
        const ranges = functions.flatMap((each) => each.ranges);
        executed.set(file, [...(executed.get(file) ?? []), ranges]);
      }
    }
  }
  rmSync(coverage, { recursive: true });
  return executed;
}

/**
 * Whether a test executes the place, by the innermost part that contains it: in any of its processes, as one reports a
 * part that it skipped where another, which did not skip it, reports only what is around it.
 */
function executes(executed: Executed, { file, start }: Mutant): boolean {
  return (executed.get(file) ?? []).some((ranges) => {
    const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= start && start < endOffset);
    const [innermost] = around.toSorted(
      (a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset) || b.count - a.count,
    );
    return innermost !== undefined && innermost.count > 0;
  });
}

/**
 * Whether a test notices the mutant that the folder has. Those that are most about its file run first, by themselves: a
 * process that loads all tests takes several times as long, and the first ones notice most mutants.
 */
async function notices(folder: string, tests: readonly string[]): Promise<boolean> {
  for (const some of [tests.slice(0, 1), tests.slice(1, 4), tests.slice(4)]) {
    if (some.length > 0 && !(await passes(folder, some))) {
      return true;
    }
  }
  return false;
}

/** Runs work on each item, as many at a time as there are workers. */
async function inParallel<Item, Worker>(
  items: readonly Item[],
  workers: readonly Worker[],
  work: (item: Item, worker: Worker) => Promise<void>,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    workers.map(async (worker) => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) {
        await work(item, worker);
      }
    }),
  );
}

/** The mutants that an earlier run printed as not noticed, without their lines, which move; undefined for all. */
function unnoticedIn(file: string | undefined): ReadonlySet<string> | undefined {
  if (file === undefined) {
    return undefined;
  }
  const lines = readFileSync(file, "utf8").split("\n");
  return new Set(
    lines.flatMap((line) => {
      const [, path, change] = /^(\S+):\d+: (.*) is not noticed$/.exec(line) ?? [];
      return path === undefined || change === undefined ? [] : [`${path}: ${change}`];
    }),
  );
}

const filter = process.argv[2] ?? "";
if (filter === "--help") {
  console.log(
    "npm run policy:mutate -- [part of a path]: breaks the pack's conditions one at a time and prints what no test " +
      "notices; MUTATE_STEP=N tries every N-th break, MUTATE_FIRST=K from the K-th on, MUTATE_AGAIN=FILE those that an " +
      "earlier run printed, MUTATE_JOBS=N N at a time",
  );
  process.exit(0);
}
const readers = readdirSync(join(root, "domain"))
  .filter((name) => existsSync(join(root, "test/domain", name.replace(/\.ts$/, ".test.ts"))))
  .map((name) => join("domain", name));
const rules = readdirSync(join(root, "policy"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !/^(?:node_modules|dist)\//.test(name) && !spared.includes(name))
  .map((name) => join("policy", name));
const files = [...readers, ...rules].filter((name) => name.includes(filter)).sort();
// A sample for a quick look: every n-th mutant, from the one given on.
const step = Number(process.env["MUTATE_STEP"] ?? 1);
const first = Number(process.env["MUTATE_FIRST"] ?? 0);
const jobs = Number(process.env["MUTATE_JOBS"] ?? availableParallelism());
const folders = Array.from({ length: jobs }, workspace);
try {
  const tests = new Map<string, Executed>();
  await inParallel(fastTests, folders, async (test, folder) => {
    tests.set(test, await executedBy(folder, test));
  });
  const all = files.flatMap((name) => mutantsOf(root, name));
  const again = unnoticedIn(process.env["MUTATE_AGAIN"]);
  const mutants = all.filter(
    ({ file, before, text }, i) =>
      i % step === first && (again === undefined || again.has(`${file}: ${before} -> ${text}`)),
  );
  let noticed = 0;
  let tried = 0;
  await inParallel(mutants, folders, async (mutant, folder) => {
    const { file, line, before, text, start, end } = mutant;
    const own = file.replace(/^.*\/(.*)\.ts$/, "/$1.");
    const near = (test: string): number => (test.includes(own) ? 0 : 1);
    const concerned = [...tests]
      .filter(([, executed]) => executes(executed, mutant))
      .toSorted(([a, one], [b, other]) => near(a) - near(b) || one.size - other.size)
      .map(([test]) => test);
    const original = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), original.slice(0, start) + text + original.slice(end));
    if (!(await notices(folder, concerned))) {
      console.log(`${file}:${line}: ${before} -> ${text} is not noticed`);
    } else {
      noticed += 1;
    }
    writeFileSync(join(folder, file), original);
    tried += 1;
    if (tried % 100 === 0) {
      console.error(`${tried} of ${mutants.length} mutants tried`);
    }
  });
  const share = ((100 * noticed) / mutants.length).toFixed(1);
  console.log(
    `${noticed} of ${mutants.length} mutants noticed (${share} %; ${hung} by hanging), of ${all.length} in all`,
  );
} finally {
  for (const folder of folders) {
    rmSync(folder, { recursive: true });
  }
}
