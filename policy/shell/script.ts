import { hole, Scanner, wordEnds, type HereDocument, type Word } from "./scanner.ts";

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

/** What the next word is. */
type Place = "command" | "variable" | "in" | "list" | "subject" | "pattern" | "function";

/** Words that come before a command, or end one. */
const keywords: ReadonlySet<string> = new Set([
  ...["if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!"],
]);

/** Reads one list of commands, with the compound commands that are open in it. */
class ListParser {
  private readonly scanner: Scanner;
  private readonly open: ("(" | "case")[] = [];
  private words: Word[] = [];
  private place: Place = "command";
  private documents: HereDocument[] = [];

  constructor(scanner: Scanner) {
    this.scanner = scanner;
  }

  read(closes: boolean): void {
    const { scanner } = this;
    while (!scanner.ended) {
      const next = scanner.peek();
      if (next === " " || next === "\t" || next === "\r") {
        scanner.skip();
      } else if (next === "\\" && scanner.peek(1) === "\n") {
        scanner.skip(2);
      } else if (next === "#") {
        scanner.skipTo("\n");
      } else if (next === "\n") {
        this.newline();
      } else if (next === ")" && closes && this.place !== "pattern" && !this.open.includes("(")) {
        this.flush();
        scanner.skip();
        return;
      } else if (!this.operator(next)) {
        this.take(scanner.word());
      }
    }
    this.flush();
    if (closes) {
      scanner.giveUp();
    }
  }

  private newline(): void {
    this.flush();
    this.scanner.skip();
    this.scanner.hereDocuments(this.documents);
    this.documents = [];
  }

  /** Ends the command before a separator. */
  private flush(): void {
    if (this.place === "pattern" || this.place === "subject") {
      return;
    }
    if (this.words.length > 0) {
      this.scanner.commands.push(this.words);
    }
    this.words = [];
    this.place = "command";
  }

  private operator(next: string): boolean {
    const { scanner } = this;
    switch (next) {
      case ";":
        this.flush();
        // `;;`, `;&` and `;;&` end a branch of a case.
        if ((scanner.take(/;(?:;&?|&)?/y) ?? ";") !== ";" && this.open.at(-1) === "case") {
          this.place = "pattern";
        }
        return true;
      case "&":
        if (scanner.peek(1) === ">") {
          scanner.skip();
          this.redirect();
          return true;
        }
        this.flush();
        scanner.take(/&&?/y);
        return true;
      case "|":
        if (this.place === "pattern") {
          scanner.skip();
          return true;
        }
        this.flush();
        if (scanner.take(/\|[|&]?/y) !== "||") {
          scanner.fed = true;
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
    const { scanner } = this;
    const [first, ...others] = this.words;
    if (this.place === "pattern" && first === undefined) {
      scanner.skip();
    } else if (this.place === "variable" && scanner.peek(1) === "(") {
      scanner.arithmetic(true);
      this.place = "list";
    } else if (this.place !== "command") {
      scanner.giveUp();
    } else if (first === undefined && scanner.peek(1) === "(") {
      scanner.arithmetic();
    } else if (first === undefined) {
      this.open.push("(");
      scanner.skip();
    } else if (others.length === 0 && scanner.take(/\([ \t]*\)/y) !== undefined) {
      scanner.functions.add(first.text);
      this.words = [];
    } else {
      scanner.giveUp();
    }
  }

  private closesOne(): void {
    const { scanner } = this;
    if (this.place === "pattern") {
      this.words = [];
      this.place = "command";
      scanner.skip();
      return;
    }
    this.flush();
    if (this.open.at(-1) === "(") {
      this.open.pop();
      scanner.skip();
    } else {
      scanner.giveUp();
    }
  }

  private redirect(): void {
    const { scanner } = this;
    if (scanner.peek(1) === "(") {
      // What a substituted process writes is a file's name.
      scanner.skip(2);
      scanner.list(true);
      scanner.fed = true;
      this.take({ text: hole, quotedAt: 0 });
      return;
    }
    const operator = scanner.take(/<<<|<<-|<<|<>|<&|<|>>|>&|>\||>/y) ?? "";
    if (operator.startsWith("<")) {
      scanner.fed = true;
    }
    scanner.take(/[ \t]+/y);
    if (/^[<>]\($/.test(scanner.peek() + scanner.peek(1))) {
      scanner.skip(2);
      scanner.list(true);
      return;
    }
    const target = scanner.word();
    if (target.text === "" && target.quotedAt === undefined) {
      scanner.giveUp();
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
    const { scanner } = this;
    const plain = word.quotedAt === undefined ? word.text : undefined;
    if (plain !== undefined && /^\d+$/.test(plain) && /[<>]/.test(scanner.peek())) {
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
        scanner.functions.add(word.text);
        scanner.take(/[ \t]*\([ \t]*\)/y);
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
      this.scanner.giveUp();
    }
    this.place = "command";
  }

  /** Whether the first word is not yet part of a command. */
  private begins(word: Word, plain: string | undefined): boolean {
    const { scanner } = this;
    const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/.exec(word.text)?.[0];
    if (assignment !== undefined && (word.quotedAt ?? Infinity) >= assignment.length) {
      if (scanner.peek() === "(") {
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
        scanner.giveUp();
        return true;
      default:
        return false;
    }
  }

  /** The values of an array, which bash has. */
  private values(): void {
    const { scanner } = this;
    scanner.skip();
    while (!scanner.ended) {
      if (scanner.take(/[ \t\n]+/y) !== undefined) {
        continue;
      }
      if (scanner.peek() === ")") {
        scanner.skip();
        return;
      }
      if (wordEnds.includes(scanner.peek())) {
        break;
      }
      scanner.word();
    }
    scanner.giveUp();
  }

  /** The rest of `[[ … ]]`, in which operators are others than outside. */
  private condition(): void {
    const { scanner } = this;
    while (!scanner.ended) {
      if (wordEnds.includes(scanner.peek())) {
        scanner.skip();
      } else {
        const { text, quotedAt } = scanner.word();
        if (text === "]]" && quotedAt === undefined) {
          return;
        }
      }
    }
    scanner.giveUp();
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
 * What a script runs. It is only read: what is known only when it runs is a `hole`.
 *
 * @param given the script's arguments, `$1` and those that follow
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export function readScript(text: string, given: readonly string[] = []): Script {
  const scanner = new Scanner(text, (each, closes) => {
    new ListParser(each).read(closes);
  });
  scanner.list();
  const { commands, functions, whole, fed } = scanner;
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
