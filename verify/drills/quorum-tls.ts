import type { Drill, DrillContext } from "../drill.ts";
import { serverStatus } from "../ensemble.ts";
import { DrillSkipped, expect } from "../errors.ts";
import { serverLines } from "../zookeeper.ts";
import { expectAdmitsOnlyOwn, foreignCaller, storeFiles, type TlsPort } from "./tls-port.ts";
import { readZooCfg } from "./zoo-cfg.ts";

/** Row 16: servers connect only to each other. */
export const quorumTls: Drill = {
  row: 16,
  name: "quorum-tls",
  section: "TLS between servers",
  promise: "ports 2888 and 3888 admit only certificates of the servers' authority, and no plain text",
  disruptive: false,
  deadline: 120,
  run: async (context) => {
    const { pods } = context.ensemble;
    const [first = ""] = pods;
    const settings = await readZooCfg(context, first);
    expectRequired(settings);
    const files = storeFiles(settings, "ssl.quorum");
    const servers = serverLines(settings);
    const foreign = await foreignCaller(
      context,
      first,
      servers.map(({ host }) => host),
    );
    const others = [
      { name: "a connection without a certificate", certificate: undefined },
      foreign,
      ...(settings.has("secureClientPort")
        ? [
            {
              name: "a connection with a certificate of the clients' authority",
              certificate: storeFiles(settings, "ssl").own,
            },
          ]
        : []),
    ];
    const leader = await findLeader(context);
    // Only the leader listens on 2888.
    const ports = servers.flatMap(({ host, serverPort, electionPort }, ordinal): TlsPort[] => [
      { host, port: electionPort },
      ...(pods[ordinal] === leader ? [{ host, port: serverPort }] : []),
    ]);
    for (const port of ports) {
      await expectAdmitsOnlyOwn(context, first, port, files, others);
      await expectNoPlainText(context, first, port);
    }
    const rejected = others.map(({ name }) => name).join(", ");
    context.seen(
      `Port 3888 of every server, and port 2888 of the leader, ${leader}, admit the servers' certificate, and reject ` +
        `${rejected}, and plain text.`,
    );
  },
};

/** @throws DrillSkipped where servers may connect to each other in plain text */
function expectRequired(settings: ReadonlyMap<string, string>): void {
  const needed = "the drill needs an ensemble with quorumTls: require";
  if (settings.get("portUnification") === "true") {
    throw new DrillSkipped(`the servers also take each other's connections in plain text; ${needed}`);
  }
  if (settings.get("sslQuorum") !== "true") {
    throw new DrillSkipped(`the servers connect to each other in plain text; ${needed}`);
  }
}

async function findLeader({ kubectl, ensemble }: DrillContext): Promise<string> {
  for (const pod of ensemble.pods) {
    if ((await serverStatus(kubectl, ensemble, pod)).mode === "leader") {
      return pod;
    }
  }
  expect(false, "no server says that it leads");
}

/** The beginning of the first message that servers send in plain text, for printf. */
const plainText = String.raw`\377\377\377\377\377\377\000\000`;

/** Begins a message in plain text. A server that takes plain text waits for the rest; otherwise, it hangs up. */
async function expectNoPlainText(context: DrillContext, pod: string, { host, port }: TlsPort): Promise<void> {
  const command = `printf '${plainText}' | timeout 10 nc ${host} ${port}`;
  const { code, stderr } = await context.kubectl.run(["exec", pod, "--", "sh", "-c", command], {
    anyExit: true,
  });
  expect(code !== 124, `${host}:${port} takes plain text: it waits for the rest of a message`);
  expect(code === 0, `${host}:${port} could not be asked in plain text: ${stderr.trim()}`);
}
