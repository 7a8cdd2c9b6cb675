// Stands in for the clients of a run: writes a history as they do, without any server, and follows the same commands.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

/** A line of standard input. */
interface Command {
  readonly fault?: string;
  readonly number?: number;
  readonly end?: boolean;
  readonly stop?: boolean;
  readonly servers?: readonly string[];
}

const history = createWriteStream(process.argv[process.argv.indexOf("--history") + 1] ?? "");
const began = process.hrtime.bigint();
const now = (): number => Number(process.hrtime.bigint() - began);
const add = (record: object): void => {
  history.write(`${JSON.stringify({ a: now(), b: now(), ...record })}\n`);
};

let version = -1;
const register = (kind: string, session: number): void => {
  add({ k: kind, s: session, c: 1, key: "/r", r: "ok", v: version + 1, n: version, z: 100 + version });
};
const load = setInterval(() => {
  for (let n = 0; n < 50; n++) {
    version++;
    register(version === 0 ? "init" : "set", 1);
  }
}, 5);
const report = setInterval(() => {
  const acknowledged = version + 1;
  const status = {
    ...{ acknowledged, operations: acknowledged, failed: 0, unknown: 0 },
    ...{ lastAcknowledged: now(), now: now() },
  };
  process.stdout.write(`${JSON.stringify(status)}\n`);
}, 20);

/** Ends as the clients do: after reading back from the servers, if there are any. */
function end(servers?: readonly string[]): void {
  clearInterval(load);
  clearInterval(report);
  for (const [index] of (servers ?? []).entries()) {
    register("final", 90 + index);
  }
  if (servers !== undefined) {
    add({ k: "complete", v: servers.length });
  }
  history.end();
  process.stdin.destroy();
}

createInterface(process.stdin)
  .on("line", (line) => {
    const { fault, number, end: ended, stop, servers } = JSON.parse(line) as Command;
    if (stop === true) {
      end(servers);
    } else {
      add({ k: ended === true ? "fault-end" : "fault-begin", t: fault, v: number });
    }
  })
  .on("close", () => {
    if (!history.writableEnded) {
      end();
    }
  });
