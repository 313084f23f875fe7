// The fences of a document: what they are, and the commands in them as a shell would read them. Pure text.
//
// A fence says what it is with its language: `sh` and `console` are run, `ts` is a program, `yaml`, `json` and `csv` are files whose kind stands after the
// language, `text` is what the command before it says. Before a fence that is not run stands `<!-- not run: REASON -->`.

/** One fence of a document. */
export interface Fence {
  /** Line of its opening, from 1. */
  readonly line: number;
  readonly language: string;
  /** What stands after the language: of a file the kind. */
  readonly kind: string;
  readonly text: string;
  /** Why it is not run; undefined where it is. */
  readonly notRun: string | undefined;
}

const MARK = /^ *<!-- not run:(.*)-->$/;

/** The fences of a Markdown document. Throws for a fence without an end, and for a mark without a reason or a fence. */
export function fencesOf(markdown: string): Fence[] {
  const lines = markdown.split("\n");
  const fences: Fence[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (MARK.test(lines[i] ?? "") && !/^ *```/.test(lines[i + 1] ?? "")) throw new Error(`line ${i + 1}: a mark without a fence`);
    const [, indent = "", language = "", kind = ""] = /^( *)```(\S*) *(.*)$/.exec(lines[i] ?? "") ?? [];
    if (!/^ *```/.test(lines[i] ?? "")) continue;
    const end = lines.findIndex((line, at) => at > i && line === `${indent}\`\`\``);
    if (end < 0) throw new Error(`line ${i + 1}: a fence without an end`);
    const [, reason] = MARK.exec(lines[i - 1] ?? "") ?? [];
    if (reason?.trim() === "") throw new Error(`line ${i + 1}: a mark without a reason`);
    const text = lines.slice(i + 1, end).map((line) => line.slice(indent.length));
    fences.push({ line: i + 1, language, kind: kind.trim(), text: text.join("\n"), notRun: reason?.trim() });
    i = end;
  }
  return fences;
}

/** One command of a shell. */
export interface Command {
  /** As it is written, without its comment. */
  readonly written: string;
  /** Variables that are set for it; those of `export` stay. */
  readonly sets: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** File that its output goes to. */
  readonly into: string | undefined;
  /** What a document shows of its output: lines, where it shows some. */
  readonly shown: readonly string[];
}

/** The commands of an `sh` or `console` fence, in order. Throws for what it does not read. */
export function commandsOf({ language, text }: Pick<Fence, "language" | "text">): Command[] {
  if (language === "sh") return joined(text.split("\n")).flatMap((line) => commandsIn(line, []));
  const commands: Command[] = [];
  for (const part of text.split(/^\$ /m).slice(1)) {
    const [first = "", ...shown] = joined(part.trimEnd().split("\n"));
    commands.push(...commandsIn(first, shown));
  }
  return commands;
}

/** Lines that a backslash continues are one. */
const joined = (lines: readonly string[]): string[] => lines.join("\n").replaceAll("\\\n", " ").split("\n");

function commandsIn(line: string, shown: readonly string[]): Command[] {
  const parts: string[][] = [[]];
  for (const word of wordsOf(line)) {
    if (word === "&&") parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts
    .filter((words) => words.length > 0)
    .map((all, i) => {
      const words = [...all];
      const sets: Record<string, string> = {};
      const exports = words[0] === "export";
      if (exports) words.shift();
      for (let set = SETS.exec(words[0] ?? ""); set !== null; set = SETS.exec(words[0] ?? "")) {
        sets[set[1] ?? ""] = set[2] ?? "";
        words.shift();
      }
      const at = words.indexOf(">");
      const into = at < 0 ? undefined : words.splice(at, 2)[1];
      const written = all.join(" ");
      // `source <(COMMAND)`: the command is run, and its output is the shell's own business.
      if (words[0] === "source") words.splice(0, 2, ...(words[1] ?? "").replace(/^<\(/, "").split(" "));
      if (words[0] === "npx") words.shift();
      return { written, sets, words: exports ? ["export"] : words, into, shown: i === parts.length - 1 ? shown : [] };
    });
}

const SETS = /^([A-Z][A-Z0-9_]*)=(.*)$/s;

/** The words of a command line, without quotes; a comment ends it. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  const word = /\s*(#.*$|<\([^)]*\)|&&|>|(?:'[^']*'|"[^"]*"|[^\s'"#&>][^\s'"&>]*|&(?!&))+)/y;
  const rest = line.trimEnd();
  while (word.lastIndex < rest.length) {
    const from = word.lastIndex;
    const [, found] = word.exec(rest) ?? [];
    if (found === undefined) throw new Error(`cannot read this command line from ${from}: ${line}`);
    if (found.startsWith("#")) break;
    if (/^[|;`]|\$\(/.test(found)) throw new Error(`this is not read here: ${line}`);
    words.push(found.startsWith("<(") ? found.slice(0, -1) : found.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
  }
  return words;
}

/** The form of a line of output: numbers and names that are made anew each time count as equal, as do the blanks between columns. */
const formOf = (line: string): string =>
  line
    .replaceAll(/\b[0-9a-f]{6,}…?/g, "0")
    .replaceAll(/[+-]?\d[\d.,:]*(?:T[\d:.]+Z)?/g, "0")
    .replaceAll(/\s+/g, " ")
    .trim();

/** The lines that a document shows and `output` does not have in this form; `…` stands for anything. @param exact holds numbers and blanks as well */
export function missingOf(shown: readonly string[], output: string, exact = false): string[] {
  const form = exact ? (line: string) => line.trimEnd() : formOf;
  const lines = output.split("\n").map(form);
  return shown.filter((line) => {
    if (line.trim() === "" || line.trim() === "…") return false;
    const parts = form(line)
      .split("…")
      .map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const wanted = new RegExp(`^\\s*${parts.join(".*")}\\s*$`, "u");
    return !lines.some((one) => wanted.test(one));
  });
}
