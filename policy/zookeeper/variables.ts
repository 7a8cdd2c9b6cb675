import type { KubernetesObject } from "../kubernetes/object.ts";
import { entries, items, known, type Field } from "../reading/field.ts";

/** What is not seen of a container's environment, and where it comes from. */
export interface Unseen {
  /** Not known before the update, in a ConfigMap that only the stack shows, or shown by no resource. */
  readonly state: "unknown" | "configured" | "hidden";
  readonly place: string;
}

/** The value of a variable, and its place. */
export type Variable = Unseen | { readonly state: "known"; readonly place: string; readonly text: string };

/** A container's environment, with what the start script reads from `java.env`. */
export interface Environment {
  readonly variables: ReadonlyMap<string, Variable>;
  /** What other variables may come from; undefined if there can be none. */
  readonly rest: Unseen | undefined;
}

/** The ConfigMap of the name, in the pod's namespace. */
export type FindConfigMap = (name: string) => KubernetesObject | undefined;

/** Longer than any command line; bounds what is put into a text, as variables can contain each other many times. */
const longest = 2 ** 17;

/** A text with `$(NAME)` replaced by values that are known, as the kubelet does it. */
function expand(text: string, variables: ReadonlyMap<string, Variable>): string {
  let room = longest;
  return text.replace(/\$\(([A-Za-z_]\w*)\)/g, (reference, name: string) => {
    const variable = variables.get(name);
    if (variable?.state !== "known" || variable.text.length > room) {
      return reference;
    }
    room -= variable.text.length;
    return variable.text;
  });
}

/** The text of a script's line with the variables of the container, in every form that a shell reads. */
export function expandInShell(text: string, variables: ReadonlyMap<string, Variable>): string {
  const plain = text.replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, "$($1$2)");
  return expand(plain, variables);
}

/** A script's line that sets a variable. */
const assignment = /^[ \t]*(?:export[ \t]+)?([A-Z_][A-Z0-9_]*)=(.*)$/g;

/** Collects a container's environment, the weakest source first. */
class Reader {
  readonly variables = new Map<string, Variable>();
  rest: Unseen | undefined;
  private readonly find: FindConfigMap | undefined;

  constructor(find: FindConfigMap | undefined) {
    this.find = find;
  }

  /** Notes what may set other variables. What the stack can show comes before what nothing shows. */
  note(unseen: Unseen): void {
    if (this.rest === undefined || this.rest.state === "hidden") {
      this.rest = unseen;
    }
  }

  /** The ConfigMap, or why it is not seen. */
  configMap(name: Field): KubernetesObject | Unseen {
    const text = known(name.string());
    if (text === undefined) {
      return { state: name.unknown ? "unknown" : "hidden", place: name.path };
    }
    if (this.find === undefined) {
      return { state: "configured", place: name.path };
    }
    const found = this.find(text);
    if (found === undefined) {
      return { state: "hidden", place: `ConfigMap ${text}` };
    }
    const data = found.root.at("data");
    return data.unknown ? { state: "unknown", place: `${found.label} data` } : found;
  }

  readEnvFrom(container: Field): void {
    for (const from of items(container.at("envFrom"))) {
      const name = from.at("configMapRef", "name");
      if (from.at("configMapRef").absent) {
        this.note({ state: from.unknown ? "unknown" : "hidden", place: from.path });
        continue;
      }
      const found = this.configMap(name);
      if ("state" in found) {
        this.note(found);
        continue;
      }
      const prefix = known(from.at("prefix").string()) ?? "";
      for (const [key, field] of entries(found.root.at("data"))) {
        this.variables.set(`${prefix}${key}`, inData(found, key, field));
      }
    }
  }

  readEnv(container: Field): void {
    const env = container.at("env");
    if (env.unknown) {
      this.note({ state: "unknown", place: env.path });
    }
    for (const entry of items(env)) {
      const name = known(entry.at("name").string());
      if (name === undefined) {
        this.note({ state: "unknown", place: env.path });
      } else {
        this.variables.set(name, this.entry(entry));
      }
    }
  }

  private entry(entry: Field): Variable {
    const [value, from] = [entry.at("value"), entry.at("valueFrom")];
    const unknown = [value, from].find((field) => field.unknown);
    if (unknown !== undefined) {
      return { state: "unknown", place: unknown.path };
    }
    const reference = from.at("configMapKeyRef");
    if (from.absent) {
      return { state: "known", place: value.path, text: expand(known(value.string()) ?? "", this.variables) };
    }
    if (reference.absent) {
      return { state: "hidden", place: from.path };
    }
    const found = this.configMap(reference.at("name"));
    const key = known(reference.at("key").string()) ?? "";
    return "state" in found ? found : inData(found, key, found.root.at("data", key));
  }

  /** The files `java.env` and `zookeeper-env.sh`, from which `zkEnv.sh` takes variables, in mounted ConfigMaps. */
  readFiles(container: Field, pod: Field): void {
    const mounts = items(container.at("volumeMounts")).filter((mount) => {
      const subPath = known(mount.at("subPath").string());
      return subPath === undefined || isScript(subPath);
    });
    const mounted = new Set(mounts.map((mount) => known(mount.at("name").string())));
    const volumes = items(pod.at("volumes")).filter((volume) =>
      mounted.has(known(volume.at("name").string())),
    );
    for (const volume of volumes.flatMap((each) => [each, ...items(each.at("projected", "sources"))])) {
      if (volume.at("configMap").absent) {
        continue;
      }
      const found = this.configMap(volume.at("configMap", "name"));
      if ("state" in found) {
        this.note(found);
        continue;
      }
      const paths = new Map(
        items(volume.at("configMap", "items")).map((item) => [
          known(item.at("key").string()),
          known(item.at("path").string()),
        ]),
      );
      for (const [key, field] of entries(found.root.at("data"))) {
        if (isScript(paths.get(key) ?? key)) {
          this.readFile(inData(found, key, field));
        }
      }
    }
  }

  private readFile(file: Variable): void {
    if (file.state !== "known") {
      this.note(file);
      return;
    }
    const lines = file.text.split("\n");
    for (const [, name = "", value = ""] of lines.flatMap((line) => [...line.matchAll(assignment)])) {
      const text = expandInShell(value, this.variables);
      this.variables.set(name, {
        state: "known",
        place: file.place,
        text: text.replaceAll(/["']/g, " ").trim(),
      });
    }
  }
}

function isScript(path: string): boolean {
  return /(?:^|\/)(?:java\.env|zookeeper-env\.sh)$/.test(path);
}

/** A key of a ConfigMap. */
function inData({ label }: KubernetesObject, key: string, field: Field): Variable {
  const place = `${label} data.${key}`;
  const text = known(field.string());
  return text === undefined
    ? { state: field.unknown ? "unknown" : "hidden", place }
    : { state: "known", place, text };
}

/**
 * The environment of a container.
 *
 * @param find finds the stack's ConfigMaps. @default none is seen
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function environmentOf(container: Field, pod: Field, find?: FindConfigMap): Environment {
  const reader = new Reader(find);
  reader.readEnvFrom(container);
  reader.readEnv(container);
  reader.readFiles(container, pod);
  return { variables: reader.variables, rest: reader.rest };
}
