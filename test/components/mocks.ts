import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine was asked for it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** The options with which a resource was asked for. */
export type Options = pulumi.ComponentResourceOptions & pulumi.CustomResourceOptions;

/** What the real providers would answer beyond the inputs. */
const outputs: Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>> = {
  "gcp:serviceaccount/account:Account": ({ accountId, project }) => ({
    email: `${String(accountId)}@${String(project)}.iam.gserviceaccount.com`,
  }),
  "gcp:container/cluster:Cluster": () => ({
    endpoint: "198.51.100.7",
    masterAuth: { clusterCaCertificate: "Q0E=" },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { endpoint: "gke-0123456789ab-123456789012.us-central1.gke.goog" },
    },
  }),
};

/** Stands in for the engine. Import components only after it is there. */
export class MockEngine {
  /** Everything that was registered. */
  readonly registered: Registered[] = [];
  readonly #options = new Map<string, Options>();

  /** A new engine, which forgets what the one before it saw. */
  static async start(): Promise<MockEngine> {
    const engine = new MockEngine();
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) =>
          engine.#register(type, name, inputs as Record<string, unknown>),
        call: ({ token }) => {
          throw new Error(`the program called ${token}, which it must not`);
        },
      },
      "zookeeper-environment",
      "test",
    );
    return engine;
  }

  /** The options of a root component that let the engine see the options of everything below it. */
  watch(options: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
    const note: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      this.#options.set(`${type} ${name}`, opts);
      return undefined;
    };
    return { ...options, transformations: [note] };
  }

  /** The only resource of a type, and of a name if there are several. */
  one(type: string, name?: string): Registered {
    const found = this.registered.filter(
      (each) => each.type === type && (name === undefined || each.name === name),
    );
    const [first] = found;
    if (first === undefined || found.length > 1) {
      throw new Error(`${found.length} resources of type ${type} ${name ?? ""}`);
    }
    return first;
  }

  /** The options of a resource. */
  optionsOf(type: string, name?: string): Options {
    const options = this.#options.get(`${type} ${this.one(type, name).name}`);
    if (options === undefined) {
      throw new Error(`the options of ${type} were not watched`);
    }
    return options;
  }

  /** How many resources of each type there are. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { type } of this.registered) {
      counts[type] = (counts[type] ?? 0) + 1;
    }
    return counts;
  }

  /** The resources that hang on nothing, though they should hang on a component. */
  orphans(): string[] {
    return [...this.#options].filter(([, { parent }]) => parent === undefined).map(([key]) => key);
  }

  /** Waits until everything that was asked for is registered. */
  async settled(): Promise<void> {
    await pulumi.runtime.disconnect();
  }

  #register(type: string, name: string, inputs: Record<string, unknown>): pulumi.runtime.MockResourceResult {
    this.registered.push({ type, name, inputs });
    const named = type.startsWith("gcp:") ? { name } : {};
    return { id: `${name}-id`, state: { ...named, ...inputs, ...outputs[type]?.(inputs) } };
  }
}

/** The value of an output, once it is known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** The value at a path of property names and indices; undefined where the path leads nowhere. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** The faults that an argument error names, by property path. */
export function pathsOf(error: unknown): string[] {
  if (!pulumi.InputPropertiesError.isInstance(error)) {
    throw error;
  }
  return error.errors.map(({ propertyPath }) => propertyPath);
}

/** What a function throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
