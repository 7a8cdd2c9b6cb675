/**
 * Stand-ins for modules that are loaded before they are needed, or never are. `ZOOKEEPER_ENVIRONMENT_LOAD_ALL=1` turns
 * all of them off; `npm run bench -- --only 'preview*,policy*'` with and without it shows what they save.
 */
import Module from "node:module";
import { env } from "node:process";

/** The form of a stand-in, by the way in which its user takes it from `require`. */
export type DeferAs =
  /** Something with names, read when they are used: `const pkg = require("pkg"); pkg.name()`. */
  | "namespace"
  /** Functions and classes, taken apart where it is required: `const { name } = require("pkg")`. */
  | "functions"
  /** A function that is the whole module: `const name = require("pkg")`. */
  | "function";

/** Names that a stand-in takes from smaller modules than the whole package, each with what loads it. */
export type Parts = Readonly<Partial<Record<string | symbol, () => unknown>>>;

/** A function or class that is not loaded yet: called, constructed and read when it is used. */
function deferFunction(found: () => object, known: Readonly<Record<string, unknown>> = {}): object {
  return new Proxy(function () {}, {
    apply: (_, self, args) => Reflect.apply(found() as () => unknown, self, args) as unknown,
    construct: (_, args, target) => Reflect.construct(found() as () => unknown, args, target) as object,
    get: (_, name) =>
      typeof name === "string" && name in known ? known[name] : (Reflect.get(found(), name) as unknown),
  });
}

function deferNamespace(whole: () => object, read: (name: string | symbol) => unknown): object {
  return new Proxy(
    {},
    {
      // A module with this mark is imported as it is, and not copied name by name.
      get: (_, name) => (name === "__esModule" ? true : read(name)),
      has: (_, name) => Reflect.has(whole(), name),
      ownKeys: () => Reflect.ownKeys(whole()),
      getOwnPropertyDescriptor: (_, name) => {
        const found = Reflect.getOwnPropertyDescriptor(whole(), name);
        return found === undefined ? undefined : { ...found, configurable: true };
      },
    },
  );
}

/**
 * Has a CommonJS package loaded when something of it is first used, and not when it is required. Has to run before
 * anything requires the package; one that is loaded already, or is not installed, stays as it is.
 * @param specifier the package as it would be required
 * @param require of a module that finds the package where its user does
 * @param parts names for which the package itself is not loaded; for `namespace` only
 */
export function defer(
  specifier: string,
  require: NodeJS.Require,
  as: DeferAs = "namespace",
  parts: Parts = {},
): void {
  if (env["ZOOKEEPER_ENVIRONMENT_LOAD_ALL"] === "1") {
    return;
  }
  let path: string;
  try {
    path = require.resolve(specifier);
  } catch {
    // Its user gets this error when it requires the package, and may have an alternative.
    return;
  }
  const standIn = new Module(path);
  standIn.loaded = true;
  const whole = (): object => {
    if (require.cache[path] === standIn) {
      Reflect.deleteProperty(require.cache, path);
    }
    return require(path) as object;
  };
  const read = (name: string | symbol): unknown => Reflect.get(whole(), name) as unknown;
  const standIns: Readonly<Record<DeferAs, () => object>> = {
    namespace: () => deferNamespace(whole, (name) => (parts[name] ?? (() => read(name)))()),
    functions: () => deferNamespace(whole, (name) => deferFunction(() => read(name) as object)),
    function: () => deferFunction(whole, { __esModule: undefined }),
  };
  standIn.exports = standIns[as]();
  require.cache[path] ??= standIn;
}
