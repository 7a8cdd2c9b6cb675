/** Replaces a part of a word that is only known when the script runs. */
export const hole = "\0";

/** A word, quotes removed. */
export interface Word {
  readonly text: string;
  /** Where the first quote or expansion is; undefined if there is none. */
  readonly quotedAt: number | undefined;
  /** Whether it is all arguments: `"$@"`. */
  readonly all?: boolean;
}

/** A here document that a line has named. */
export interface HereDocument {
  readonly delimiter: string;
  readonly stripsTabs: boolean;
  readonly expands: boolean;
}

/** Deeper than anybody nests; bounds the depth of the reader's own calls. */
const deepest = 50;

/** The characters that end a word outside of quotes. */
export const wordEnds = " \t\n;&|()<>";

/** Reads the commands that come next, to the end of the text, or to the parenthesis that closes a substitution. */
export type ReadList = (scanner: Scanner, closes: boolean) => void;

/**
 * Reads the words of a script, with their quotes and expansions, once from front to back: the time is proportional to
 * its length. What it finds on the way, in substitutions too, it collects.
 */
export class Scanner {
  readonly commands: Word[][] = [];
  readonly functions = new Set<string>();
  whole = true;
  fed = false;
  private readonly text: string;
  private readonly readList: ReadList;
  private at = 0;
  private depth: number;

  constructor(text: string, readList: ReadList, depth = 0) {
    this.text = text;
    this.readList = readList;
    this.depth = depth;
  }

  /** Reads commands to the end of the text, or to the parenthesis that closes a substitution. */
  list(closes = false): void {
    this.deeper(() => {
      this.readList(this, closes);
    });
  }

  /** Reads a text in which only expansions count, as in a here document. */
  expansions(): void {
    this.quoted(undefined);
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** What comes next, `ahead` characters on. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  skip(count = 1): void {
    this.at += count;
  }

  skipTo(character: string): void {
    const next = this.text.indexOf(character, this.at);
    this.at = next === -1 ? this.text.length : next;
  }

  /** What the expression matches here, which is then behind. */
  take(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  giveUp(): void {
    this.whole = false;
    this.at = this.text.length;
  }

  word(): Word {
    if (this.take(/"\$[@*]"(?=[ \t\n;&|()<>]|$)|\$[@*](?=[ \t\n;&|()<>]|$)/y) !== undefined) {
      return { text: hole, quotedAt: 0, all: true };
    }
    let text = "";
    let quotedAt: number | undefined;
    while (!this.ended && !wordEnds.includes(this.peek())) {
      const next = this.peek();
      if (next === "\\" && this.peek(1) === "\n") {
        this.skip(2);
        continue;
      }
      if ("\\'\"$`".includes(next)) {
        quotedAt ??= text.length;
      }
      text += this.part(next);
    }
    return { text, quotedAt };
  }

  /** A part of a word outside of double quotes. */
  private part(next: string): string {
    switch (next) {
      case "\\":
        this.skip(2);
        return this.text.charAt(this.at - 1);
      case "'":
        return this.singleQuoted();
      case '"':
        this.skip();
        return this.quoted('"');
      case "$":
        return this.expansion(false);
      case "`":
        return this.backquoted();
      default:
        this.skip();
        return next;
    }
  }

  private singleQuoted(): string {
    const end = this.text.indexOf("'", this.at + 1);
    if (end === -1) {
      this.giveUp();
      return hole;
    }
    const text = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return text;
  }

  /** A text up to the closing quote, or to the end if there is none. */
  private quoted(end: string | undefined): string {
    let text = "";
    while (!this.ended) {
      const next = this.peek();
      if (next === end) {
        this.skip();
        return text;
      }
      if (next === "\\") {
        const escaped = this.peek(1);
        text += '$`"\\'.includes(escaped) ? escaped : escaped === "\n" ? "" : `\\${escaped}`;
        this.skip(2);
      } else if (next === "$") {
        text += this.expansion(true);
      } else if (next === "`") {
        text += this.backquoted();
      } else {
        text += next;
        this.skip();
      }
    }
    if (end !== undefined) {
      this.giveUp();
    }
    return text;
  }

  /** What a dollar sign begins. */
  private expansion(quoted: boolean): string {
    const next = this.peek(1);
    if (next === "(" && this.peek(2) === "(") {
      this.arithmetic();
      return hole;
    }
    if (next === "(") {
      this.skip(2);
      this.list(true);
      return hole;
    }
    if (next === "{") {
      this.skip(2);
      this.deeper(() => {
        this.braces(quoted);
      });
      return hole;
    }
    if (next === "'" && !quoted) {
      // Escapes as in C, which are of no use in a name.
      this.skip(2);
      while (!this.ended && this.peek() !== "'") {
        this.skip(this.peek() === "\\" ? 2 : 1);
      }
      this.skip();
      return hole;
    }
    if (this.take(/\$(?:[A-Za-z_]\w*|[0-9@*#?$!-])/y) !== undefined) {
      return hole;
    }
    this.skip();
    return next === '"' && !quoted ? "" : "$";
  }

  /** The rest of an expansion in braces, which may contain others. */
  private braces(quoted: boolean): void {
    while (!this.ended && this.peek() !== "}") {
      const next = this.peek();
      // Inside of double quotes it is a quote for some expansions, and none for others.
      if (next === "'" && quoted) {
        this.giveUp();
      } else {
        this.part(next);
      }
    }
    if (this.ended) {
      this.giveUp();
    }
    this.skip();
  }

  /**
   * A calculation: `((…))`, with or without a dollar sign in front.
   *
   * @param loops whether it is the head of a loop: `for ((i=0; i<3; i++))`
   */
  arithmetic(loops = false): void {
    const end = this.text.indexOf("))", this.at);
    const between = end === -1 ? "`" : this.text.slice(this.at + 2, end);
    const inside = loops ? between.replaceAll(";", " ") : between;
    // Only the characters of calculations: anything else may be a command in two pairs of parentheses.
    if (!/^[\w\s+*/%<>=!&|^~?:,$()[\]{}#@-]*$/.test(inside) || inside.includes("$(")) {
      this.giveUp();
    } else {
      this.at = end + 2;
    }
  }

  /** A command in backquotes, which is a script by itself, with its own backslashes. */
  private backquoted(): string {
    this.skip();
    let inside = "";
    while (!this.ended && this.peek() !== "`") {
      if (this.peek() === "\\" && "`$\\".includes(this.peek(1))) {
        this.skip();
      }
      inside += this.peek();
      this.skip();
    }
    if (this.ended) {
      this.giveUp();
    }
    this.skip();
    this.adopt(new Scanner(inside, this.readList, this.depth + 1), (scanner) => {
      scanner.list();
    });
    return hole;
  }

  /** Reads a text by itself; what is found in it is found here. */
  private adopt(scanner: Scanner, read: (scanner: Scanner) => void): void {
    read(scanner);
    for (const command of scanner.commands) {
      this.commands.push(command);
    }
    for (const name of scanner.functions) {
      this.functions.add(name);
    }
    this.whole &&= scanner.whole;
    this.fed ||= scanner.fed;
  }

  /** The bodies of here documents, which begin on the line after the one that names them. */
  hereDocuments(documents: readonly HereDocument[]): void {
    for (const { delimiter, stripsTabs, expands } of documents) {
      const lines: string[] = [];
      while (!this.ended) {
        const start = this.at;
        this.skipTo("\n");
        const line = this.text.slice(start, this.at);
        this.skip();
        if ((stripsTabs ? line.replace(/^\t+/, "") : line) === delimiter) {
          break;
        }
        lines.push(line);
      }
      if (expands) {
        this.adopt(new Scanner(lines.join("\n"), this.readList, this.depth + 1), (scanner) => {
          scanner.expansions();
        });
      }
    }
  }

  private deeper(read: () => void): void {
    if (this.depth >= deepest) {
      this.giveUp();
      return;
    }
    this.depth += 1;
    read();
    this.depth -= 1;
  }
}
