import Module from "node:module";

/** A function or class of a package that is not loaded yet: calls, constructs and reads it when it is used. */
function deferName(whole: () => object, name: string | symbol): unknown {
  const found = (): object => Reflect.get(whole(), name) as object;
  return new Proxy(function () {}, {
    apply: (_, self, args) => Reflect.apply(found() as () => unknown, self, args) as unknown,
    construct: (_, args, target) => Reflect.construct(found() as () => unknown, args, target) as object,
    get: (_, of) => Reflect.get(found(), of) as unknown,
  });
}

/** How a package is deferred. */
export interface DeferOptions {
  /**
   * Whether all that is taken of it are functions and classes, and taken
   * where it is required: then each is a stand-in as well. Default: false.
   */
  readonly takenApart?: boolean;
}

/**
 * Has a CommonJS package loaded when something of it is first used, and not
 * when it is required. Has to run before anything requires the package; one
 * that is loaded already, or is not there, stays as it is.
 * @param specifier the package as it would be required
 * @param require of a module that finds the package where its user does
 */
export function defer(
  specifier: string,
  require: NodeJS.Require,
  { takenApart = false }: DeferOptions = {},
): void {
  let path: string;
  try {
    path = require.resolve(specifier);
  } catch {
    // Whoever requires it is told so, and may have another way.
    return;
  }
  const standIn = new Module(path);
  standIn.loaded = true;
  const whole = (): object => {
    if (require.cache[path] === standIn) Reflect.deleteProperty(require.cache, path);
    return require(path) as object;
  };
  standIn.exports = new Proxy(
    {},
    {
      get: (_, name) => {
        // A module that says so is imported as it is, and not copied name by name.
        if (name === "__esModule") return true;
        return takenApart ? deferName(whole, name) : (Reflect.get(whole(), name) as unknown);
      },
      has: (_, name) => Reflect.has(whole(), name),
      ownKeys: () => Reflect.ownKeys(whole()),
      getOwnPropertyDescriptor: (_, name) => {
        const found = Reflect.getOwnPropertyDescriptor(whole(), name);
        return found === undefined ? undefined : { ...found, configurable: true };
      },
    },
  );
  require.cache[path] ??= standIn;
}
