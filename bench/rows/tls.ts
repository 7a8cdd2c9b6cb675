import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { clientServiceName, ports } from "../../domain/names.ts";
import { ensureWorkloadBuilt } from "../../faults/build.ts";
import { Workload } from "../../faults/workload.ts";
import { clusters } from "../../local-gke/index.ts";
import { interruption } from "../../system/interruption.ts";
import { run } from "../../system/run.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { until } from "../../system/wait.ts";
import { Authority, secretsOf, type Certificates } from "../../test/fixtures/certificates.ts";
import { CutShort, type Bench, type Row } from "../row.ts";
import { prepareTools } from "../tools.ts";
import { clusterKubeconfig, npm, settingsFile, standUp, takeDown } from "./environment.ts";

/** How an ensemble is encrypted. */
interface Variant {
  /** What its rows' names end with. */
  readonly ending: string;
  readonly what: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Whether the clients that write use TLS. */
  readonly clients: boolean;
}

const quorum = { quorumTls: "require", tlsSecret: "zk-tls" };

const variants: readonly Variant[] = [
  { ending: "plain", what: "without TLS", settings: {}, clients: false },
  { ending: "quorum-tls", what: "with TLS between servers", settings: quorum, clients: false },
  {
    ending: "tls",
    what: "with TLS between servers and with clients",
    settings: { ...quorum, clientTls: "accept", clientTlsSecret: "zk-client-tls" },
    clients: true,
  },
];

/** How many writes are timed, after as many as Java needs to compile what it does. */
const writes = 50_000;

const rows: readonly Row[] = variants.flatMap(({ ending, what }): Row[] => [
  {
    name: `first-write-${ending}`,
    what: `the StatefulSet's creation until a create is acknowledged, ${what}`,
    unit: "s",
  },
  { name: `writes-${ending}`, what: `${writes} writes of 6 sessions with reads, ${what}`, unit: "s" },
]);

/** Creates Secrets as soon as the cluster takes them; the servers of a new ensemble wait for them. */
async function putSecrets(
  kubeconfig: string,
  secrets: Readonly<Record<string, Certificates>>,
): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: secretsOf(secrets) });
  const put = async () =>
    await run("kubectl", ["--kubeconfig", kubeconfig, "apply", "-f", "-"], { input }).then(
      () => true as const,
      String,
    );
  await until("the Secrets", put, { within: 120_000, every: 100, signal: interruption });
}

/** Times writes as fast as the ensemble acknowledges them. @returns seconds */
async function timeWrites(folder: string, kubeconfig: string, tls: boolean): Promise<number> {
  const [cluster] = clusters();
  if (cluster === undefined) {
    throw new Error("there is no cluster");
  }
  const command = await ensureWorkloadBuilt();
  const client = cluster.clientMachine;
  const service = ["get", "service", "zk-cs", "-o=jsonpath={.spec.clusterIP}"];
  const address = await run("kubectl", ["--kubeconfig", kubeconfig, ...service]);
  await client.start(folder);
  const names = { name: "zk", namespace: "default", clusterDomain: "cluster.local" };
  const workload = new Workload({
    command,
    client,
    address: `${address}:${tls ? ports.secureClient : ports.client}`,
    tls: tls ? { folder, serverName: clientServiceName(names) } : undefined,
    root: "/bench",
    history: join(folder, "history.jsonl"),
    log: join(folder, "workload.log"),
    rate: 1_000_000,
    signal: interruption,
  });
  try {
    await workload.acknowledges(writes);
    const began = performance.now();
    await workload.acknowledges(writes);
    return (performance.now() - began) / 1000;
  } finally {
    await workload.abandon();
    await client.remove();
  }
}

/** An environment for each of the variants, one after the other. */
export const tlsBench: Bench = {
  rows,
  measure: async (wanted) => {
    await prepareTools();
    const values: Record<string, number> = {};
    for (const { ending, settings, clients } of variants) {
      const [first, all] = [`first-write-${ending}`, `writes-${ending}`];
      if (!wanted.has(first) && !wanted.has(all)) {
        continue;
      }
      const folder = mkdtempSync(join(largeTemporaryDir, "bench-tls-"));
      const authorities = { servers: new Authority("servers"), clients: new Authority("clients") };
      const shown = ["*.zk-hs.default.svc.cluster.local", "zk-cs.default.svc.cluster.local"];
      const secrets = {
        "zk-tls": authorities.servers.issue(),
        "zk-client-tls": authorities.clients.issue({ names: shown }),
      };
      const own = authorities.clients.issue({ subject: "/CN=bench", names: ["bench"] });
      for (const [file, text] of Object.entries(own)) {
        writeFileSync(join(folder, file), text, { mode: 0o600 });
      }
      try {
        const up = async (): Promise<number> => {
          let running = true;
          const put = clusterKubeconfig(() => running).then((file) => putSecrets(file, secrets));
          const ended = npm(["up", "--", "--config-file", settingsFile(folder, settings)]).finally(() => {
            running = false;
          });
          const [seconds] = await Promise.all([ended, put]);
          return seconds;
        };
        const { kubeconfig, values: times } = await standUp(up);
        values[first] = times["quorum"] ?? NaN;
        values[all] = await timeWrites(folder, kubeconfig, clients);
      } catch (error) {
        throw new CutShort(values, error);
      } finally {
        await takeDown();
        rmSync(folder, { recursive: true });
        authorities.servers.remove();
        authorities.clients.remove();
      }
    }
    return values;
  },
};
