// How a command is declared: its name, arguments, options and help, once. What runs gets their values, checked, with the types that follow from
// the declaration.
//
// The declaration (groups/) and what runs (commands/) are two files. Every start reads all declarations, for the help and for finding the
// command, and the code of one command only: help takes no longer for what the commands do, and their code imports what it uses as all other code
// does. `Run<typeof declaration>` types a body by its declaration; the tree (tree.ts) gives `runBy` both, which does not compile when they do
// not fit.

import { Argument, Command, Option } from "commander";
import type { Makes, ServiceAddress, Standing, StoreUse } from "../app/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Io } from "./io.ts";

/** Where a command works: what opens stores and tenants is told it together with the options that name them. */
export interface Place {
  readonly config: string | undefined;
  readonly dir: string | undefined;
  /** A name of the configuration's tenants; true where the flag came without one. */
  readonly tenant: string | true | undefined;
  /** The working folder. */
  readonly cwd: string;
  readonly clock: Clock;
  /** What to do where there is no store. */
  readonly store: StoreUse;
  /** The service that OUTDIAL_URL names, for a command that goes through it. */
  readonly service: ServiceAddress | undefined;
}

/** Campaigns as documents, the vendor's events, its audit log, its simulator, closed interactions, its own lists of numbers, its callbacks. */
export type Want =
  | "campaigns as one document"
  | "vendor events"
  | "vendor audit"
  | "simulator"
  | "interactions"
  | "do-not-call groups"
  | "callbacks";

type Tells = "place" | "lists" | "itself";

/** An argument or an option. The builders of declare.ts make them. */
export interface Spec<Key extends string = string, Value = unknown> {
  /** Its name in `args` or `options`: `dryRun` of --dry-run. */
  readonly key: Key;
  /** As the help shows it: `--limit <n>`, `<file>`, `[ids...]`. */
  readonly flags: string;
  readonly help: string;
  /** Stands in for what was not given; shown in the help. */
  readonly standard?: string | readonly string[] | undefined;
  readonly isRequired?: boolean | undefined;
  /** It may be given several times. */
  readonly isMany?: boolean;
  /** Words that the help lists and commander checks. */
  readonly listed?: readonly string[] | undefined;
  /** The value of what commander read. Throws `invalid_input` naming the flag, what was given and what is allowed. */
  readonly read: (given: unknown, place: Pick<Place, "cwd" | "clock">) => Value | Promise<Value>;
}

export type ValuesOf<Specs extends readonly Spec[]> = {
  readonly [One in Specs[number] as One["key"]]: Awaited<ReturnType<One["read"]>>;
};

export interface Declaration<Args extends readonly Spec[] = readonly Spec[], Options extends readonly Spec[] = readonly Spec[]> {
  readonly name: string;
  readonly summary: string;
  readonly args: Args;
  readonly options: Options;
  /** What the help says below the options. */
  readonly notes?: string | undefined;
  readonly examples?: readonly string[] | undefined;
  /** What it makes where there is no store; all others find one: an answer about nothing would pass for one about people. */
  readonly makes: Makes;
  /** It says which store and tenant it used; `lists`: and since when the company's list and the registries are there; `itself`: in words of its own. */
  readonly tells: Tells | undefined;
  /** What is said when Ctrl-C has ended it through `io.signal`. */
  readonly interrupted?: string | undefined;
  /** What it needs of the tenant that not every profile has. */
  readonly wants?: Want | undefined;
  /** Where OUTDIAL_URL is set: `through` that service, or `here` all the same. All others that work with a store or a tenant are refused then. */
  readonly runs?: "through" | "here" | undefined;
}

/** What runs a command. @returns the exit code; nothing is EXIT.done */
// oxlint-disable-next-line typescript/no-invalid-void-type -- most commands have nothing to return
export type Run<D extends Declaration> = (given: Given<D>) => Promise<number | void>;

interface Given<D extends Declaration> {
  readonly args: ValuesOf<D["args"]>;
  readonly options: OptionsOf<D>;
  readonly io: Io;
  /** Which store and tenant were used; null before the store is open. For `--json`. */
  readonly standing: () => Standing | null;
  /** All commands. */
  readonly commands: readonly Node[];
}

export type OptionsOf<D extends Declaration> = ValuesOf<D["options"]> & Place;

/** What a command works with besides this machine: the options that name it, what it makes, and what it says of that. */
export interface Workplace<Options extends readonly Spec[] = readonly Spec[]> {
  readonly options: Options;
  readonly makes?: Makes;
  readonly tells?: Tells;
}

type Details = Pick<Declaration, "summary" | "notes" | "examples" | "interrupted" | "wants" | "runs">;

/** Declares a command; `runBy` gives it what runs. */
export function command<
  const Shared extends readonly Spec[],
  const Args extends readonly Spec[] = [],
  const Options extends readonly Spec[] = [],
>(
  name: string,
  where: Workplace<Shared>,
  details: Details & { readonly args?: Args; readonly options?: Options },
): Declaration<Args, readonly (Options[number] | Shared[number])[]>;
export function command(name: string, where: Workplace, details: Details & Partial<Declaration>): Declaration {
  const { args = [], options = [] } = details;
  const { makes = "nothing", tells } = where;
  return { ...details, name, makes, tells, args, options: [...options, ...where.options] };
}

/** A command in the tree of the help, with what stands below it. */
export interface Node {
  readonly declaration: Declaration;
  /** Absent from what only holds others together. */
  readonly run?: Run<Declaration>;
  readonly children: readonly Node[];
}

/** Commands and what runs them: the exports of the same names of a module, which is loaded when one of them runs. */
export function runBy<Declarations extends Readonly<Record<string, Declaration>>, Name extends keyof Declarations & string>(
  load: () => Promise<{ readonly [One in Name]: Run<Declarations[One]> }>,
  declarations: Declarations,
  ...names: readonly Name[]
): Node[];
export function runBy(
  load: () => Promise<Readonly<Record<string, Run<Declaration>>>>,
  declarations: Readonly<Record<string, Declaration>>,
  ...names: readonly string[]
): Node[] {
  return names.flatMap((name) => {
    const declaration = declarations[name];
    return declaration === undefined ? [] : { declaration, run: async (given) => (await load())[name]?.(given), children: [] };
  });
}

/** Commands of their own that have others below them. */
export const under = (nodes: readonly Node[], ...children: readonly Node[]): Node[] =>
  nodes.map((node) => ({ ...node, children }));

/** What only holds commands together. */
export function group(name: string, summary: string, ...children: readonly (Node | readonly Node[])[]): Node {
  return { declaration: command(name, { options: [] }, { summary }), children: children.flat() };
}

/** Names of the commands for which something holds, with those above them: "campaign failover watch". */
export function pathsOf(nodes: readonly Node[], holds: (declaration: Declaration) => boolean): string[] {
  return nodes.flatMap(({ declaration, children }) => [
    ...(holds(declaration) ? [declaration.name] : []),
    ...pathsOf(children, holds).map((path) => `${declaration.name} ${path}`),
  ]);
}

/** A command's name with those above it, without the program's. */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? "" : `${pathOf(parent)} ${command.name()}`.trim();
}

/** The values of arguments or options by their keys. */
export async function valuesOf<const Specs extends readonly Spec[]>(
  specs: Specs,
  given: (spec: Spec, index: number) => unknown,
  place: Pick<Place, "cwd" | "clock">,
): Promise<ValuesOf<Specs>>;
export async function valuesOf(
  specs: readonly Spec[],
  given: (spec: Spec, index: number) => unknown,
  place: Pick<Place, "cwd" | "clock">,
): Promise<object> {
  const values: Record<string, unknown> = {};
  for (const [index, spec] of specs.entries()) values[spec.key] = await spec.read(given(spec, index), place);
  return values;
}

/** What no person types is in no help. */
export const isHidden = ({ name }: Pick<Declaration, "name">): boolean => name.startsWith("__");

/** The command for commander, without its action. */
export function commandOf({ name, summary, args, options, notes, examples }: Declaration): Command {
  const made = new Command(name).description(summary);
  for (const { flags, help, standard } of args) made.addArgument(new Argument(flags, help).default(standard));
  for (const spec of options) made.addOption(optionOf(spec));
  const shown = examples?.map((example) => `\n  $ ${example}`).join("");
  const below = [notes, shown === undefined ? undefined : `Example${examples?.length === 1 ? "" : "s"}:${shown}`];
  const text = below.filter((part) => part !== undefined).join("\n\n");
  return text === "" ? made : made.addHelpText("after", `\n${text}`);
}

export function optionOf({ flags, help, standard, isRequired, isMany, listed }: Spec): Option {
  const option = new Option(flags, isRequired === true ? `${help} (required)` : help);
  if (listed !== undefined) option.choices(listed);
  if (isMany === true) option.argParser((value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
  if (standard !== undefined) option.default(standard);
  return option.makeOptionMandatory(isRequired === true);
}

type Known<Members> = { readonly [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name] } & {
  readonly [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<Members[Name], undefined>;
};

/** Members without those that are undefined. */
export function known<Members extends object>(members: Members): Known<Members>;
export function known(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
