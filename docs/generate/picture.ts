import { claimNames, ensembleNames, ports, serverNames } from "../../domain/names.ts";

/** An image's name and tag. */
const short = (image: string): string => image.replace(/^.*\//, "").replace(/@.*$/, "");

/** A box of Mermaid with lines of text; HTML breaks them. */
const box = (id: string, lines: readonly string[], [open, close] = ["[", "]"]): string =>
  `${id}${open}"${lines.join("<br>")}"${close}`;

/**
 * The environment with its defaults as a Mermaid flowchart, which GitHub renders.
 * @param value the default of a setting, by its key in Pulumi.yaml
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function drawEnvironment(value: (key: string) => string): string {
  const [name, servers, nodes] = [value("name"), Number(value("servers")), Number(value("nodeCount"))];
  const names = ensembleNames(name);
  const claims = claimNames(name, servers);
  const pods = serverNames(name, value("namespace"), "", servers).map((host) => host.split(".")[0] ?? "");
  const node = (n: number): string[] => {
    const pod = pods[n];
    const content =
      pod === undefined
        ? box(`pod${n}`, ["free, for the server", "of a drained node"], ["(", ")"])
        : box(`pod${n}`, [`<b>${pod}</b>`, short(value("image")), `${value("cpu")} CPU, ${value("memory")}`]);
    return [`    subgraph node${n}["Node ${n + 1}: ${value("machineType")}"]`, `      ${content}`, "    end"];
  };
  return [
    "```mermaid",
    "flowchart TB",
    `  clients(["Clients"]) --> client`,
    `  subgraph cluster["GKE cluster ${value("clusterName")} in ${value("location")}, or a local GKE"]`,
    `    ${box("budget", [`<b>PodDisruptionBudget ${names.budget}</b>`, "at most 1 server is evicted at a time"])}`,
    `    ${box("client", [`<b>Service ${names.client}</b>`, `port ${ports.client}, servers in the quorum`])}`,
    `    ${box("headless", [`<b>Service ${names.headless}</b>`, `ports ${ports.server} and ${ports.election}, names of the servers`])}`,
    ...Array.from({ length: nodes }, (_, n) => node(n)).flat(),
    ...claims.map((claim, n) => {
      const lines = [
        claim,
        `${value("volumeSize")} ${value("storageDiskType")}`,
        value("storageReclaimPolicy"),
      ];
      return `    ${box(`disk${n}`, lines, ["[(", ")]"])}`;
    }),
    `    ${box("storageClass", [`<b>StorageClass ${value("storageClass")}</b>`, "volumes follow their pods"])}`,
    "  end",
    ...claims.map((_, n) => `  client --> pod${n} --- disk${n}`),
    // Links that are not drawn keep the other boxes in their rows.
    `  budget ~~~ pod0`,
    `  headless ~~~ pod${servers} ~~~ storageClass`,
    "```",
  ].join("\n");
}
