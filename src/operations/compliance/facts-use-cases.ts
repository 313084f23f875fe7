// Use cases of facts about telephone numbers: imports, the company's do-not-call list, revoked consent. A lift makes calls
// possible, so it is planned, shown and confirmed.

import { newId } from "../../kernel/index.ts";
import type { ImportRow, PhoneKey } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { RefusedLine } from "../table/records.ts";
import { confirmOf, type Planned } from "../views/plan.ts";
import type { LiftPreview } from "../views/schemas/approvals.ts";
import type { CompanyListView, ImportStateView, ImportView, RegistryView } from "../views/schemas/compliance.ts";
import type { LiftView, PendingOptOut, RevocationAdded, SuppressionView } from "../views/schemas/opt-outs.ts";
import { masked, maskedText, timeText } from "../views/texts.ts";
import { attemptsFile } from "./attempts-spec.ts";
import { checkedAgainst, registriesOf, statedCovers } from "./coverage.ts";
import {
  type FactSource,
  type ImportDeps,
  type ImportOptions,
  type ImportReport,
  type ImportSink,
  importFacts,
  SILENT_MS,
} from "./import.ts";
import { companyListOf } from "./manifest.ts";
import { type GivenNumber, momentOf, numberOf, numbersNamed, setBackOf } from "./questions.ts";
import { loadRegistry, registryName } from "./registry.ts";
import { consentFile, disconnectionsFile, internalListFile, linesFile, relationshipsFile } from "./specs.ts";
import type { ComplianceContext, RulesInForce } from "./use-cases.ts";
import { civilDate, phoneText } from "./values.ts";

/** Most refused lines in an answer. */
const EXAMPLES = 20;
/** What is shown of a suppression does not include attempts. */
const NO_ATTEMPTS = Number.MAX_SAFE_INTEGER / 1000;

type Importer = (source: FactSource, deps: ImportDeps, sink: ImportSink, options: ImportOptions) => Promise<ImportReport>;

const IMPORTERS = {
  consent: (...given) => importFacts(consentFile, ...given),
  attempts: (...given) => importFacts(attemptsFile, ...given),
  relationships: (...given) => importFacts(relationshipsFile, ...given),
  disconnections: (...given) => importFacts(disconnectionsFile, ...given),
  lines: (...given) => importFacts(linesFile, ...given),
  dnc: (...given) => importFacts(internalListFile, ...given),
} satisfies Record<string, Importer>;

/** Kinds of fact files; registry files are separate. */
export type FactKind = keyof typeof IMPORTERS;

/** An import of a registry file. */
export interface RegistryImport extends ImportView {
  readonly registry: NonNullable<ImportView["registry"]>;
}

/** A person's request not to be called. */
interface Revoked {
  /** As the person or system wrote it: every number that it may name is suppressed. */
  readonly number: GivenNumber;
  /** Where the request can be looked up: a call, a ticket, a message. */
  readonly reference?: string | undefined;
  /** When the person said it; default now. */
  readonly at?: string | number | undefined;
}

/** A registry file to load. */
interface RegistryAsked {
  /** A country's two letters, or a state such as US-IN. */
  readonly registry: string;
  /** Date of the file, YYYY-MM-DD. */
  readonly asOf: string;
  /** `all`, or area codes and states separated by commas: what the file covers. By default the area codes of its numbers. */
  readonly covers?: string | undefined;
  /** The file is a list of changes to the version of this date, YYYY-MM-DD. */
  readonly changesSince?: string | undefined;
  readonly accept?: boolean | undefined;
}

interface LiftAsked {
  /** Must name one number certainly. */
  readonly number: GivenNumber;
  readonly reason: string;
  /** It never was an opt-out: consent that was revoked with it is valid again. */
  readonly mistake?: boolean | undefined;
}

interface LiftPlan extends LiftAsked {
  readonly number: PhoneKey;
  readonly mistake: boolean;
  readonly suppression: SuppressionView;
}

interface Shown {
  /** False masks numbers. */
  readonly reveal: boolean;
}

/**
 * Keeps consent, do-not-call lists, attempts and relationships: imports, single entries, lifts, look-ups. Errors: OperationError,
 * StoreError.
 */
export class FactsUseCases {
  readonly #context: ComplianceContext;
  readonly #rules: () => Promise<Pick<RulesInForce, "pack">>;
  readonly #signal: AbortSignal | undefined;
  readonly #warn: ((message: string) => void) | undefined;
  readonly #untilObeyed: string | null;

  /**
   * @param rules name the registries that files may be of @param more.signal ends waiting for a database that is away
   * @param more.warn told when an import waits for it
   * @param more.untilObeyed see `RevocationAdded`
   */
  constructor(
    context: ComplianceContext,
    rules: () => Promise<Pick<RulesInForce, "pack">>,
    {
      signal,
      warn,
      untilObeyed = null,
    }: {
      readonly signal?: AbortSignal | undefined;
      readonly warn?: ((message: string) => void) | undefined;
      readonly untilObeyed?: string | null;
    } = {},
  ) {
    this.#context = context;
    this.#rules = rules;
    this.#signal = signal;
    this.#warn = warn;
    this.#untilObeyed = untilObeyed;
  }

  /** Imports and their state, newest first; those whose process is gone are marked first. @param asked.after id of the last one of the page before */
  async imports(asked: {
    /** Only imports that broke off and that no later import completed. */
    readonly brokenOff: boolean;
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<readonly ImportStateView[]> {
    await this.nameBroken();
    return (await this.#context.store.facts.listImports(asked)).map(importStateOf);
  }

  /** Marks imports whose process is gone, with an audit entry of what is in force. @returns them */
  async nameBroken(): Promise<readonly ImportStateView[]> {
    return (await this.#context.store.facts.nameBrokenImports(SILENT_MS)).map(importStateOf);
  }

  /**
   * Imports a file; importing it twice adds nothing. Throws OperationError `invalid_input`, also when more than half of the lines
   * are refused, or more than ten and one in ten, and that is not accepted; StoreError `not_owner` when it was
   * marked as broken off in the meantime, `store_unavailable` when the database stays away.
   */
  async import(
    kind: FactKind,
    source: FactSource,
    sink: ImportSink,
    by: string,
    options: ImportOptions = {},
  ): Promise<ImportView> {
    await this.nameBroken();
    const { told, examples, doubts } = exampling(sink);
    const done = await IMPORTERS[kind](source, this.#deps(by), told, options);
    const { id, kind: name, read, added, known, refused, contentHash } = done;
    return { kind: name, read, added, known, refused, examples, doubts, id, contentHash, registry: null };
  }

  /**
   * Puts a registry file in force completely, or not at all: see `registry.result` and `registry.reason`. Throws OperationError
   * `invalid_input`.
   */
  async importRegistry(given: RegistryAsked, source: FactSource, sink: ImportSink, by: string): Promise<RegistryImport> {
    const asOf = this.#date("asOf", given.asOf);
    const changesSince = given.changesSince === undefined ? undefined : this.#date("changesSince", given.changesSince);
    if (changesSince !== undefined && changesSince > asOf)
      throw new OperationError(
        "invalid_input",
        `changesSince: ${changesSince} is after ${asOf}, the date up to which the changes go`,
      );
    const registry = registryName(given.registry, (await this.#rules()).pack.rules);
    const covers = given.covers === undefined ? undefined : statedCovers(given.covers, registry);
    await this.nameBroken();
    const { told, examples, doubts } = exampling(sink);
    const options = { registry, asOf, covers, changesSince, accept: given.accept };
    const report = await loadRegistry(source, options, this.#deps(by), told);
    const { read, numbers, deleted, refused, covers: covered, result, contentHash, reason = null } = report;
    const added = result === "switched" || result === "applied" ? numbers : 0;
    return {
      kind: "registry",
      read,
      added,
      known: numbers - added,
      refused,
      examples,
      doubts,
      id: null,
      contentHash,
      registry: { registry, asOf, numbers, deleted, covers: covered, result, reason },
    };
  }

  /** The do-not-call registries of which files are in force, and which area codes these cover. */
  async registries(): Promise<readonly RegistryView[]> {
    return registriesOf(await this.#context.store.facts.registryFiles());
  }

  #date(name: string, text: string): string {
    const date = civilDate(text, this.#context.clock.now());
    if ("ok" in date) return date.ok;
    throw new OperationError("invalid_input", `${name}: ${date.problem}`);
  }

  /** Whether a number is on a do-not-call list, and its history; of a text that may name several, of each. */
  async suppression(given: GivenNumber, shown: Shown): Promise<SuppressionView> {
    const [number, ...others] = numbersNamed(given).keys;
    const [first, ...rest] = await Promise.all([number, ...others].map((one) => this.#suppressionOf(one, shown)));
    if (first === undefined) throw new Error("a text that is read names a number");
    return { ...first, others: rest };
  }

  async #suppressionOf(number: PhoneKey, shown: Shown): Promise<Omit<SuppressionView, "others">> {
    const { store } = this.#context;
    const { facts } = store;
    const setBack = await setBackOf(store);
    const files = await facts.registryFiles();
    const known = (await facts.of([number], { attemptsSince: NO_ATTEMPTS, files })).get(number);
    const history = await facts.suppressionHistory(number);
    const words = (text: string) => (shown.reveal ? text : maskedText(text));
    return {
      number: numberText(number, shown),
      suppressedSince: timeText(known?.suppressedSince ?? null),
      registries: [...(known?.registries ?? [])],
      checkedAgainst: checkedAgainst(number, files),
      setBack,
      history: history.map(({ origin, code, reference, saidAt, recordedAt, actor, lift }) => ({
        origin,
        code: words(code),
        reference: words(reference),
        saidAt: timeText(saidAt),
        recordedAt: timeText(recordedAt),
        actor,
        lift: lift === null ? null : { at: timeText(lift.at), actor: lift.actor, reason: words(lift.reason) },
      })),
    };
  }

  /** Puts a number on the company's do-not-call list. @param given.reason what the person said or wrote. Throws OperationError `invalid_input` */
  async suppress(given: Revoked & { readonly reason: string }, by: string, shown: Shown): Promise<RevocationAdded> {
    if (!/[^\p{White_Space}\p{C}]/u.test(given.reason))
      throw new OperationError("invalid_input", "the reason is blank; say what the person said or wrote");
    return this.#revoke(given, { channel: "do-not-call request", code: given.reason }, by, shown, "manual");
  }

  /**
   * Records that a person revoked consent: the number is suppressed, and the clock for each system starts. Throws OperationError
   * `invalid_input`.
   */
  revokeConsent(given: Revoked & { readonly channel: string }, by: string, shown: Shown): Promise<RevocationAdded> {
    return this.#revoke(given, { channel: given.channel }, by, shown);
  }

  /**
   * A person declares that the company has no list besides what the store contains, so that gates work. Throws OperationError
   * `invalid_input`.
   */
  async declareNoCompanyList(
    { name, reason }: { readonly name: string; readonly reason: string },
    by: string,
  ): Promise<CompanyListView> {
    if (name.trim() === "")
      throw new OperationError("invalid_input", "the name of the person who declares that there is no list is needed");
    if (reason.trim().length < 3) throw new OperationError("invalid_input", "the reason why there is no list is needed");
    const { store, clock, random } = this.#context;
    await store.facts.declareNoCompanyList({ id: newId("imp", clock.now(), random), actor: by, name: name.trim(), reason });
    const list = await store.facts.companyList();
    if (list === undefined) throw new Error("the declaration is not in the store");
    return companyListOf(list);
  }

  /** The state of the company's list; null when it was neither loaded nor declared empty. */
  async companyList(): Promise<CompanyListView | null> {
    const list = await this.#context.store.facts.companyList();
    return list === undefined ? null : companyListOf(list);
  }

  /** The preview of a lift; it is valid as long as nothing about the number changes. */
  async planLift({ number: given, reason, mistake = false }: LiftAsked): Promise<Planned<LiftPlan>> {
    const number = numberOf(given);
    const history = await this.#context.store.facts.suppressionHistory(number);
    const inForce = history.filter(({ lift }) => lift === null);
    return {
      operation: "suppressions.lift",
      summary: `Lift ${inForce.length} ${inForce.length === 1 ? "entry" : "entries"} of ${numberText(number, { reveal: false })}: ${maskedText(reason)}`,
      relies: { key: number, reason, mistake, history },
      refusals: inForce.length === 0 ? ["the number is not on the company's do-not-call list"] : [],
      plan: { number, reason, mistake, suppression: await this.suppression(number, { reveal: false }) },
    };
  }

  /** Takes a number off the company's do-not-call list. Throws StoreError `not_found` when it is not on it. */
  async lift({ number, reason, mistake }: LiftAsked, by: string, shown: Shown): Promise<LiftView> {
    const key = numberOf(number);
    const lifted = await this.#context.store.facts.lift({ number: key, reason, actor: by, mistake });
    return { number: numberText(key, shown), lifted, actor: by, reason };
  }

  /** Opt-outs of calls whose number is not known yet, longest waiting first. @param after the last one of the page before */
  async pending(
    limit: number,
    after?: { readonly at: number; readonly callId: string; readonly code: string },
  ): Promise<{ readonly items: readonly PendingOptOut[]; readonly all: number }> {
    const { facts } = this.#context.store;
    const [waiting, all] = await Promise.all([facts.unresolvedOptOuts(limit, after), facts.countUnresolvedOptOuts()]);
    const items = waiting.map(({ callId, at, campaign, code, optOut }) => ({ callId, at: timeText(at), campaign, code, optOut }));
    return { items, all };
  }

  async #revoke(
    { number: given, reference = "", at }: Revoked,
    revocation: { readonly channel: string; readonly code?: string },
    by: string,
    shown: Shown,
    origin?: "manual",
  ): Promise<RevocationAdded> {
    const { store, clock } = this.#context;
    const revokedAt = momentOf(at, clock.now());
    const { keys, doubt } = numbersNamed(given);
    const revocations = keys.map((number) => ({ number, revokedAt, reference, ...revocation }));
    const added = await store.facts.addRevocations(revocations, { actor: by }, origin);
    const [number, ...others] = keys;
    return {
      number: numberText(number, shown),
      others: others.map((one) => numberText(one, shown)),
      doubt: doubt === undefined ? null : shown.reveal ? doubt : maskedText(doubt),
      added: added > 0,
      since: timeText(revokedAt),
      untilObeyed: this.#untilObeyed,
    };
  }

  #deps(actor: string): ImportDeps {
    const { store, clock, random } = this.#context;
    return { facts: store.facts, clock, random, actor, signal: this.#signal, warn: this.#warn };
  }
}

function stateOf({ id, finishedAt, brokenOffAt, completedBy }: ImportRow): ImportStateView["state"] {
  if (finishedAt !== null) return "done";
  if (brokenOffAt === null) return "reading";
  if (completedBy === null) return "broken-off";
  return completedBy === id ? "refused" : "completed";
}

/** An import for display. */
function importStateOf(row: ImportRow): ImportStateView {
  const { id, kind, sourceName: source, actor, startedAt, finishedAt, counts, brokenOffAt, reason, completedBy } = row;
  const state = stateOf(row);
  const { registryNumbers: _, ...inForce } = row.inForce;
  return {
    id,
    kind,
    source,
    actor,
    state,
    startedAt: timeText(startedAt),
    endedAt: timeText(finishedAt ?? brokenOffAt),
    counts,
    inForce,
    reason,
    completedBy: completedBy === id ? null : completedBy,
  };
}

/** A planned lift for display. */
export function liftPreviewOf(made: Planned<LiftPlan>): LiftPreview {
  return { confirm: confirmOf(made), suppression: made.plan.suppression, refusals: [...made.refusals] };
}

function numberText(number: PhoneKey, { reveal }: Shown): string {
  return reveal ? phoneText(number) : masked(phoneText(number));
}

/** A sink that also keeps the first refused and doubtful lines. */
function exampling(sink: ImportSink) {
  const examples: { line: number; reason: string }[] = [];
  const doubts: { line: number; reason: string }[] = [];
  const told: ImportSink = {
    ...sink,
    async refused(line: RefusedLine) {
      if (examples.length < EXAMPLES) examples.push({ line: line.line, reason: line.reason });
      await sink.refused?.(line);
    },
    async doubted(line) {
      if (doubts.length < EXAMPLES) doubts.push({ ...line });
      await sink.doubted?.(line);
    },
  };
  return { told, examples, doubts };
}
