import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../../system/files.ts";
import { run } from "../../system/run.ts";
import { say } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";
import { ensurePassphrase, passphraseFile, passphraseFits, readPassphrase } from "./passphrase.ts";
import { hasSalt, hasSecrets, settingsDir, settingsFile, withoutSalt, withSalt } from "./settings.ts";
import { otherStacks } from "./stacks.ts";

/**
 * The passphrase of every stack that an earlier version created. It is in the repository's history, so it protects
 * nothing.
 */
const formerPassphrase = "local-gke";

/** The salt that a stack's state was encrypted with; undefined where its secrets are not a passphrase's. */
async function saltOf(
  stack: string,
  pulumi: string,
  env: Record<string, string>,
): Promise<string | undefined> {
  const text = await run(pulumi, ["stack", "export", "--stack", stack], { cwd: settingsDir(), env });
  const { deployment } = JSON.parse(text) as {
    deployment?: { secrets_providers?: { type?: string; state?: { salt?: string } } };
  };
  return deployment?.secrets_providers?.state?.salt;
}

/** Copies re-encrypted secrets to where users edit settings; a file without secrets does not change. */
function takeSecretsOver(own: string, shared: string): void {
  if (!existsSync(own) || !existsSync(shared)) {
    return;
  }
  const settings = readFileSync(shared, "utf8");
  if (hasSecrets(settings)) {
    writeFileSync(shared, withoutSalt(readFileSync(own, "utf8")));
  }
}

/**
 * Gives a stack that an earlier version created a passphrase that nobody knows, with all secrets in its state and its
 * settings. May be cut off at any point: the next call finishes it.
 * @param pulumi the Pulumi CLI itself
 * @throws Error where the stack has neither passphrase
 */
export async function migrateStack(
  stack: string,
  pulumi: string,
  env: Record<string, string>,
): Promise<void> {
  const draft = `${passphraseFile()}.migrating`;
  ensurePassphrase(draft);
  const passphrase = readPassphrase(draft) ?? "";
  const shared = join(configuration().projectDir, `Pulumi.${stack}.yaml`);
  const salt = await saltOf(stack, pulumi, env);
  if (salt !== undefined && passphraseFits(formerPassphrase, salt)) {
    say("Encrypting the stack's secrets again, with a passphrase of this environment only ...");
    const settings = existsSync(shared) ? readFileSync(shared, "utf8") : "";
    // Secrets among the settings were encrypted with the same salt, or with the file's own.
    writeWhole(settingsFile(stack), hasSalt(settings) ? settings : withSalt(settings, salt), 0o600);
    await run(
      pulumi,
      ["stack", "change-secrets-provider", "passphrase", "--stack", stack, "--non-interactive"],
      {
        cwd: settingsDir(),
        env: { ...env, PULUMI_CONFIG_PASSPHRASE: formerPassphrase },
        input: `${passphrase}\n`,
      },
    );
  } else if (salt !== undefined && !passphraseFits(passphrase, salt)) {
    throw new Error(
      `stack ${stack}: its passphrase is missing: ${passphraseFile()}; put the file back from a copy, or remove the ` +
        `environment with ${configuration().advice.forceDown}, which keeps the volumes`,
    );
  }
  if (salt !== undefined) {
    takeSecretsOver(settingsFile(stack), shared);
  }
  renameSync(draft, passphraseFile());
  for (const { project, name } of otherStacks(stack)) {
    say(
      `Stack ${project}/${name} of this environment's backend may still have the former passphrase, which is public. In its ` +
        `project: PULUMI_CONFIG_PASSPHRASE=${formerPassphrase} pulumi stack change-secrets-provider passphrase --stack ${name}`,
    );
  }
}
