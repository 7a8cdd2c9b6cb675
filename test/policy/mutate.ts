/**
 * Breaks the pack's conditions on purpose, one at a time, and runs the fast tests of the pack on each: a break that no
 * test notices is printed. Run it with `npm run policy:mutate -- [part of a path]`; the figure stands at the end.
 *
 * MUTATE_STEP=4 tries every fourth break, MUTATE_FIRST=1 the ones beside those. The mutants live in a copy of the two
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
import { basename, join } from "node:path";

import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** Files that say things rather than decide them. */
const spared = ["readme.ts", "pack.ts", "policies.ts"];

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
    return [[node, '"refused"']];
  }
  if (ts.isStringLiteral(node) && node.text === "refused") {
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

/** The copy of the pack and its fast tests. */
function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), "policy-mutants-"));
  for (const part of ["policy", "test/policy"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const part of ["node_modules", "components", "backup"]) {
    symlinkSync(join(root, part), join(folder, part));
  }
  return folder;
}

/** Whether the tests pass in the copy. A mutant that hangs counts as noticed. */
function passes(folder: string, tests: readonly string[]): boolean {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const options = ["--no-config", "--bail", "--reporter", "min", "--timeout", "5000"];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") };
  const args = [mocha, ...options, ...tests.map((test) => join("test/policy", test))];
  return spawnSync(process.execPath, args, { cwd: folder, env, timeout: 120_000 }).status === 0;
}

const fastTests = [
  "rules/*.test.ts",
  "pure/*.test.ts",
  "inputs.test.ts",
  "manifests.test.ts",
  "whole-pack.test.ts",
];

/** The tests that are likeliest to notice a break of the file, which spare most mutants all the others. */
function nearestTests(file: string): readonly string[] {
  const name = basename(file, ".ts");
  const own = join("rules", `${name}.test.ts`);
  if (existsSync(join(root, "test/policy", own))) {
    return [own];
  }
  if (file.startsWith("policy/start/")) {
    return ["start.test.ts"];
  }
  return file.startsWith("policy/rules/gke") || file.startsWith("policy/gke/")
    ? ["rules/gke-*.test.ts", "rules/node-*.test.ts", "pure/*.test.ts"]
    : ["pure/*.test.ts", "manifests.test.ts"];
}

const filter = process.argv[2] ?? "";
if (filter === "--help") {
  console.log(
    "npm run policy:mutate -- [part of a path]: breaks the pack's conditions one at a time and prints what no test " +
      "notices; MUTATE_STEP=N tries every N-th break, MUTATE_FIRST=K from the K-th on",
  );
  process.exit(0);
}
const files = readdirSync(join(root, "policy"), { recursive: true, encoding: "utf8" })
  .filter(
    (name) =>
      name.endsWith(".ts") &&
      !name.includes("node_modules") &&
      !spared.includes(name) &&
      name.includes(filter),
  )
  .sort();
// A sample for a quick look: every n-th mutant, from the one given on.
const step = Number(process.env["MUTATE_STEP"] ?? 1);
const first = Number(process.env["MUTATE_FIRST"] ?? 0);
const folder = workspace();
try {
  const all = files.flatMap((name) => mutantsOf(folder, join("policy", name)));
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
