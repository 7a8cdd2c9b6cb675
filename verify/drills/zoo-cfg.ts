import type { DrillContext } from "../drill.ts";
import { expect } from "../errors.ts";
import { parseZooCfg } from "../../domain/zoo-cfg.ts";

/** The tutorial's place of the configuration. */
export const zooCfgPath = "/opt/zookeeper/conf/zoo.cfg";

/** Reads a server's configuration, not shown. @throws DrillFailure where it is not in the tutorial's place */
export async function readZooCfg(context: DrillContext, pod: string): Promise<ReadonlyMap<string, string>> {
  const { code, stdout, stderr } = await context.kubectl.quiet(["exec", pod, "--", "cat", zooCfgPath]);
  expect(code === 0, `${pod} has no ${zooCfgPath}: ${stderr.trim()}`);
  return parseZooCfg(stdout);
}

/** The folder of the snapshots and the id. @default the tutorial's */
export const dataDir = (settings: ReadonlyMap<string, string>): string =>
  settings.get("dataDir") ?? "/var/lib/zookeeper/data";

/** The folder of the transaction log. @default dataDir, as ZooKeeper has it */
export const logDir = (settings: ReadonlyMap<string, string>): string =>
  settings.get("dataLogDir") ?? dataDir(settings);
