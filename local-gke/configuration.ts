import { dirname, join } from "node:path";

/** An image that every node has from the beginning, as on a machine image with preloaded containers. */
export interface Image {
  /**
   * Its reference, such as docker.io/library/zookeeper:3.9.5. With a digest, it has that name, too, whatever its own
   * digest is.
   */
  reference: string;
  /** What the progress line calls it. */
  title: string;
  /** Files and folders that decide its content: when one changes, the image is built again. */
  inputs: readonly string[];
  /** Debian packages that building it needs: a file of each, by which it is recognized. @default none */
  packages?: Readonly<Record<string, string>>;
  /**
   * Builds it, for example with `packImage`.
   * @param archive the file that becomes the OCI archive; it names the image by the tag of the reference
   * @param work an empty folder for what is needed meanwhile
   */
  build: (archive: string, work: string) => Promise<void>;
}

/** What the user of the local GKE decides about an environment: the stack of a Pulumi project, on this machine. */
export interface Configuration {
  /** The folder of the Pulumi project. */
  projectDir: string;
  /** The stack that the environment belongs to. */
  stack: string;
  /** The folder of the environment: Pulumi's state, the clusters and the disks. */
  stateDir: string;
  /** The folder for tools and images. Environments may share it. */
  cacheDir: string;
  /** Whether to build all tools, also those whose official releases could be downloaded. @default false */
  buildTools?: boolean;
  /** Images that every node has, beside the one that holds a pod's namespaces. @default none */
  images?: readonly Image[];
  /** Variables for shells and plugins of the environment, beside the local GKE's own. @default none */
  variables?: Readonly<Record<string, string>>;
  /** How users start what messages advise them to do. @default the methods of `LocalGke` */
  advice?: Advice;
}

/** How users start what messages advise them to do. */
export interface Advice {
  /** Creates or repairs the environment, such as `npm run up`. */
  up: string;
  /** Removes the environment, such as `npm run down`. */
  down: string;
  /** Removes the environment without the engine, such as `npm run down -- --force`; volumes stay. */
  forceDown: string;
  /** Names other folders for state and cache. */
  stateVariable: string;
  cacheVariable: string;
}

const methods: Advice = {
  up: "LocalGke.up()",
  down: "LocalGke.down()",
  forceDown: "LocalGke.down({ force: true, deleteVolumes: false })",
  stateVariable: "stateDir",
  cacheVariable: "cacheDir",
};

/** The part of the configuration that the plugins, which are processes of their own, need. */
export type PluginConfiguration = Pick<Required<Configuration>, "stateDir" | "cacheDir" | "advice">;

/** The variable with the plugins' configuration, as JSON. */
export const configurationVariable = "LOCAL_GKE_CONFIGURATION";

let configured: Required<Configuration> | undefined;

/** Configures the local GKE of this process, which has one environment. */
export function configure(own: Configuration): void {
  configured = { buildTools: false, images: [], variables: {}, advice: methods, ...own };
}

/** Configures a plugin's process from the variables that its script sets. @throws Error where they are missing */
export function configurePlugin(variables: Readonly<Record<string, string | undefined>>): void {
  const json = variables[configurationVariable];
  // The scripts of earlier versions set only PULUMI_HOME, which is a folder of the state folder.
  const home = variables["PULUMI_HOME"];
  if (json === undefined && home === undefined) {
    throw new Error(
      `${configurationVariable} is not set: only the local GKE's own script starts this plugin`,
    );
  }
  const given: Partial<PluginConfiguration> =
    json === undefined ? {} : (JSON.parse(json) as PluginConfiguration);
  configure({
    projectDir: "",
    stack: "",
    cacheDir: given.cacheDir ?? "",
    stateDir: given.stateDir ?? dirname(home ?? ""),
    ...(given.advice === undefined ? {} : { advice: given.advice }),
  });
}

/** The configuration of this process. @throws Error where it has none */
export function configuration(): Required<Configuration> {
  if (configured === undefined) {
    throw new Error("the local GKE is not configured: call configure() first");
  }
  return configured;
}

const inState =
  (...names: readonly string[]) =>
  (): string =>
    join(configuration().stateDir, ...names);

/** The name of the folder with the `pulumi` that `PATH` finds before the CLI, in every environment. */
export const wrapperName = "local-gke-pulumi";

/** The folder of that `pulumi`; its name distinguishes it from an official one. */
export const wrapperDir = inState(wrapperName);

/** Pulumi's home: only this one has the local `gcp` plugin. */
export const pulumiHome = inState("pulumi");

/** The folder of Pulumi's file backend. */
export const stacksDir = inState("stacks");

/** The folder of the local GKE: its projects, clusters, nodes and disks. */
export const gkeDir = inState("gke");

/** The folder of commands' temporary files. */
export const temporaryDir = inState("tmp");
