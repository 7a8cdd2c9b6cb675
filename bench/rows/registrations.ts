import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { writeProgram } from "../programs.ts";
import type { Bench, Row, Values } from "../row.ts";
import { timed } from "../timed.ts";
import { prepareTools } from "../tools.ts";

const component = JSON.stringify(join(import.meta.dirname, "../../components/ensemble/ensemble.ts"));

/** How many ensembles a program has: were the cost not linear, the rows would differ. */
const sizes = [10, 100, 1000];

/** The registrations of one ensemble: the component and its children. */
const perEnsemble = 12;

/** Makes so many ensembles, or as many ConfigMaps as those register, which is what Pulumi's library takes by itself. */
const ensembles = `const size = Number(process.env["BENCH_ENSEMBLES"]);
if (process.env["BENCH_LIBRARY"] === undefined)
  for (let i = 0; i < size; i++) new ZooKeeperEnsemble(\`zk\${i}\`, {}, options);
else
  for (let i = 0; i < size * ${perEnsemble}; i++)
    new ConfigMap(\`zk\${i}\`, { metadata: { name: \`zk\${i}\` }, data: { size: String(i) } }, options);`;

/** Registers with the engine. Objects would be written to a folder, so that no cluster is needed. */
const engineProgram = `import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { ZooKeeperEnsemble } from ${component};
Reflect.deleteProperty(Error, "prepareStackTrace");
const options = { provider: new Provider("folder", { renderYamlToDirectory: "rendered" }) };
${ensembles}
`;

/** Registers with Pulumi's mocks, as unit tests do, and counts. */
const mocksProgram = `import * as pulumi from "@pulumi/pulumi";
let registered = 0;
await pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: \`\${name}-\${registered++}\`, state: inputs }),
  call: () => ({}),
});
const { ConfigMap } = await import("@pulumi/kubernetes/core/v1/configMap.js");
const { ZooKeeperEnsemble } = await import(${component});
const options = {};
${ensembles}
await pulumi.runtime.disconnect();
if (registered !== size * ${perEnsemble}) throw new Error(\`\${size} ensembles made \${registered} resources\`);
`;

interface Way {
  readonly name: string;
  readonly where: string;
  /** Milliseconds a registration. */
  readonly budget: number;
  /** Runs a program with so many ensembles, or with as many plain resources; milliseconds. */
  readonly run: (size: number, what?: "ensembles" | "library") => Promise<number>;
}

const rowName = (way: Way, size: number): string => `registration-${way.name}-${size}`;
const libraryName = (way: Way): string => `registration-${way.name}-library`;

/** The size at which Pulumi's library is measured by itself. */
const librarySize = 100;

/** The settings of a program. */
const programEnv = (size: number, what = "ensembles"): Record<string, string | undefined> => ({
  BENCH_ENSEMBLES: String(size),
  BENCH_LIBRARY: what === "library" ? "yes" : undefined,
});

/** What one registration costs, beyond a program without ensembles, for programs of growing size. */
export function registrationBench(stateDir: string): Bench {
  const folder = join(stateDir, "registrations");
  const stacks = join(folder, "stacks");
  const ways: readonly Way[] = [
    {
      name: "mocks",
      where: "on mocks",
      budget: 1,
      run: async (size, what) =>
        await timed(process.execPath, ["index.ts"], {
          cwd: join(folder, "mocks"),
          env: programEnv(size, what),
        }),
    },
    {
      name: "engine",
      where: "in a preview by the engine",
      budget: 5,
      run: async (size, what) =>
        await timed("pulumi", ["preview", "--non-interactive", "--suppress-outputs", "--stack", "dev"], {
          cwd: join(folder, "engine"),
          env: {
            ...(await prepareTools()),
            PULUMI_BACKEND_URL: `file://${stacks}`,
            KUBECONFIG: undefined,
            ...programEnv(size, what),
          },
        }),
    },
  ];
  const initialise = async (): Promise<void> => {
    mkdirSync(stacks, { recursive: true });
    writeProgram(join(folder, "mocks"), "mocks", mocksProgram);
    writeProgram(join(folder, "engine"), "engine", engineProgram);
    const env = { ...(await prepareTools()), PULUMI_BACKEND_URL: `file://${stacks}` };
    await timed("pulumi", ["stack", "init", "dev"], { cwd: join(folder, "engine"), env });
    for (const way of ways) {
      await way.run(1);
    }
  };
  return {
    rows: ways.flatMap((way) => [
      ...sizes.map((size): Row => ({
        name: rowName(way, size),
        what: `one registration of ${size} ensembles' ${way.where}`,
        unit: "ms",
        budget: way.budget,
      })),
      {
        name: libraryName(way),
        what: `of that, Pulumi's library with a ConfigMap, ${way.where}`,
        unit: "ms",
      },
    ]),
    measure: async (wanted) => {
      if (!existsSync(folder)) {
        await initialise();
      }
      const values: Record<string, number> = {};
      for (const way of ways) {
        const asked = sizes.filter((size) => wanted.has(rowName(way, size)));
        const library = wanted.has(libraryName(way));
        const floor = asked.length === 0 && !library ? 0 : await way.run(0);
        for (const size of asked) {
          values[rowName(way, size)] = ((await way.run(size)) - floor) / (size * perEnsemble);
        }
        if (library) {
          values[libraryName(way)] =
            ((await way.run(librarySize, "library")) - floor) / (librarySize * perEnsemble);
        }
      }
      return values satisfies Values;
    },
  };
}
