/** A `server.N` line of zoo.cfg. */
export interface ServerLine {
  readonly id: number;
  readonly host: string;
  readonly serverPort: number;
  readonly electionPort: number;
  /** From the part after the semicolon; undefined where `clientPort` sets it. */
  readonly clientPort: number | undefined;
  /** The address to which the client port is bound, from the same part; undefined where it has none. */
  readonly clientAddress: string | undefined;
}

/** The `server.N` lines of a configuration, by id. Invalid lines are left out. */
export function serverLines(settings: ReadonlyMap<string, string>): ServerLine[] {
  return [...settings]
    .flatMap(([name, value]) => {
      const id = /^server\.(\d+)$/.exec(name)?.[1];
      const parts = /^([^:;]+):(\d+):(\d+)(?::\w+)?(?:;(?:([^:;]*):)?(\d+))?$/.exec(value);
      const [, host, serverPort, electionPort, clientAddress, clientPort] = parts ?? [];
      if (id === undefined || host === undefined) {
        return [];
      }
      return [
        {
          id: Number(id),
          host,
          serverPort: Number(serverPort),
          electionPort: Number(electionPort),
          clientPort: clientPort === undefined ? undefined : Number(clientPort),
          clientAddress,
        },
      ];
    })
    .sort((a, b) => a.id - b.id);
}

/** Whether a line belongs to the client's log, which zkCli.sh prints around its answer. */
export const isClientLog = (line: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \[myid:\]/.test(line);

/**
 * A znode's data in the answer of `zkCli.sh get`: the line before `cZxid`, which servers before 3.5 print with it, or
 * the last line.
 */
export function dataOf(answer: string): string {
  const lines = answer.split("\n").filter((line) => line.trim() !== "" && !isClientLog(line));
  const stat = lines.findIndex((line) => line.startsWith("cZxid"));
  return (stat > 0 ? lines[stat - 1] : lines.at(-1)) ?? "";
}
