/**
 * Breaks the pack's conditions on purpose, one at a time, and runs the fast tests of the pack on each: a break that no
 * test notices is printed. Run it with `npm run policy:mutate -- [part of a path]`; the figure stands at the end.
 *
 * MUTATE_STEP=4 tries every fourth break, MUTATE_FIRST=1 the ones beside those. The mutants live in a copy of the
 * folders, so that the checkout is never touched.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** Files that list things and decide nothing. */
const spared = ["pack.ts", "policies.ts"];

interface Mutant {
  readonly file: string;
  readonly line: number;
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
      mutants.push({ file, text, start, end, line: source.getLineAndCharacterOfPosition(start).line + 1 });
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
  for (const part of ["node_modules", "components", "backup", "startup", "system"]) {
    symlinkSync(join(root, part), join(folder, part));
  }
  return folder;
}

/** Whether the tests pass in the copy. A mutant that hangs counts as noticed. */
function passes(folder: string, tests: readonly string[]): boolean {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const options = ["--no-config", "--bail", "--reporter", "min", "--timeout", "5000"];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") };
  const args = [mocha, ...options, ...tests.map((test) => join("test", test))];
  return spawnSync(process.execPath, args, { cwd: folder, env, timeout: 120_000 }).status === 0;
}

const fastTests = [
  "domain/*.test.ts",
  "policy/rules/*.test.ts",
  "policy/pure/*.test.ts",
  "policy/inputs.test.ts",
  "policy/manifests.test.ts",
  "policy/whole-pack.test.ts",
];

/** The tests that are likeliest to notice a break of the file, which spare most mutants all the others. */
function nearestTests(file: string): readonly string[] {
  const own = file.replace(/\.ts$/, ".test.ts");
  if (existsSync(join(root, "test", own))) {
    return [own];
  }
  return file.startsWith("policy/rules/gke") || file.startsWith("policy/gke/")
    ? ["policy/rules/gke-*.test.ts", "policy/rules/node-*.test.ts", "policy/pure/*.test.ts"]
    : ["policy/pure/*.test.ts", "policy/manifests.test.ts"];
}

const filter = process.argv[2] ?? "";
if (filter === "--help") {
  console.log(
    "npm run policy:mutate -- [part of a path]: breaks the pack's conditions one at a time and prints what no test " +
      "notices; MUTATE_STEP=N tries every N-th break, MUTATE_FIRST=K from the K-th on",
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
const folder = workspace();
try {
  const all = files.flatMap((name) => mutantsOf(folder, name));
  const mutants = all.filter((_, i) => i % step === first);
  if (!passes(folder, fastTests)) {
    throw new Error("the tests fail before anything is broken");
  }
  let noticed = 0;
  for (const { file, line, text, start, end } of mutants) {
    const original = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), original.slice(0, start) + text + original.slice(end));
    if (passes(folder, nearestTests(file)) && passes(folder, fastTests)) {
      console.log(`${file}:${line}: ${original.slice(start, end)} -> ${text} is not noticed`);
    } else {
      noticed += 1;
    }
    writeFileSync(join(folder, file), original);
  }
  const share = ((100 * noticed) / mutants.length).toFixed(1);
  console.log(`${noticed} of ${mutants.length} mutants noticed (${share} %), of ${all.length} in all`);
} finally {
  rmSync(folder, { recursive: true });
}
