/** A number with at most three digits that matter, without an exponent. */
function short(value: number): string {
  if (value === 0) {
    return "0";
  }
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 6))));
}

/** Steps of a unit, from the largest. */
type Steps = readonly (readonly [size: number, name: string])[];

function scaled(value: number, steps: Steps): string {
  const [size, name] = steps.find(([from]) => Math.abs(value) >= from) ?? steps.at(-1) ?? [1, ""];
  return `${short(value / size)} ${name}`;
}

const binary: Steps = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];

const seconds: Steps = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
  [0.001, "ms"],
];

const counts: Steps = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

const plain = (value: number): string =>
  Math.abs(value) >= 1e4 ? scaled(value, counts).replace(" ", "") : short(value);

/** How values of a unit are written, by Grafana's names of units. */
const units: Readonly<Record<string, (value: number) => string>> = {
  none: plain,
  short: plain,
  ms: (value) =>
    value === 0 ? "0 ms" : Math.abs(value) < 1000 ? `${short(value)} ms` : scaled(value / 1000, seconds),
  s: (value) => (value === 0 ? "0 s" : scaled(value, seconds)),
  d: (value) => `${short(value)} d`,
  bytes: (value) => scaled(value, binary),
  percent: (value) => `${short(value)} %`,
  percentunit: (value) => `${short(value * 100)} %`,
  reqps: (value) => `${plain(value)}/s`,
};

/** A value as people read it. @param unit as Grafana calls it; of one that is not known, the number alone is shown */
export const formatValue = (unit: string, value: number): string => (units[unit] ?? plain)(value);

/** The distances that lines of the grid may have, by unit: bytes are in powers of two, and counts are whole. */
const steps: Readonly<Record<string, readonly number[]>> = {
  bytes: Array.from({ length: 50 }, (_, power) => 2 ** power),
  none: Array.from({ length: 15 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat(),
};

/** The distances that lines of the grid may have; undefined where any will do. */
export const gridSteps = (unit: string): number[] | undefined => steps[unit] && [...steps[unit]];

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const exactClock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** A time of the day, such as 17:05. @param time seconds since 1970 */
export const formatTime = (time: number): string => clock.format(time * 1000);

/** A time of the day, such as 17:05:30. @param time seconds since 1970 */
export const formatExactTime = (time: number): string => exactClock.format(time * 1000);

/**
 * Where an axis begins and ends: at the panel's own bounds, or else around the values; it is never empty.
 */
export function axisBounds(
  { minimum, maximum }: { readonly minimum: number | undefined; readonly maximum: number | undefined },
  values: readonly number[],
): [from: number, to: number] {
  const least = minimum ?? Math.min(...values, 0);
  const most = Math.max(...values, least);
  const to = maximum ?? (most > least ? least + (most - least) * 1.1 : least + 1);
  return [least, to];
}
