import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { range as clusterAddresses } from "../cluster/addresses.ts";
import { ensureDnsEndpointCertificate } from "../cluster/dns-endpoint.ts";
import { exported, quoted } from "../../system/shell.ts";
import {
  configuration,
  configurationVariable,
  gkeDir,
  pulumiHome,
  stacksDir,
  wrapperDir,
} from "../configuration.ts";
import type { PluginConfiguration } from "../configuration.ts";
import { ensurePassphrase, passphraseFile } from "./passphrase.ts";
import { settingsDir, settingsFile } from "./settings.ts";
import { projectName, stackExists } from "./stacks.ts";
import { trustVariables, writeTrust } from "./trust.ts";
import { kubernetesPlugin } from "../toolchain/build.ts";
import { dependencyVersion } from "../toolchain/versions.ts";

const backendUrl = (): string => `file://${stacksDir()}`;

/** The folder that the local GKE belongs to, with the npm packages and the Node that its commands run on. */
const ownRoot = join(import.meta.dirname, "../..");

const inState = (name: string): string => join(configuration().stateDir, name);

/** The folders that the environment puts on PATH. */
const ownFolders = (tools: string): string[] => [
  wrapperDir(),
  tools,
  join(ownRoot, "node_modules", ".bin"),
  inState("bin"),
];

/** What a command needs to be set to work with the environment. */
export function environment(tools: string): Record<string, string> {
  return {
    PATH: [...ownFolders(tools), systemPath(tools)].join(":"),
    PULUMI_HOME: pulumiHome(),
    PULUMI_BACKEND_URL: backendUrl(),
    PULUMI_STACK: configuration().stack,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    ...trustVariables(),
    ...configuration().variables,
    KUBECONFIG: inState("kubeconfig"),
    ...proxyExceptions(process.env),
    NODE_COMPILE_CACHE: inState("compile-cache"),
  };
}

/** PATH without what an earlier export put there, so that it does not grow. */
function systemPath(tools: string): string {
  const own = new Set(ownFolders(tools));
  return (process.env["PATH"] ?? "")
    .split(":")
    .filter((dir) => !own.has(dir))
    .join(":");
}

function executable(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o755 });
}

/** NO_PROXY with the local clusters in it, where the machine has a proxy: it could not reach them. */
export function proxyExceptions(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const proxies = Object.entries(variables).filter(
    ([name, value]) => /^(https?|all)_proxy$/i.test(name) && value !== "",
  );
  if (proxies.length === 0) {
    return {};
  }
  const excepted = [variables["NO_PROXY"], variables["no_proxy"], "localhost,127.0.0.1", clusterAddresses]
    .flatMap((list) => (list ?? "").split(","))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const list = [...new Set(excepted)].join(",");
  return { NO_PROXY: list, no_proxy: list };
}

/** A script that runs a plugin of the local GKE, a TypeScript program, with the tools. */
function pluginScript(tools: string, program: string, variables: Record<string, string>): string {
  const { stateDir, cacheDir, advice } = configuration();
  const own: PluginConfiguration = { stateDir, cacheDir, advice };
  const all = { ...environment(tools), ...variables, [configurationVariable]: JSON.stringify(own) };
  const exports = Object.entries(all).map(([name, value]) => exported(name, value));
  return `#!/bin/sh\numask 022\n${exports.join("\n")}\nexec ${quoted(process.execPath)} ${quoted(join(import.meta.dirname, "..", program))} "$@"\n`;
}

/** Puts a `pulumi` before the CLI, with a project for the commands that take no file of settings. */
function installWrapper(tools: string): void {
  for (const dir of [wrapperDir(), settingsDir()]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }
  writeFileSync(join(settingsDir(), "Pulumi.yaml"), `name: ${projectName()}\nruntime: nodejs\n`);
  const variables = {
    state: configuration().stateDir,
    backend: backendUrl(),
    stack: configuration().stack,
    project_name: projectName(),
    pulumi: join(tools, "pulumi"),
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const source = `. ${quoted(join(import.meta.dirname, "pulumi.sh"))}`;
  executable(join(wrapperDir(), "pulumi"), ["#!/bin/sh", ...assignments, source, ""].join("\n"));
}

/** Puts the plugins into Pulumi's home, and the auth plugin beside them; they trust the clusters' DNS endpoints. */
export async function installPlugins(tools: string, imageStore: string): Promise<void> {
  const { stack, stateDir } = configuration();
  for (const dir of [stateDir, pulumiHome(), stacksDir(), gkeDir()]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }
  await ensureDnsEndpointCertificate(join(tools, "kubeadm"));
  writeTrust();
  if (existsSync(passphraseFile())) {
    ensurePassphrase();
  }
  // A stack without the file is an earlier version's, which is migrated.
  else if (!stackExists(stack)) {
    // Its salt would be another passphrase's.
    rmSync(settingsFile(stack), { force: true });
    ensurePassphrase();
  }
  installWrapper(tools);
  const plugin = (name: string): string => {
    const version = dependencyVersion(`@pulumi/${name}`);
    const dir = join(pulumiHome(), "plugins", `resource-${name}-v${version}`);
    mkdirSync(dir, { recursive: true });
    return join(dir, `pulumi-resource-${name}`);
  };
  executable(
    plugin("gcp"),
    pluginScript(tools, "provider/main.ts", {
      LOCAL_GKE_IMAGE_STORE: imageStore,
      LOCAL_GKE_PROVIDER_VERSION: dependencyVersion("@pulumi/gcp"),
    }),
  );
  executable(plugin("kubernetes"), `#!/bin/sh\nexec ${quoted(kubernetesPlugin())} "$@"\n`);
  mkdirSync(inState("bin"), { recursive: true });
  executable(join(inState("bin"), "gke-gcloud-auth-plugin"), pluginScript(tools, "auth-plugin.ts", {}));
}

/** Whether a plugin's script exists, and with it the program that it starts: versions have moved that. */
function startsProgram(script: string): boolean {
  const program = existsSync(script)
    ? /^exec '[^']*' '([^']*)'/m.exec(readFileSync(script, "utf8"))?.[1]
    : undefined;
  return program !== undefined && existsSync(program);
}

/** Whether `up` has prepared this environment so that this version can use it. */
export const isPrepared = (): boolean =>
  existsSync(passphraseFile()) &&
  existsSync(join(wrapperDir(), "pulumi")) &&
  startsProgram(join(inState("bin"), "gke-gcloud-auth-plugin"));

/** Why a command that needs a prepared environment cannot work, and what to do. */
export const notPrepared = (): string =>
  stackExists(configuration().stack)
    ? `an earlier version created this environment; bring it up to date with: ${configuration().advice.up}`
    : `there is no environment yet; run: ${configuration().advice.up}`;
