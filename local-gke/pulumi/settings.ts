import { join } from "node:path";

import { configuration } from "../configuration.ts";

/** The folder with this environment's copy of the stack's settings, and a project for `pulumi stack`. */
export const settingsDir = (): string => join(configuration().stateDir, "settings");

/** The copy of a stack's settings that the Pulumi CLI gets: with its salt, which the one in the project has not. */
export const settingsFile = (stack: string): string => join(settingsDir(), `Pulumi.${stack}.yaml`);

const saltLine = /^encryptionsalt:.*\n?/gm;

/** Whether settings have the salt of a passphrase among them. */
export const hasSalt = (settings: string): boolean => /^encryptionsalt:/m.test(settings);

/** Whether any of the settings is encrypted. */
export const hasSecrets = (settings: string): boolean => /^\s+secure:/m.test(settings);

/** Settings without the salt of a passphrase. */
export function withoutSalt(settings: string): string {
  const plain = settings.replaceAll(saltLine, "");
  return plain === "" || plain.endsWith("\n") ? plain : `${plain}\n`;
}

/** Settings with the salt of a passphrase. */
export const withSalt = (settings: string, salt: string): string =>
  `${withoutSalt(settings)}encryptionsalt: ${salt}\n`;
