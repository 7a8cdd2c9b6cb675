/** The words that stand for a schedule. @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
const words = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The fields of a schedule: minute, hour, day of the month, month, weekday. */
const fields: readonly {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: months },
  { least: 0, most: 6, names: weekdays },
];

/** Whether a CronJob accepts the schedule: five fields such as `0 3 * * *`, or a word such as `@daily`. */
export function isSchedule(text: string): boolean {
  const parts = text.split(/\s+/);
  return words.includes(text) || (parts.length === fields.length && parts.every(isField));
}

function isField(text: string, position: number): boolean {
  return text.split(",").every((entry) => isEntry(entry, position));
}

/** One entry of a list: a value, a range, or all, and with a step: `5`, `mon-fri`, `*\/15`. */
function isEntry(text: string, position: number): boolean {
  const [range = "", step, ...more] = text.split("/");
  const [from = "", to, ...others] = range.split("-");
  if (more.length > 0 || others.length > 0 || (step !== undefined && !/^0*[1-9]\d*$/.test(step))) {
    return false;
  }
  if (range === "*" || range === "?") {
    return true;
  }
  const [first, last] = [valueOf(from, position), valueOf(to ?? from, position)];
  return first !== undefined && last !== undefined && first <= last;
}

function valueOf(text: string, position: number): number | undefined {
  const field = fields[position];
  if (field === undefined) {
    return undefined;
  }
  const named = field.names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named + field.least : /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= field.least && value <= field.most ? value : undefined;
}
