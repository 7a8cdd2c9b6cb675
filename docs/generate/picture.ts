import type { Facts } from "./facts.ts";
import { box, colours, disk, labelled, line, svg, text } from "./svg.ts";

const margin = 24;
const inner = 20;
const gap = 16;
const nodeWidth = 196;
const nodeTop = 206;
const nodeHeight = 158;
const diskTop = 400;
const diskHeight = 74;

/** The words after the last slash. */
const short = (image: string): string => image.slice(image.lastIndexOf("/") + 1);

/** The environment as an SVG picture. */
export function drawEnvironment(facts: Facts): string {
  const nodes = Array.from({ length: facts.nodes.count }, (_, n) => n);
  const left = margin + inner * 2;
  const width = 2 * left + nodes.length * nodeWidth + (nodes.length - 1) * gap;
  const nodeX = (n: number): number => left + n * (nodeWidth + gap);
  const across = width - 2 * left;
  const title = "A ZooKeeper environment: a cluster, nodes, a class of volumes and an ensemble on them";
  const height = 640;
  return svg(width, height, title, [
    ...surroundings(facts, width, height),
    ...nodes.flatMap((n) => drawNode(facts, n, nodeX(n))),
    ...services(facts, nodeX),
    ...storage(facts, nodeX),
    ...around(facts, left, across),
  ]);
}

function surroundings({ cluster, network }: Facts, width: number, height: number): string[] {
  const clusterTop = margin + 38;
  return [
    box(margin, margin, width - 2 * margin, height - 2 * margin, { ...colours.cloud, radius: 12 }),
    text(margin + inner, margin + 25, "Google Cloud project, or one Linux machine", {
      weight: "600",
      size: 14,
    }),
    text(
      width - margin - inner - 330,
      margin + 25,
      `network: nodes ${network.nodes}, pods ${network.pods}, NAT`,
      { size: 12, colour: colours.faint },
    ),
    box(margin + inner, clusterTop, width - 2 * (margin + inner), height - clusterTop - margin - inner, {
      ...colours.cluster,
      radius: 10,
    }),
    text(margin + 2 * inner, clusterTop + 25, `Cluster ${cluster.name} in ${cluster.location}`, {
      weight: "600",
      size: 14,
    }),
  ];
}

function services(
  { clientService, headlessService, servers }: Facts,
  nodeX: (n: number) => number,
): string[] {
  const [top, boxHeight] = [104, 56];
  const arrows = servers.map((_, n) => {
    const x = nodeX(n) + nodeWidth - 40;
    return line(x, top + boxHeight, x, nodeTop + 43, colours.service.line, true);
  });
  return [
    ...arrows,
    labelled(nodeX(0), top, nodeX(servers.length) - gap - nodeX(0), boxHeight, colours.service, [
      `Service ${clientService.name} : ${clientService.ports}`,
      "for clients: leads to the servers that are in the quorum",
    ]),
    labelled(nodeX(servers.length), top, nodeWidth, boxHeight, colours.service, [
      `Service ${headlessService.name}`,
      "names the servers at once",
      `ports ${headlessService.ports}`,
    ]),
  ];
}

function drawNode({ nodes, servers, pod }: Facts, n: number, x: number): string[] {
  const server = servers[n];
  const place = [x + 14, nodeTop + 44, nodeWidth - 28, nodeHeight - 60] as const;
  return [
    box(x, nodeTop, nodeWidth, nodeHeight, colours.node),
    text(x + 14, nodeTop + 20, `Node ${n + 1}`, { weight: "600" }),
    text(x + 14, nodeTop + 35, nodes.machineType, { size: 11.5, colour: colours.faint }),
    server === undefined
      ? labelled(...place, { ...colours.node, dashed: true }, [
          "free",
          "for the server of a",
          "node that is drained",
        ])
      : labelled(...place, colours.server, [
          server.name,
          short(pod.image),
          `${pod.cpu} CPU, ${pod.memory}`,
          "Ready = in the quorum",
        ]),
  ];
}

function storage({ servers, storageClass }: Facts, nodeX: (n: number) => number): string[] {
  return [
    ...servers.flatMap(({ claim, size }, n) => {
      const x = nodeX(n);
      return [
        line(
          x + nodeWidth / 2,
          nodeTop + nodeHeight - 16,
          x + nodeWidth / 2,
          diskTop + 6,
          colours.volume.line,
        ),
        disk(x + 14, diskTop, nodeWidth - 28, diskHeight, claim, `${size}, ${storageClass.reclaimPolicy}`),
      ];
    }),
    labelled(nodeX(servers.length), diskTop, nodeWidth, diskHeight, colours.volume, [
      `StorageClass ${storageClass.name}`,
      `makes ${storageClass.diskType} disks`,
      "volumes follow their pods",
    ]),
  ];
}

function around({ configMaps, budget, networkPolicy }: Facts, left: number, across: number): string[] {
  const top = 500;
  const width = (across - 3 * gap) / 4;
  const [mark = "", config = ""] = configMaps;
  const notes: readonly (readonly string[])[] = [
    [config.replace(/-[0-9a-f]+$/, "-…"), "ConfigMap: zoo.cfg, scripts;", "a change makes a new one"],
    [mark, "ConfigMap: from now on an", "empty disk is a lost disk"],
    [budget.name, `Budget: at most ${budget.maxUnavailable} server is`, "taken away on purpose"],
    [`${networkPolicy}, NetworkPolicy`, "only servers reach the", "quorum's ports"],
  ];
  return notes.map((lines, n) => labelled(left + n * (width + gap), top, width, 72, colours.note, lines));
}
