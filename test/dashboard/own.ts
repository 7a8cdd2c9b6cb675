import { dashboard } from "../../components/monitoring/dashboard.ts";
import { readDashboard, type Dashboard } from "../../dashboard/file.ts";

const ensemble = { name: "zk", namespace: "default", quorumTls: "off", clientTls: "off" };

/** The dashboard that the program creates, of an ensemble that can have every panel. */
export const ownDashboard = (): Dashboard =>
  readDashboard(JSON.stringify(dashboard({ ...ensemble, certManager: true, backupSchedule: "@daily" })));
