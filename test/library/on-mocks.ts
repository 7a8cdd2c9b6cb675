// Runs the program in this folder without an engine, and prints what it registers: type, namespace and name of each.
import * as pulumi from "@pulumi/pulumi";

interface Inputs {
  metadata?: { name?: string; namespace?: string };
}

const registered: string[][] = [];
const providers: object[] = [];
pulumi.runtime.setAllConfig({
  "two-ensembles:kubeconfig": "apiVersion: v1\nkind: Config\nclusters: []\ncurrent-context: lab\n",
  "two-ensembles:protect": "true",
});
await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs }) => {
      const { metadata } = inputs as Inputs;
      if (type === "pulumi:providers:kubernetes") {
        const { upsertExistingObjects, clusterIdentifier } = inputs as Record<string, unknown>;
        providers.push({ upsertExistingObjects, clusterIdentifier });
      }
      registered.push([type, metadata?.namespace ?? "", metadata?.name ?? name]);
      return { id: `${name}-id`, state: inputs as object };
    },
    call: ({ token }) => {
      throw new Error(`the program called ${token}, which it must not`);
    },
  },
  "two-ensembles",
);
const { connections } = (await import(new URL("index.ts", import.meta.url).href)) as {
  connections: Record<string, pulumi.Output<string>>;
};
await pulumi.runtime.disconnect();
const outputs = await new Promise((resolve) => {
  pulumi.output(connections).apply(resolve);
});
console.log(JSON.stringify({ registered, providers, connections: outputs }));
