import { askInPod, parseSrvr } from "../../kubernetes/four-letter-words.ts";
import { addressOf, nameOf, selects, type Service } from "../../kubernetes/objects.ts";
import type { Drill, DrillContext } from "../drill.ts";
import { readPods } from "../ensemble.ts";
import { DrillSkipped, expect } from "../errors.ts";
import { serverLines, type ServerLine } from "../zookeeper.ts";
import { expectAdmitsOnlyOwn, foreignCaller, storeFiles } from "./tls-port.ts";
import { readZooCfg } from "./zoo-cfg.ts";

/** Row 17: clients show certificates. */
export const clientTls: Drill = {
  row: 17,
  name: "client-tls",
  section: "TLS between clients and servers",
  promise:
    "port 2281 admits only certificates of the clients' authority; plain text is answered only inside the servers' pods",
  disruptive: false,
  deadline: 120,
  run: async (context) => {
    const { client, namespace, pods } = context.ensemble;
    const [first = ""] = pods;
    const settings = await readZooCfg(context, first);
    const servers = serverLines(settings);
    const port = requiredPort(settings, servers);
    expect(client !== undefined, "there is no Service for clients");
    await expectNoPlainPort(context, client);
    await expectPlainTextInside(context);

    const files = storeFiles(settings, "ssl");
    const hosts = servers.map(({ host }) => host);
    const others = [
      { name: "a connection without a certificate", certificate: undefined },
      await foreignCaller(context, first, hosts),
      ...(settings.get("sslQuorum") === "true"
        ? [
            {
              name: "a connection with a certificate of the servers' authority",
              certificate: storeFiles(settings, "ssl.quorum").own,
            },
          ]
        : []),
    ];
    const domain = (hosts[0] ?? "").replace(/^.*?\.svc\./, "");
    const service = `${client}.${namespace}.svc.${domain}`;
    for (const host of [...hosts, service]) {
      await expectAdmitsOnlyOwn(context, first, { host, port }, files, others);
    }
    const rejected = others.map(({ name }) => name).join(", ");
    context.seen(
      `Port ${port} of every server and of ${client} admits a certificate of the clients' authority, and rejects ` +
        `${rejected}. The servers' certificates are valid for their names and for ${service}.`,
    );
  },
};

/** The port for clients with TLS. @throws DrillSkipped where clients may also connect in plain text */
function requiredPort(settings: ReadonlyMap<string, string>, servers: readonly ServerLine[]): number {
  const needed = "the drill needs an ensemble with clientTls: require";
  const port = settings.get("secureClientPort");
  if (port === undefined) {
    throw new DrillSkipped(`clients connect in plain text; ${needed}`);
  }
  if (!servers.every(({ clientAddress }) => isLoopback(clientAddress ?? settings.get("clientPortAddress")))) {
    throw new DrillSkipped(`clients may also connect in plain text; ${needed}`);
  }
  return Number(port);
}

const isLoopback = (address = ""): boolean => address === "localhost" || address.startsWith("127.");

/** Expects that no Service leads to the port in plain text. */
async function expectNoPlainPort(context: DrillContext, client: string): Promise<void> {
  const { ensemble, kubectl } = context;
  const { clientPort, headless, name } = ensemble;
  await kubectl.run(["get", `service/${client}`, `service/${headless}`]);
  const template = (await kubectl.read("statefulsets", name))?.spec?.template;
  const named = (template?.spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
  const targets = ({ spec }: Service): number[] =>
    (spec?.ports ?? []).map(({ port, targetPort = port }) =>
      typeof targetPort === "number"
        ? targetPort
        : (named.find(({ name: wanted }) => wanted === targetPort)?.containerPort ?? NaN),
    );
  const open = (await kubectl.readAll("services"))
    .filter(({ spec }) => selects(spec?.selector, template?.metadata?.labels ?? {}))
    .filter((service) => targets(service).includes(clientPort))
    .map(nameOf);
  expect(open.length === 0, `port ${clientPort}, in plain text, is behind ${open.join(", ")}`);
  context.seen(`No Service of the servers has port ${clientPort}, which is in plain text.`);
}

/** Asks every server in plain text from its own pod, where only the loopback address answers. */
async function expectPlainTextInside(context: DrillContext): Promise<void> {
  const { ensemble, kubectl } = context;
  const { clientPort, pods } = ensemble;
  for (const [ordinal, pod] of (await readPods(kubectl, ensemble)).entries()) {
    const name = pods[ordinal] ?? "";
    const answer = await kubectl.exec(name, ...askInPod("srvr", clientPort));
    expect(
      parseSrvr(answer).mode !== undefined,
      `${name} does not answer in plain text on its loopback address`,
    );
    // A pod reaches its own address whatever NetworkPolicies say: only the server itself can refuse.
    const address = addressOf(pod);
    const ask = `printf srvr | nc -v -w 3 ${address} ${clientPort}`;
    const { code, stdout, stderr } = await kubectl.run(["exec", name, "--", "sh", "-c", ask], {
      anyExit: true,
    });
    expect(
      code !== 0 && stdout === "" && /refused/i.test(stderr),
      `${name} does not refuse plain text on its address ${address}: ${(stdout + stderr).trim()}`,
    );
  }
  context.seen(
    `Port ${clientPort} answers on the loopback address of each pod, and is refused on the pod's address.`,
  );
}
