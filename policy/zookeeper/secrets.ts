import { parseZooCfg } from "../../domain/zoo-cfg.ts";

/** A secret in a text, by what it is. It never holds the secret itself. */
export interface FoundSecret {
  /** For example `a private key`. */
  readonly what: string;
  /** How to keep it elsewhere, as an instruction. */
  readonly fix: string;
}

/** Names of variables and properties that end so hold a secret; those that end in `_FILE` or `Path` say where it is. */
const secretNames =
  /(?:passwords?|passwd|passphrase|(?:^|[._-])pass(?:wds?)?|secret[._-]?(?:access[._-]?)?key|api[._-]?key|private[._-]?key|super[._-]?digest|[._-]token)$/i;

/** Whether a variable or property of the name holds a password, key or token. */
export function isSecretName(name: string): boolean {
  // The longest ending has 18 characters, and a name before it does not matter.
  return secretNames.test(name.slice(-24)) && !/^allow/i.test(name);
}

/**
 * What a plain value of such a name is. The digest of the administrator is as good as its password to whoever can try
 * passwords, as it has no salt.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_authOptions (`superDigest`)
 */
export function namedSecret(name: string): string {
  return /digest$/i.test(name)
    ? `the digest of the administrator's password (${name})`
    : `a password in plain text (${name})`;
}

/** Whether the value of such a name is in plain text: neither empty nor a switch, a path, or a reference to another. */
export function isPlainSecret(value: string): boolean {
  const text = value.trim();
  return (
    text !== "" &&
    !/^(?:true|false|yes|no)$/i.test(text) &&
    !/^\/[\w./-]+$/.test(text) &&
    !/\$[({A-Z_a-z]|\{\{|^[<@%]|^ENC\(/.test(text)
  );
}

/** Whether the text contains a private key in PEM format. */
function hasPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
}

const privateKey: FoundSecret = { what: "a private key", fix: "move it to a Secret" };

/** How a password of TLS is kept in a file, since 3.8. */
function fixOf(property: string, otherwise: string): string {
  return /(?:^|\.)ssl\..*password$/s.test(property)
    ? `set ${property}Path to a file of a Secret instead`
    : otherwise;
}

/** The secrets in the JVM flags of a text: `-Dzookeeper.ssl.keyStore.password=…`. */
function inFlags(text: string): readonly FoundSecret[] {
  return text.split(/[\s"']+/).flatMap((flag): FoundSecret[] => {
    const equals = flag.indexOf("=");
    const property = flag.slice(2, Math.max(equals, 2));
    if (!flag.startsWith("-D") || !isSecretName(property) || !isPlainSecret(flag.slice(equals + 1))) {
      return [];
    }
    const fix = fixOf(property, "take it from a variable of a Secret by $(NAME)");
    return [{ what: namedSecret(property), fix }];
  });
}

/** The secrets in the value of a container's variable or a word of its command, whatever its name is. */
export function secretsInValue(text: string): readonly FoundSecret[] {
  return hasPrivateKey(text) ? [privateKey] : inFlags(text);
}

/** The secrets in the configuration of a login module, as ZooKeeper reads it for SASL. */
function inJaas(text: string): readonly FoundSecret[] {
  if (!text.includes("LoginModule")) {
    return [];
  }
  const values = [...text.matchAll(/\b(?:password|user_\w+)\s*=\s*"([^"]*)"/g)];
  return values.some(([, value = ""]) => isPlainSecret(value))
    ? [{ what: "passwords of a JAAS login module", fix: "move the file to a Secret" }]
    : [];
}

function inProperties(text: string): readonly FoundSecret[] {
  // A script shows what it assigns, not what the value is.
  if (text.startsWith("#!")) {
    return [];
  }
  return [...parseZooCfg(text)]
    .filter(([name, value]) => isSecretName(name) && isPlainSecret(value))
    .map(([name]) => ({
      what: namedSecret(name),
      fix: fixOf(name, "move the file to a Secret"),
    }));
}

/**
 * The secrets in a file of a ConfigMap: private keys, and passwords in properties, JVM flags and JAAS modules.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_authOptions (`ssl.keyStore.passwordPath`)
 */
export function secretsInFile(text: string): readonly FoundSecret[] {
  if (hasPrivateKey(text)) {
    return [privateKey];
  }
  const jaas = inJaas(text);
  return jaas.length > 0 ? jaas : [...inProperties(text), ...inFlags(text)];
}
