/** A setting as Pulumi.yaml declares it. */
export interface Declared {
  /** The comment above its group. */
  readonly group: string;
  readonly key: string;
  readonly type: string;
  /** As it stands in the file, without quotes. */
  readonly default: string;
  readonly description: string;
}

const groupLine = /^ {2}# (.+)$/;
const keyLine = /^ {2}(\w+):$/;
const propertyLine = /^ {4}(\w+): (.*)$/;
const continuation = /^ {6}(.+)$/;

/**
 * The settings that Pulumi.yaml declares, in its order.
 * @param yaml the file; of YAML only what it uses: a block for each key, properties on lines of their own
 * @throws Error at a line that is none of these
 */
export function declaredSettings(yaml: string): Declared[] {
  const settings: Record<string, string>[] = [];
  let group = "";
  let property = "";
  const lines = (yaml.split("\nconfig:\n")[1] ?? "").split("\n").filter((line) => line !== "");
  for (const line of lines) {
    const [title, key, named, more] = [groupLine, keyLine, propertyLine, continuation].map((each) =>
      each.exec(line),
    );
    const current = settings.at(-1);
    if (title) {
      group = title[1] ?? "";
    } else if (key) {
      settings.push({ group, key: key[1] ?? "" });
    } else if (named && current) {
      property = named[1] ?? "";
      current[property] = named[2]?.replace(/^>-$/, "").replace(/^"(.*)"$/, "$1") ?? "";
    } else if (more && current) {
      current[property] = `${current[property] ?? ""} ${more[1] ?? ""}`.trim();
    } else {
      throw new Error(`Pulumi.yaml: cannot read the line ${line}`);
    }
  }
  return settings.map(
    ({ group: above = "", key = "", type = "", default: value = "", description = "" }) => ({
      group: above,
      key,
      type,
      default: value,
      description,
    }),
  );
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/**
 * The settings as Markdown tables, one a group.
 * @param changeOf says what a change of the setting with this key does
 */
export function settingsTables(settings: readonly Declared[], changeOf: (key: string) => string): string {
  const groups = [...new Set(settings.map(({ group }) => group))];
  const table = (group: string): string => {
    const rows = settings
      .filter((setting) => setting.group === group)
      .map(({ key, default: value, description }) => {
        const shown = value === "" || value === "[]" ? "–" : `\`${cell(value)}\``;
        return `| \`${key}\` | ${shown} | ${cell(description)} | ${changeOf(key)} |`;
      });
    const head = ["| Setting | Default | What it is | A change |", "| --- | --- | --- | --- |"];
    return [`**${group}**`, "", ...head, ...rows].join("\n");
  };
  return groups.map(table).join("\n\n");
}
