import { oneOf } from "../random.ts";
import type { Fault, Scene } from "../fault.ts";
import { CommandError, run } from "../../system/run.ts";

/** How many writes clients get through while the network is bad. */
const writesMeanwhile = 3000;

async function inNode(node: string, command: string, ...args: string[]): Promise<void> {
  await run("nsenter", [`--net=/run/netns/${node}`, command, ...args]);
}

/** Queueing disciplines that slow a network, the most like a distant one first; not every kernel has each. */
const slowing: readonly (readonly string[])[] = [
  ["netem", "delay", "50ms", "20ms"],
  // Less than what a busy leader sends: packets wait in a queue, and are lost where it is full.
  ["tbf", "rate", "2mbit", "burst", "32kb", "latency", "300ms"],
];

/** The first discipline that the kernel has, tried in a network namespace of its own; or what it said of each. */
async function howToSlow(): Promise<{ discipline: readonly string[] } | { refusals: string[] }> {
  const refusals: string[] = [];
  const netns = `faults-probe-${process.pid}`;
  await run("ip", ["netns", "add", netns]);
  try {
    for (const discipline of slowing) {
      try {
        await inNode(netns, "tc", "qdisc", "add", "dev", "lo", "root", ...discipline);
        return { discipline };
      } catch (error) {
        if (!(error instanceof CommandError)) {
          throw error;
        }
        refusals.push(`${discipline[0] ?? ""}: ${error.stderr.trim()}`);
      }
    }
    return { refusals };
  } finally {
    await run("ip", ["netns", "del", netns]);
  }
}

async function withoutSlowing(): Promise<string | undefined> {
  const how = await howToSlow();
  return "refusals" in how ? `the kernel cannot slow a network: ${how.refusals.join("; ")}` : undefined;
}

async function slow(scene: Scene): Promise<void> {
  const how = await howToSlow();
  if ("refusals" in how) {
    throw new Error(`the kernel cannot slow a network: ${how.refusals.join("; ")}`);
  }
  const [name = ""] = how.discipline;
  const { node } = oneOf([scene.leader, ...scene.followers], scene.random);
  scene.undo.later(`the network of ${node} is fast again`, async () => {
    const netns = `--net=/run/netns/${node}`;
    const disciplines = await run("nsenter", [netns, "tc", "qdisc", "show", "dev", "eth0"]);
    if (disciplines.includes(name)) {
      await inNode(node, "tc", "qdisc", "del", "dev", "eth0", "root");
    }
  });
  await inNode(node, "tc", "qdisc", "add", "dev", "eth0", "root", ...how.discipline);
  await scene.workload.acknowledges(writesMeanwhile);
}

/** The nftables table of the fault in a node's network namespace. */
const lossyTable = "faults_lossy";

/** Rules that drop one packet in twenty, in each direction. */
const lossyRules = `table inet ${lossyTable} {
  chain arriving { type filter hook prerouting priority -400; iifname "eth0" numgen random mod 100 < 5 drop; }
  chain leaving { type filter hook postrouting priority 400; oifname "eth0" numgen random mod 100 < 5 drop; }
}
`;

async function withoutRandomDrops(): Promise<string | undefined> {
  const netns = `faults-probe-${process.pid}`;
  await run("ip", ["netns", "add", netns]);
  try {
    await run("nsenter", [`--net=/run/netns/${netns}`, "nft", "-f", "-"], { input: lossyRules });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    return `the kernel's nftables cannot drop packets at random: ${error.stderr.trim()}`;
  } finally {
    await run("ip", ["netns", "del", netns]);
  }
}

async function lossy(scene: Scene): Promise<void> {
  const { node } = oneOf([scene.leader, ...scene.followers], scene.random);
  const netns = `--net=/run/netns/${node}`;
  scene.undo.later(`the network of ${node} loses nothing any more`, async () => {
    const tables = await run("nsenter", [netns, "nft", "list", "tables"]);
    if (tables.includes(lossyTable)) {
      await inNode(node, "nft", "delete", "table", "inet", lossyTable);
    }
  });
  await run("nsenter", [netns, "nft", "-f", "-"], { input: lossyRules });
  await scene.workload.acknowledges(writesMeanwhile);
}

/** Faults of the network that leave it usable. */
export const networkFaults: readonly Fault[] = [
  {
    name: "network-slow",
    about: "a server's node has a slow network: 50 ms of delay (netem), or 2 Mbit/s behind a queue (tbf)",
    weight: 1,
    skip: withoutSlowing,
    inject: slow,
  },
  {
    name: "network-lossy",
    about: "a server's node loses one packet in twenty, in each direction",
    weight: 1,
    skip: withoutRandomDrops,
    inject: lossy,
  },
];
