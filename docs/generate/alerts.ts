import { alerts, type Alert } from "../../components/monitoring/alerts.ts";
import { alertPrefix } from "../../domain/names.ts";

function row({ name, severity, for: duration, threshold, summary, runbook }: Alert): string {
  const limit = threshold === undefined ? "–" : `${threshold.default} ${threshold.unit}`;
  const cells = [
    `[\`${alertPrefix}${name}\`](runbook.md#${runbook})`,
    severity,
    summary,
    limit,
    duration ?? "–",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The alerts as a table, with links to the runbook. */
export function alertsTable(): string {
  return [
    "| Alert | Severity | What has happened | Threshold | For |",
    "| --- | --- | --- | --- | --- |",
    ...alerts.map(row),
  ].join("\n");
}
