import type { CommandLine } from "../../system/arguments.ts";
import { isProfile, profiles } from "../profiles.ts";

/** The formats of the output. */
export const formats = ["text", "json", "sarif"] as const;

/** Which findings make the command fail. */
const failures = ["mandatory", "advisory"] as const;

/** Accepts one of the words. */
const oneOf = (words: readonly string[]) => (value: string) =>
  words.includes(value)
    ? undefined
    : { reason: "there is no such value", fix: `use one of ${words.join(", ")}` };

/** The command line of the command, as it is typed: `npm run check`. */
export const commandLineAs = <const Command extends string>(command: Command) =>
  ({
    command,
    about: "Validates the ZooKeeper ensembles of manifests, or of a live cluster, with the policy pack.",
    options: {
      cluster: { type: "flag", description: "read a live cluster with kubectl instead of files" },
      context: {
        type: "string",
        value: "NAME",
        description: "the cluster's context in the kubeconfig",
        defaultText: "the current one",
      },
      namespace: {
        type: "list",
        value: "NAME",
        description: "the namespaces to read of a cluster; the one of objects of files that have none",
        defaultText: "all of a cluster; for files default",
      },
      stack: {
        type: "string",
        value: "NAME",
        description: "the stack's name, which says whether it is production",
        defaultText: "dev",
      },
      production: { type: "flag", description: "the same as --stack production" },
      profile: {
        type: "string",
        value: profiles.join("|"),
        description: "the policies to validate with",
        defaultText: "all",
        validate: (value: string) =>
          isProfile(value)
            ? undefined
            : { reason: "there is no such profile", fix: `use one of ${profiles.join(", ")}` },
      },
      config: {
        type: "string",
        value: "FILE",
        description: "levels and settings of policies, as for pulumi --policy-pack-config",
      },
      format: {
        type: "string",
        value: formats.join("|"),
        description: "the format of the output",
        default: "text",
        validate: oneOf(formats),
      },
      output: {
        type: "string",
        value: "FILE",
        description: "where the output goes",
        defaultText: "standard output",
      },
      "fail-on": {
        type: "string",
        value: failures.join("|"),
        description: "the least level of a finding for exit code 1",
        default: "mandatory",
        validate: oneOf(failures),
      },
    },
    operands: {
      name: "FILE",
      description: "a YAML or JSON file, a folder with such files, or - for standard input",
    },
    notes: [
      "Exit codes: 0, no finding of the level of --fail-on; 1, such findings; 2, invalid arguments, or something",
      "cannot be read.",
    ].join("\n"),
  }) as const satisfies CommandLine;
