#!/usr/bin/env node
// The command zookeeper-policies, which validates manifests without Pulumi. See index.js for why it is JavaScript.
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";

const file = (path) => fileURLToPath(new URL(path, import.meta.url));

// From source in a checkout, and compiled in a package.
const [root, extension] = existsSync(file("pack.ts")) ? ["..", "ts"] : ["./dist", "js"];

await import(`${root}/startup/node.js`);
const { runAlone } = await import(`${root}/policy/command/run.${extension}`);
const { name, version } = JSON.parse(readFileSync(file("package.json"), "utf8"));
process.exitCode = await runAlone(process.argv.slice(2), { command: name, version });
