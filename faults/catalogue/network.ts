import { oneOf } from "../random.ts";
import type { Fault, Scene } from "../fault.ts";
import { CommandError, run } from "../../local/machine/run.ts";

/** How many writes clients get through while the network is bad. */
const writesMeanwhile = 3000;

async function inNode(node: string, command: string, ...args: string[]): Promise<void> {
  await run("nsenter", [`--net=/run/netns/${node}`, command, ...args]);
}

/** Why the kernel cannot delay packets, or undefined where it can. */
async function withoutNetem(): Promise<string | undefined> {
  const netns = `faults-probe-${process.pid}`;
  await run("ip", ["netns", "add", netns]);
  try {
    await run("nsenter", [
      `--net=/run/netns/${netns}`,
      "tc",
      "qdisc",
      "add",
      "dev",
      "lo",
      "root",
      "netem",
      "delay",
      "1ms",
    ]);
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return `the kernel has no netem (module sch_netem): ${error.stderr.trim()}`;
  } finally {
    await run("ip", ["netns", "del", netns]);
  }
}

async function slow(scene: Scene): Promise<void> {
  const { node } = oneOf([scene.leader, ...scene.followers], scene.random);
  scene.undo.later(`the network of ${node} is fast again`, async () => {
    const disciplines = await run("nsenter", [
      `--net=/run/netns/${node}`,
      "tc",
      "qdisc",
      "show",
      "dev",
      "eth0",
    ]);
    if (disciplines.includes("netem")) await inNode(node, "tc", "qdisc", "del", "dev", "eth0", "root");
  });
  await inNode(node, "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "50ms", "20ms");
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
    if (!(error instanceof CommandError)) throw error;
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
    if (tables.includes(lossyTable)) await inNode(node, "nft", "delete", "table", "inet", lossyTable);
  });
  await run("nsenter", [netns, "nft", "-f", "-"], { input: lossyRules });
  await scene.workload.acknowledges(writesMeanwhile);
}

/** Faults of the network that leave it usable. */
export const networkFaults: readonly Fault[] = [
  {
    name: "network-slow",
    about: "a server's node has 50 ms of delay on its network (netem)",
    weight: 1,
    skip: withoutNetem,
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
