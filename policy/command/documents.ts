import { isAlias, isCollection, isMap, isNode, isSeq, LineCounter, parseAllDocuments, visit } from "yaml";
import type { Document, Node, Tags } from "yaml";

import { indentQuoted, type Unfinished } from "./quoted-scalars.ts";

/** A YAML document. */
export interface SourceDocument {
  readonly value: unknown;
  /** The line of a path below the document, such as `spec.ports[0].port`; if it is missing, of what contains it. */
  readonly lineOf: (path: string) => number;
}

/** Why the input, or the rest of it, cannot be read. */
export interface Fault {
  readonly line?: number;
  readonly reason: string;
  /** What to do about it, as an instruction. */
  readonly fix: string;
}

/** The documents of the input, and what cannot be read. */
export interface Documents {
  readonly documents: readonly SourceDocument[];
  readonly faults: readonly Fault[];
}

/** The most aliases that a document may use, as the time to resolve one grows with the document. */
const mostAliases = 1000;

/** The most nodes that the aliases of a document may stand for, so that ten short lines do not stand for millions. */
const mostAliasNodes = 100_000;

/** The length from which JSON is read without its lines, which would take seconds. */
const longJson = 2_000_000;

/** What YAML 1.1 resolves and kubectl does not: to kubectl these are strings. */
const notResolved: ReadonlySet<string> = new Set(["timestamp", "binary", "omap", "pairs", "set"]);

function likeKubectl(tags: Tags): Tags {
  const isSexagesimal = (tag: object): boolean => "format" in tag && tag.format === "TIME";
  return tags.filter(
    (tag) => typeof tag === "string" || !(isSexagesimal(tag) || notResolved.has(tag.tag.replace(/^.*:/, ""))),
  );
}

/** The place of a node in its text. */
const startOf = (node: Node): number => node.range?.[0] ?? 0;

const nameOf = (key: unknown): string => (isNode(key) ? String(key) : "");

/** Whether a path continues with the key. */
const continuesWith = (path: string, key: string): boolean =>
  path.startsWith(key) && ["", ".", "["].includes(path.charAt(key.length));

/** Where the path is in the text, or if it does not exist, where the last part of it is that does. */
function offsetOf(document: Document, path: string): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? startOf(node) : 0;
  let rest = path;
  while (rest !== "") {
    const parent: unknown = isAlias(node) ? node.resolve(document) : node;
    const index = /^\[(\d+)\]/.exec(rest);
    let place: unknown;
    if (isSeq(parent) && index !== null) {
      node = place = parent.items[Number(index[1])];
      rest = rest.slice(index[0].length);
    } else if (isMap(parent)) {
      // Keys may contain dots: the longest one counts, and if it is given twice, the last.
      const [pair] = parent.items
        .filter(({ key }) => continuesWith(rest, nameOf(key)))
        .reverse()
        .sort((a, b) => nameOf(b.key).length - nameOf(a.key).length);
      node = pair?.value;
      place = pair?.key;
      rest = rest.slice(nameOf(place).length);
    }
    if (!isNode(place)) {
      return offset;
    }
    offset = startOf(place);
    rest = rest.replace(/^\./, "");
  }
  return offset;
}

interface Composed {
  readonly all: readonly Document.Parsed[];
  readonly lineOf: (offset: number) => number;
}

function compose(text: string): Composed {
  const lineCounter = new LineCounter();
  const all = parseAllDocuments(text, {
    // kubectl reads YAML 1.1: yes is true, 0644 is octal, and of a key that is given twice the last value counts.
    version: "1.1",
    customTags: likeKubectl,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
    lineCounter,
  });
  return { all: [...all], lineOf: (offset) => Math.max(1, lineCounter.linePos(offset).line) };
}

/** The quoted scalars with lines that are not indented enough, where that is the first error of a document. */
function unfinishedIn({ all }: Composed): readonly Unfinished[] {
  return all.flatMap(({ errors: [error] }): Unfinished[] =>
    error?.code === "MISSING_CHAR" && /closing ["']quote/.test(error.message)
      ? [{ end: error.pos[0], quote: error.message.includes('"') ? '"' : "'" }]
      : [],
  );
}

/** The most characters to parse again, so that a document with many errors does not take too long. */
const mostReread = 500_000;

/** The number of documents with a fault. */
const faulty = ({ all }: Composed): number => all.filter(({ errors }) => errors.length > 0).length;

/** The documents of the text, with quoted scalars as kubectl reads them: whatever the indentation of their lines. */
function composeLikeKubectl(text: string): Composed {
  const composed = compose(text);
  let [before, indented, read] = ["", text, composed];
  for (let left = mostReread; indented !== before && indented.length <= left; left -= indented.length) {
    before = indented;
    // From the end, as each makes the text longer.
    for (const unfinished of unfinishedIn(read).toReversed()) {
      indented = indentQuoted(indented, unfinished) ?? indented;
    }
    read = indented === before ? read : compose(indented);
  }
  // If a quote is missing indeed, the error of the text as it is shows the place.
  return faulty(read) < faulty(composed) ? read : composed;
}

/** What a document must not have: too many aliases, or placeholders of a template (`a: {{ .b }}` is also YAML). */
function faultIn(document: Document, lineOf: (offset: number) => number): Fault | undefined {
  let aliases = 0;
  let placeholder: Node | undefined;
  visit(document, {
    Alias: () => {
      aliases++;
    },
    Pair: (_, { key }) => {
      if (isCollection(key)) {
        placeholder = key;
        return visit.BREAK;
      }
      return undefined;
    },
  });
  if (placeholder !== undefined) {
    return { line: lineOf(startOf(placeholder)), reason: "it is a template", fix: renderFirst };
  }
  if (aliases > mostAliases) {
    return {
      line: lineOf(offsetOf(document, "")),
      reason: `the document has more than ${mostAliases} aliases`,
      fix: "write out what they stand for",
    };
  }
  return undefined;
}

const renderFirst =
  "render the template first, such as with helm template or kustomize build, and validate the result";

function readDocument(document: Document.Parsed, text: string, { lineOf }: Composed): SourceDocument | Fault {
  const [error] = document.errors;
  if (error !== undefined) {
    const line = lineOf(error.pos[0]);
    if (error.code === "RESOURCE_EXHAUSTION") {
      return { line, reason: "it is nested too deeply", fix: "give a document that kubectl accepts" };
    }
    const fix = text.includes("{{") ? renderFirst : "correct the document";
    return { line, reason: `it is not YAML: ${error.message}`, fix };
  }
  const fault = faultIn(document, lineOf);
  if (fault !== undefined) {
    return fault;
  }
  try {
    return {
      value: document.toJS({ maxAliasCount: mostAliasNodes }) as unknown,
      lineOf: (path) => lineOf(offsetOf(document, path)),
    };
  } catch (error) {
    // Also a merge key whose value is no map.
    const line = lineOf(offsetOf(document, ""));
    const said = error instanceof Error ? error.message : String(error);
    return { line, reason: `its aliases or merge keys: ${said}`, fix: "write out what they stand for" };
  }
}

/** The value of a JSON text; undefined if it is none. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** The documents of a YAML or JSON text, as kubectl reads them. */
export function readDocuments(text: string): Documents {
  const json = parseJson(text);
  if (json !== undefined) {
    let composed: Composed | undefined;
    const lineOf = (path: string): number => {
      if (text.length >= longJson) {
        return 1;
      }
      composed ??= compose(text);
      const [document] = composed.all;
      return document === undefined ? 1 : composed.lineOf(offsetOf(document, path));
    };
    return { documents: [{ value: json.value, lineOf }], faults: [] };
  }
  const composed = composeLikeKubectl(text);
  const read = composed.all.map((document) => readDocument(document, text, composed));
  return {
    documents: read.filter((each) => "value" in each),
    faults: read.filter((each) => "reason" in each),
  };
}
