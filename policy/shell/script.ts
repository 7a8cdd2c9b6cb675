/** What stands in a word for a part that only running it would tell. */
export const hole = "\0";

/** A command of a script: its words, quotes taken away, with a `hole` for each expansion. */
export type Command = readonly string[];

/** What a script of the POSIX shell or of bash runs. */
export interface Script {
  /** All commands in it, whether or not a run comes to them: also those in substitutions and in functions. */
  readonly commands: readonly Command[];
  /** The functions that it defines, whose commands are among the others. */
  readonly functions: ReadonlySet<string>;
  /** Whether all of it was understood. */
  readonly whole: boolean;
  /** Whether a command may read what another one writes, or a file. */
  readonly fed: boolean;
}

interface Word {
  readonly text: string;
  /** Where the first quote or expansion is; undefined if there is none. */
  readonly quotedAt: number | undefined;
  /** Whether it stands for all arguments: `"$@"`. */
  readonly all?: boolean;
}

interface HereDocument {
  readonly delimiter: string;
  readonly stripsTabs: boolean;
  readonly expands: boolean;
}

/** What the next word is. */
type Place = "command" | "variable" | "in" | "list" | "subject" | "pattern" | "function";

/** Deeper than anybody nests; bounds the depth of the reader's own calls. */
const deepest = 50;

/** Words that stand before a command, or close one. */
const keywords: ReadonlySet<string> = new Set([
  ...["if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!"],
]);

const wordEnds = " \t\n;&|()<>";

/** Reads a script once from front to back: the time is proportional to its length. */
class Reader {
  readonly commands: Word[][] = [];
  readonly functions = new Set<string>();
  whole = true;
  fed = false;
  private readonly text: string;
  private at = 0;
  private depth: number;

  constructor(text: string, depth = 0) {
    this.text = text;
    this.depth = depth;
  }

  /** Reads commands to the end of the text, or to the parenthesis that closes a substitution. */
  list(closes = false): void {
    this.deeper(() => {
      new ListReader(this).read(closes);
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

  /** A text up to the closing quote, or to the end if there is none to come. */
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

  /** The rest of an expansion in braces, in which others may stand. */
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
    // Only what stands in calculations: it may as well be a command in two pairs of parentheses.
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
    this.adopt(new Reader(inside, this.depth + 1), (reader) => {
      reader.list();
    });
    return hole;
  }

  /** Reads a text by itself; what is found in it is found here. */
  adopt(reader: Reader, read: (reader: Reader) => void): void {
    read(reader);
    for (const command of reader.commands) {
      this.commands.push(command);
    }
    for (const name of reader.functions) {
      this.functions.add(name);
    }
    this.whole &&= reader.whole;
    this.fed ||= reader.fed;
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
        this.adopt(new Reader(lines.join("\n"), this.depth + 1), (reader) => {
          reader.expansions();
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

/** Reads one list of commands, with the compound commands that are open in it. */
class ListReader {
  private readonly reader: Reader;
  private readonly open: ("(" | "case")[] = [];
  private words: Word[] = [];
  private place: Place = "command";
  private documents: HereDocument[] = [];

  constructor(reader: Reader) {
    this.reader = reader;
  }

  read(closes: boolean): void {
    const { reader } = this;
    while (!reader.ended) {
      const next = reader.peek();
      if (next === " " || next === "\t" || next === "\r") {
        reader.skip();
      } else if (next === "\\" && reader.peek(1) === "\n") {
        reader.skip(2);
      } else if (next === "#") {
        reader.skipTo("\n");
      } else if (next === "\n") {
        this.newline();
      } else if (next === ")" && closes && this.place !== "pattern" && !this.open.includes("(")) {
        this.flush();
        reader.skip();
        return;
      } else if (!this.operator(next)) {
        this.take(reader.word());
      }
    }
    this.flush();
    if (closes) {
      reader.giveUp();
    }
  }

  private newline(): void {
    this.flush();
    this.reader.skip();
    this.reader.hereDocuments(this.documents);
    this.documents = [];
  }

  /** Ends the command that stands before a separator. */
  private flush(): void {
    if (this.place === "pattern" || this.place === "subject") {
      return;
    }
    if (this.words.length > 0) {
      this.reader.commands.push(this.words);
    }
    this.words = [];
    this.place = "command";
  }

  private operator(next: string): boolean {
    const { reader } = this;
    switch (next) {
      case ";":
        this.flush();
        // `;;`, `;&` and `;;&` end a branch of a case.
        if ((reader.take(/;(?:;&?|&)?/y) ?? ";") !== ";" && this.open.at(-1) === "case") {
          this.place = "pattern";
        }
        return true;
      case "&":
        if (reader.peek(1) === ">") {
          reader.skip();
          this.redirect();
          return true;
        }
        this.flush();
        reader.take(/&&?/y);
        return true;
      case "|":
        if (this.place === "pattern") {
          reader.skip();
          return true;
        }
        this.flush();
        if (reader.take(/\|[|&]?/y) !== "||") {
          reader.fed = true;
        }
        return true;
      case "(":
        this.opens();
        return true;
      case ")":
        this.closesOne();
        return true;
      case "<":
      case ">":
        this.redirect();
        return true;
      default:
        return false;
    }
  }

  private opens(): void {
    const { reader } = this;
    const [first, ...others] = this.words;
    if (this.place === "pattern" && first === undefined) {
      reader.skip();
    } else if (this.place === "variable" && reader.peek(1) === "(") {
      reader.arithmetic(true);
      this.place = "list";
    } else if (this.place !== "command") {
      reader.giveUp();
    } else if (first === undefined && reader.peek(1) === "(") {
      reader.arithmetic();
    } else if (first === undefined) {
      this.open.push("(");
      reader.skip();
    } else if (others.length === 0 && reader.take(/\([ \t]*\)/y) !== undefined) {
      reader.functions.add(first.text);
      this.words = [];
    } else {
      reader.giveUp();
    }
  }

  private closesOne(): void {
    const { reader } = this;
    if (this.place === "pattern") {
      this.words = [];
      this.place = "command";
      reader.skip();
      return;
    }
    this.flush();
    if (this.open.at(-1) === "(") {
      this.open.pop();
      reader.skip();
    } else {
      reader.giveUp();
    }
  }

  private redirect(): void {
    const { reader } = this;
    if (reader.peek(1) === "(") {
      // What a substituted process writes is a file's name.
      reader.skip(2);
      reader.list(true);
      reader.fed = true;
      this.take({ text: hole, quotedAt: 0 });
      return;
    }
    const operator = reader.take(/<<<|<<-|<<|<>|<&|<|>>|>&|>\||>/y) ?? "";
    if (operator.startsWith("<")) {
      reader.fed = true;
    }
    reader.take(/[ \t]+/y);
    if (/^[<>]\($/.test(reader.peek() + reader.peek(1))) {
      reader.skip(2);
      reader.list(true);
      return;
    }
    const target = reader.word();
    if (target.text === "" && target.quotedAt === undefined) {
      reader.giveUp();
    }
    if (operator === "<<" || operator === "<<-") {
      this.documents.push({
        delimiter: target.text,
        stripsTabs: operator === "<<-",
        expands: target.quotedAt === undefined,
      });
    }
  }

  private take(word: Word): void {
    const { reader } = this;
    const plain = word.quotedAt === undefined ? word.text : undefined;
    if (plain !== undefined && /^\d+$/.test(plain) && /[<>]/.test(reader.peek())) {
      return;
    }
    switch (this.place) {
      case "variable":
        this.place = "in";
        return;
      case "in":
        this.place = plain === "in" ? "list" : "command";
        return;
      case "list":
        return;
      case "subject":
        if (plain === "in") {
          this.place = "pattern";
        }
        return;
      case "pattern":
        if (this.words.length === 0 && plain === "esac") {
          this.endCase();
        } else {
          this.words.push(word);
        }
        return;
      case "function":
        reader.functions.add(word.text);
        reader.take(/[ \t]*\([ \t]*\)/y);
        this.place = "command";
        return;
      case "command":
        if (this.words.length === 0 && this.begins(word, plain)) {
          return;
        }
        this.words.push(word);
    }
  }

  private endCase(): void {
    if (this.open.at(-1) === "case") {
      this.open.pop();
    } else {
      this.reader.giveUp();
    }
    this.place = "command";
  }

  /** Whether a word where a command begins is no part of the command. */
  private begins(word: Word, plain: string | undefined): boolean {
    const { reader } = this;
    const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/.exec(word.text)?.[0];
    if (assignment !== undefined && (word.quotedAt ?? Infinity) >= assignment.length) {
      if (reader.peek() === "(") {
        this.values();
      }
      return true;
    }
    if (plain === undefined) {
      return false;
    }
    if (keywords.has(plain)) {
      return true;
    }
    switch (plain) {
      case "for":
      case "select":
        this.place = "variable";
        return true;
      case "case":
        this.open.push("case");
        this.place = "subject";
        return true;
      case "esac":
        this.endCase();
        return true;
      case "function":
        this.place = "function";
        return true;
      case "[[":
        this.condition();
        return true;
      case "coproc":
        reader.giveUp();
        return true;
      default:
        return false;
    }
  }

  /** The values of an array, which bash has. */
  private values(): void {
    const { reader } = this;
    reader.skip();
    while (!reader.ended) {
      if (reader.take(/[ \t\n]+/y) !== undefined) {
        continue;
      }
      if (reader.peek() === ")") {
        reader.skip();
        return;
      }
      if (wordEnds.includes(reader.peek())) {
        break;
      }
      reader.word();
    }
    reader.giveUp();
  }

  /** The rest of `[[ … ]]`, in which operators are others than outside. */
  private condition(): void {
    const { reader } = this;
    while (!reader.ended) {
      if (wordEnds.includes(reader.peek())) {
        reader.skip();
      } else {
        const { text, quotedAt } = reader.word();
        if (text === "]]" && quotedAt === undefined) {
          return;
        }
      }
    }
    reader.giveUp();
  }
}

/** Whether the command gives the script other arguments than it was started with. */
function changesArguments([first, ...others]: readonly Word[]): boolean {
  if (first?.text === "shift") {
    return true;
  }
  const next = others[0]?.text ?? "-e";
  return first?.text === "set" && (!/^[-+]./.test(next) || others.some(({ text }) => text === "--"));
}

/**
 * What a script runs. It is not run, and nothing is looked up: what only a run could tell is a `hole`.
 *
 * @param given the script's arguments, `$1` and those that follow
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export function readScript(text: string, given: readonly string[] = []): Script {
  const reader = new Reader(text);
  reader.list();
  const { commands, functions, whole, fed } = reader;
  // In a function, `"$@"` are the function's own.
  const known = functions.size === 0 && !commands.some(changesArguments);
  return {
    commands: commands.map((words) =>
      words.flatMap((word) => (word.all === true && known ? given : [word.text])),
    ),
    functions,
    whole,
    fed,
  };
}
