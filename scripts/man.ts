// The manual pages, from the same declarations as the help: one for the program, and one for each of its commands with its
// subcommands.

import { type Declaration, isHidden, type Node, type Spec } from "../src/cli/command.ts";
import { EXIT_WORDS } from "../src/cli/exit.ts";
import { GLOBAL_OPTIONS } from "../src/cli/globals.ts";
import { TREE } from "../src/cli/tree.ts";

const shown = TREE.filter(({ declaration }) => !isHidden(declaration));

/** Every page by its file name, such as `outdial-tag.1`. */
export function manualPages(): Readonly<Record<string, string>> {
  const own = shown.map((node) => [`outdial-${node.declaration.name}.1`, pageOf(node)] as const);
  return { "outdial.1": programPage(), ...Object.fromEntries(own) };
}

function programPage(): string {
  return page("outdial", "operates outbound dialing campaigns on NICE CXone", [
    ...section("SYNOPSIS", [".B outdial", "[options] command [arguments]"]),
    ...section(
      "COMMANDS",
      shown.flatMap(({ declaration: { name, summary } }) => item(`outdial-${name}(1)`, summary)),
    ),
    ...section("OPTIONS", GLOBAL_OPTIONS.flatMap(optionItem)),
    ...section(
      "EXIT STATUS",
      Object.entries(EXIT_WORDS).flatMap(([code, words]) => item(code, words)),
    ),
    ...section("FILES", [
      ...item("outdial.yaml", "the workplace's settings"),
      ...item(".outdial", "the embedded store and the keys of the audit log"),
    ]),
  ]);
}

function pageOf(node: Node): string {
  const { name, summary } = node.declaration;
  const all = flat(node, "outdial");
  return page(`outdial-${name}`, summary, [
    ...section(
      "SYNOPSIS",
      all
        .filter(({ runs }) => runs)
        .flatMap(({ path, declaration }, i) => [...(i === 0 ? [] : [".br"]), `.B ${text(path)}`, synopsis(declaration)]),
    ),
    ...section("DESCRIPTION", all.length === 1 ? body(node.declaration) : []),
    ...(all.length === 1
      ? []
      : all
          .filter(({ runs }) => runs)
          .flatMap(({ path, declaration }) => [`.SS ${text(path)}`, text(declaration.summary), ".PP", ...body(declaration)])),
    ...section("SEE ALSO", [".BR outdial (1)"]),
  ]);
}

interface Placed {
  readonly path: string;
  readonly declaration: Declaration;
  readonly runs: boolean;
}

function flat({ declaration, run, children }: Node, above: string): Placed[] {
  const path = `${above} ${declaration.name}`;
  return [{ path, declaration, runs: run !== undefined }, ...children.flatMap((child) => flat(child, path))];
}

function synopsis({ args, options }: Declaration): string {
  const needed = options.filter(({ isRequired }) => isRequired === true).map(({ flags }) => flags);
  return text([...needed, ...(options.length > needed.length ? ["[options]"] : []), ...args.map(({ flags }) => flags)].join(" "));
}

/** Arguments, options, notes and examples. */
function body({ args, options, notes, examples = [] }: Declaration): string[] {
  return [
    ...args.flatMap(({ flags, help, standard }) => item(flags, `${help}${defaultOf(standard)}`)),
    ...options.flatMap(optionItem),
    ...(notes === undefined ? [] : [".PP", ".nf", ...notes.split("\n").map(text), ".fi"]),
    ...(examples.length === 0 ? [] : [".PP", ".nf", ...examples.map((line) => `\\fB$ ${text(line)}\\fR`), ".fi"]),
  ];
}

function optionItem({ flags, help, standard, isRequired, listed }: Spec): string[] {
  const more = [...(isRequired === true ? ["required"] : []), ...(listed === undefined ? [] : [`one of ${listed.join(", ")}`])];
  return item(flags, `${help}${more.length === 0 ? "" : ` (${more.join("; ")})`}${defaultOf(standard)}`);
}

const defaultOf = (standard: Spec["standard"]): string =>
  standard === undefined || standard.length === 0 ? "" : ` (default: ${String(standard)})`;

function page(name: string, summary: string, sections: readonly string[]): string {
  return [`.TH ${name.toUpperCase()} 1`, ".SH NAME", `${text(name)} \\- ${text(summary)}`, ...sections, ""].join("\n");
}

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [`.SH ${title}`, ...lines]);

const item = (term: string, help: string): string[] => [".TP", `\\fB${text(term)}\\fR`, text(help)];

/** Text escaped for roff: hyphens stay hyphens, and no line begins with a request. */
function text(plain: string): string {
  const escaped = plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/[^ -~]/gu, (letter) => `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
