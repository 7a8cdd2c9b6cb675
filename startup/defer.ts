import Module from "node:module";

/**
 * Has a CommonJS package loaded when something of it is first used, and not
 * when it is required. Has to run before anything requires the package; one
 * that is loaded already, or is not there, stays as it is.
 * @param specifier the package as it would be required
 * @param require of a module that finds the package where its user does
 */
export function defer(specifier: string, require: NodeJS.Require): void {
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
      // A module that says so is imported as it is, and not copied name by name.
      get: (_, name) => (name === "__esModule" ? true : (Reflect.get(whole(), name) as unknown)),
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
