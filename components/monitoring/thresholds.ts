import { alerts } from "./alerts.ts";

/** The names of the alerts whose threshold can be set. */
export const adjustable: readonly string[] = alerts.flatMap(({ name, threshold }) =>
  threshold === undefined ? [] : [name],
);

const form = /^([A-Za-z]+)=(\d+(?:\.\d+)?)$/;

/** Parses a threshold such as `SlowWrites=800`; undefined if the text is invalid. */
export function parseThreshold(text: string): readonly [name: string, threshold: number] | undefined {
  const [, name, number] = form.exec(text) ?? [];
  return name !== undefined && adjustable.includes(name) ? [name, Number(number)] : undefined;
}

/** The thresholds in a setting such as `["SlowWrites=800"]`, by alert name; invalid ones are left out. */
export function thresholdsOf(setting: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(setting.map(parseThreshold).filter((threshold) => threshold !== undefined));
}
