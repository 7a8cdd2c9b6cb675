import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";
import { parseZooCfg } from "../../domain/zoo-cfg.ts";
import { serverLines } from "../zookeeper.ts";
import { zooCfgPath } from "./zoo-cfg.ts";

/** What the tutorial's configuration says, beside the servers and the client port. */
const wanted = [
  "dataDir",
  "dataLogDir",
  "tickTime",
  "initLimit",
  "syncLimit",
  "maxClientCnxns",
  "minSessionTimeout",
  "maxSessionTimeout",
  "autopurge.snapRetainCount",
  "autopurge.purgeInterval",
] as const;

/** Row 3: one configuration, the same in every pod, that names every server. */
export const consensus: Drill = {
  row: 3,
  name: "consensus",
  section: "Achieving consensus",
  promise:
    "zoo.cfg has the tutorial's settings and names server.1 to server.N in full, identical in every pod",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { pods, headless, namespace } = ensemble;
    const [first = "", ...others] = pods;
    const file = await kubectl.exec(first, "cat", zooCfgPath);
    const settings = parseZooCfg(file);
    const missing = wanted.filter((setting) => !settings.has(setting));
    expect(missing.length === 0, `zoo.cfg of ${first} has no ${missing.join(", ")}`);

    const servers = serverLines(settings);
    const ids = servers.map(({ id }) => id).join(", ");
    expect(
      servers.length === pods.length && servers.every(({ id }, n) => id === n + 1),
      `zoo.cfg names the servers ${ids || "none"}, not 1 to ${pods.length}`,
    );
    for (const [ordinal, { id, host, serverPort, electionPort, clientPort }] of servers.entries()) {
      const name = `${pods[ordinal] ?? ""}.${headless}.${namespace}.svc.`;
      expect(host.startsWith(name), `server.${id} is ${host}, not ${name}…`);
      expect(
        serverPort === 2888 && electionPort === 3888,
        `server.${id} has the ports ${serverPort} and ${electionPort}, not 2888 and 3888`,
      );
      expect(
        clientPort !== undefined || settings.has("clientPort"),
        `server.${id} has no client port, and there is no clientPort`,
      );
    }
    context.seen(
      `zoo.cfg has every setting of the tutorial and names ${servers.length} servers with ports 2888 and 3888.`,
    );

    for (const pod of others) {
      const { stdout } = await kubectl.quiet(["exec", pod, "--", "cat", zooCfgPath]);
      expect(stdout.trimEnd() === file, `zoo.cfg of ${pod} differs from that of ${first}`);
    }
    context.seen(`It is identical in ${pods.join(", ")}.`);
  },
};
