// Declares commands: name, arguments, options and help of each, once. The code of a command gets the checked values, with the
// types that follow from the declaration.
//
// The declaration (groups/) and the code (commands/) are in two files. Every start loads all declarations, for the help and to
// find the command, but only the code of one command: so help stays fast, and the code imports what it uses like all other code
// does. `Run<typeof declaration>` gives a command's function its type; the tree (tree.ts) passes both to `runBy`, which does not
// compile when they do not fit.

import { Argument, Command, Option } from "commander";
import type { Makes, ServiceAddress, Standing, StoreUse } from "../app/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Io } from "./io.ts";

/** Where a command works; passed to the functions that open stores and tenants, together with the options that name them. */
export interface Place {
  readonly config: string | undefined;
  readonly dir: string | undefined;
  /** Name of one of the configuration's tenants; true when the flag was given without one. */
  readonly tenant: string | true | undefined;
  /** The working folder. */
  readonly cwd: string;
  readonly clock: Clock;
  /** What to do when there is no store. */
  readonly store: StoreUse;
  /** The service in OUTDIAL_URL, for a command that works through it. */
  readonly service: ServiceAddress | undefined;
}

/**
 * Capabilities that not every profile has: campaigns of dialer settings, the vendor's events, its audit log, its simulator, closed
 * interactions, its own lists of numbers, its callbacks.
 */
export type Want =
  | "a campaign of dialer settings"
  | "vendor events"
  | "simulator"
  | "interactions"
  | "do-not-call groups"
  | "callbacks"
  | "agents"
  | "recordings";

type Tells = "place" | "lists" | "itself";

/** An argument or an option, made by the builders of declare.ts. */
export interface Spec<Key extends string = string, Value = unknown> {
  /** Its name in `args` or `options`: `dryRun` for --dry-run. */
  readonly key: Key;
  /** As the help shows it: `--limit <n>`, `<file>`, `[ids...]`. */
  readonly flags: string;
  readonly help: string;
  /** The default value; shown in the help. */
  readonly standard?: string | readonly string[] | undefined;
  readonly isRequired?: boolean | undefined;
  /** It may be given several times. */
  readonly isMany?: boolean;
  /** Words that the help lists and commander checks. */
  readonly listed?: readonly string[] | undefined;
  /** Converts the value that commander read. Throws `invalid_input` naming the flag, what was given and what is allowed. */
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
  /**
   * What it creates when there is no store. All other commands require one: an answer without data would look like an answer
   * about people.
   */
  readonly makes: Makes;
  /**
   * It prints which store and tenant it used; `lists`: and the dates of the company's list and the registries; `itself`: in its
   * own way.
   */
  readonly tells: Tells | undefined;
  /** Printed when Ctrl-C has stopped it through `io.signal`. */
  readonly interrupted?: string | undefined;
  /** A capability of the tenant that it needs and that not every profile has. */
  readonly wants?: Want | undefined;
  /** When OUTDIAL_URL is set, it works here all the same; others that work with a store or a tenant go through that service. */
  readonly runs?: "here" | undefined;
  /** Why it is refused when OUTDIAL_URL is set; shown in its help. */
  readonly alone?: string | undefined;
  /** Flags for which a service wants a higher role than for the rest of the command: a refusal names them. */
  readonly privileged?: readonly string[] | undefined;
}

/** What runs a command. @returns the exit code; nothing is EXIT.done */
// oxlint-disable-next-line typescript/no-invalid-void-type -- most commands have nothing to return
export type Run<D extends Declaration> = (given: Given<D>) => Promise<number | void>;

interface Given<D extends Declaration> {
  readonly args: ValuesOf<D["args"]>;
  readonly options: OptionsOf<D>;
  readonly io: Io;
  /** The store and tenant in use; null before the store is open. For `--json`. */
  readonly standing: () => Standing | null;
  /** All commands. */
  readonly commands: readonly Node[];
}

export type OptionsOf<D extends Declaration> = ValuesOf<D["options"]> & Place;

/** What a command works with besides this machine: the options that name it, what it creates, and what it prints about it. */
export interface Workplace<Options extends readonly Spec[] = readonly Spec[]> {
  readonly options: Options;
  readonly makes?: Makes;
  readonly tells?: Tells;
}

type Details = Pick<Declaration, "summary" | "notes" | "examples" | "interrupted" | "wants" | "runs" | "alone" | "privileged">;

/** Declares a command; `runBy` adds its code. */
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
  const { args = [], options = [], alone } = details;
  const why = alone === undefined ? [] : [`Not through a service: ${alone}.`];
  const notes = [...(details.notes === undefined ? [] : [details.notes]), ...why].join("\n");
  const { makes = "nothing", tells } = where;
  return {
    ...details,
    name,
    makes,
    tells,
    args,
    options: [...options, ...where.options],
    notes: notes === "" ? undefined : notes,
  };
}

/** A command in the tree of the help, with its subcommands. */
export interface Node {
  readonly declaration: Declaration;
  /** The heading that it stands under in the help. */
  readonly heading?: string;
  /** Absent for a group. */
  readonly run?: Run<Declaration>;
  readonly children: readonly Node[];
}

/** Commands with their code: the exports with the same names from a module, which is loaded when one of them runs. */
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

/** What a person looks for when something is wrong now. */
export const inEmergency = (nodes: readonly Node[]): Node[] => nodes.map((node) => ({ ...node, heading: "In an emergency:" }));

/** Commands with code of their own that also have subcommands. */
export const under = (nodes: readonly Node[], ...children: readonly Node[]): Node[] =>
  nodes.map((node) => ({ ...node, children }));

/** A group of commands without code of its own. */
export function group(name: string, summary: string, ...children: readonly (Node | readonly Node[])[]): Node {
  return { declaration: command(name, { options: [] }, { summary }), children: children.flat() };
}

/** Names of the commands that satisfy a condition, including the names above them: "campaign failover watch". */
export function pathsOf(nodes: readonly Node[], holds: (declaration: Declaration) => boolean): string[] {
  return nodes.flatMap(({ declaration, children }) => [
    ...(holds(declaration) ? [declaration.name] : []),
    ...pathsOf(children, holds).map((path) => `${declaration.name} ${path}`),
  ]);
}

/** A command's name with the names above it, without the program's. */
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

/** Whether a command works with a store or a tenant, so with what a service has of its own. */
export const worksElsewhere = ({ options }: Pick<Declaration, "options">): boolean =>
  options.some(({ key }) => key === "tenantUrl" || key === "databaseUrl");

/** Commands that no person types are not in the help. */
export const isHidden = ({ name }: Pick<Declaration, "name">): boolean => name.startsWith("__");

/** The command in the form for commander, without its action. */
export function commandOf({ name, summary, args, options, notes, examples }: Declaration): Command {
  const made = new Command(name).description(summary);
  for (const { flags, help, standard } of args) made.addArgument(new Argument(flags, help).default(standard));
  for (const spec of options) made.addOption(optionOf(spec));
  const shown = examples?.map((example) => `\n  $ ${example}`).join("");
  const below = [notes, shown === undefined ? undefined : `Example${examples?.length === 1 ? "" : "s"}:${shown}`];
  const text = below.filter((part) => part !== undefined).join("\n\n");
  return text === "" ? made : made.addHelpText("after", `\n${text}`);
}

/** Ends with an error of the command line when an option that is needed was not given. */
export function requireGiven(command: Command, options: readonly Spec[], given: Readonly<Record<string, unknown>>): void {
  const lacking = options.find(({ key, isRequired }) => isRequired === true && given[key] === undefined);
  if (lacking !== undefined)
    command.error(`error: required option '${lacking.flags}' not specified`, { code: "commander.missingMandatoryOptionValue" });
}

export function optionOf({ flags, help, standard, isRequired, isMany, listed }: Spec): Option {
  // commander would name a missing option before one that is misspelt: `requireGiven` comes after its own checks.
  const option = new Option(flags, isRequired === true ? `${help} (required)` : help);
  if (listed !== undefined) option.choices(listed);
  if (isMany === true) option.argParser((value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
  if (standard !== undefined) option.default(standard);
  return option;
}

type Known<Members> = { readonly [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name] } & {
  readonly [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<Members[Name], undefined>;
};

/** The members that are not undefined. */
export function known<Members extends object>(members: Members): Known<Members>;
export function known(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
