// Use cases of calling rules: decisions with reasons, rule packs, gates with manifests, revocations with their clock, the
// abandonment ledger.

import {
  type CallType,
  type CompiledPack,
  ComplianceError,
  describeDifferences,
  diffPacks,
  type Freshness,
  freshnessOf,
  type PackDifference,
  parseRulePack,
  type RulePack,
  type SpreadTarget,
  usCaUk2026,
  zoneOf,
} from "../../compliance/index.ts";
import { DAY_MS, nearest } from "../../kernel/index.ts";
import { type PhoneKey, verifySignatureLine } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { countAnswers } from "../known/index.ts";
import { explainOf, manifestOf, revocationOf } from "../views/compliance-views.ts";
import type { ComplianceExplain, ManifestView } from "../views/schemas/compliance.ts";
import type { Acknowledgement, RevocationView } from "../views/schemas/opt-outs.ts";
import type { PackComparison, ReplayCounts } from "../views/schemas/rule-packs.ts";
import { type RuleReading, readCampaignAbandonment } from "./abandonment.ts";
import { requireStoreClock } from "./clock.ts";
import { createGate, type GateResult, type GateSink } from "./gate.ts";
import { deadlineRule, readRevocations } from "./import.ts";
import type { GateRequest } from "./judge.ts";
import { verifyManifest } from "./manifest.ts";
import { compileRulePack, noneReplayed, packOfDocument, type ReplaySink, replayDecisions, validatedPack } from "./packs.ts";
import { replayPlaced } from "./placed.ts";
import { type Asked, answerTo, explained, type KnownFacts, momentOf } from "./questions.ts";
import { packSent } from "./read-pack.ts";

/** A rule pack, also in compiled form. */
export interface RulesInForce {
  readonly pack: RulePack;
  readonly compiled: CompiledPack;
}

/** The compliance configuration of this workplace. */
export interface ComplianceRules {
  /** The settings in force. */
  settings(): {
    /** The systems that must carry out revocations, with our targets in hours. */
    readonly targets: readonly SpreadTarget[];
    readonly countEarlyHangups: boolean;
    /** IANA zone in which the operator's day ends. */
    readonly timeZone: string;
  };
  /** Whether this machine's clock is compared with the database's before a list is judged as of now. */
  readonly comparesClock: boolean;
  /** The rules in force. Throws ComplianceError `invalid_pack`. */
  rules(): Promise<RulesInForce>;
}

/** What use cases of compliance need. Without a tenant the abandonment ledger is that of the imported calls alone. */
export type ComplianceContext = Pick<Context, "store" | "clock" | "random"> & { readonly tenant?: Context["tenant"] | undefined };

interface RulesContext {
  readonly clock: Context["clock"];
  /** The facts of a store; in words, why there is none. */
  readonly known: () => Promise<KnownFacts | string>;
}

/** Default period for which placed calls are decided again, ms: 30 days. */
export const REPLAYED_MS = 30 * 86_400_000;

/** A pack, as document or by name. */
type GivenPack = "in-force" | "shipped" | object;

interface RevocationsAsked {
  /** Only revocations that some system has not acknowledged. */
  readonly open: boolean;
  readonly number?: PhoneKey | undefined;
  readonly limit: number;
  /** Id of a revocation: only later ones. */
  readonly after?: number | undefined;
}

/** What needs no store: an explanation where there is none, and decisions that were recorded. Errors: OperationError, ComplianceError. */
export class RuleUseCases {
  protected readonly context: RulesContext;
  protected readonly rules: Pick<ComplianceRules, "rules">;

  constructor(context: RulesContext, rules: Pick<ComplianceRules, "rules">) {
    this.context = context;
    this.rules = rules;
  }

  /**
   * Whether a number may be called, on the given facts or those of the store, with the coming 48 hours. Throws ComplianceError
   * `invalid_facts`, also when the facts contradict the question.
   */
  async explain(asked: Asked, { reveal }: { readonly reveal: boolean }): Promise<ComplianceExplain> {
    const { known, clock } = this.context;
    const { compiled } = await this.rules.rules();
    return explainOf(await explained(asked, compiled, clock.now(), known), { reveal });
  }

  /** Decides recorded decisions again; a first line `{pack}` has the pack instead. @returns the pack's version, and how many changed */
  async replay(
    bytes: AsyncIterable<Uint8Array>,
    pack: GivenPack,
    sink: ReplaySink,
  ): Promise<{ readonly pack: string; readonly counts: ReplayCounts }> {
    let compiled = compileRulePack(await this.packOf(pack, "pack"));
    const own = async (document: object) => (compiled = compileRulePack(await packSent(document, "pack")));
    const counts = await replayDecisions(bytes, compiled, sink, noneReplayed(), own);
    return { pack: compiled.packVersion, counts };
  }

  protected async packOf(given: GivenPack, where: string): Promise<RulePack> {
    if (given === "in-force") return (await this.rules.rules()).pack;
    return given === "shipped" ? usCaUk2026() : packSent(Object(given), where);
  }
}

/**
 * Decides who may be called: explain, check, gate, manifests, revocations, rule packs. Errors: OperationError, ComplianceError,
 * StoreError.
 */
export class ComplianceUseCases extends RuleUseCases {
  readonly #context: ComplianceContext;
  readonly #rules: ComplianceRules;

  constructor(context: ComplianceContext, rules: ComplianceRules) {
    super({ clock: context.clock, known: () => Promise.resolve(context.store) }, rules);
    this.#context = context;
    this.#rules = rules;
  }

  /** Decides questions on the facts in them. @param at for questions without an instant */
  async check(questions: readonly object[], at: number | undefined) {
    const { compiled } = await this.#rules.rules();
    return questions.map((question) => answerTo(question, compiled, at));
  }

  /** The rules in force. */
  async inForce() {
    const { pack, compiled } = await this.#rules.rules();
    const { packVersion, timeZoneData, geographyVersion } = compiled;
    return { version: packVersion, timeZoneData, geography: geographyVersion, pack: { ...pack } };
  }

  /** Throws ComplianceError `invalid_pack` with its faults. */
  async validatePack(document: object) {
    return validatedPack(await packSent(document, "pack"));
  }

  /** The differences between two packs. Throws ComplianceError `invalid_pack`. */
  async diffPacks(before: GivenPack, after: GivenPack): Promise<readonly PackDifference[]> {
    return diffPacks(await this.packOf(before, "before"), await this.packOf(after, "after"));
  }

  /** The rules in force that were last looked up more than `days` days ago, and the calendars that end within `days` days. */
  async freshness(days: number): Promise<Freshness & { readonly pack: string; readonly days: number }> {
    const { pack, compiled } = await this.#rules.rules();
    return { pack: compiled.packVersion, days, ...freshnessOf(pack, this.#context.clock.now(), days) };
  }

  /**
   * The effect of a pack before it is put in force: the differences in sentences, and each placed call decided again under both
   * packs.
   * @param asked.since ms since the epoch; default 30 days ago @param asked.callType for campaigns whose gate records do not say
   * it
   */
  async comparePacks(
    before: GivenPack,
    after: GivenPack,
    asked: {
      readonly since?: number | undefined;
      readonly callType?: CallType | undefined;
      readonly progress?: (calls: number) => void;
    } = {},
  ): Promise<PackComparison> {
    const [first, second] = [await this.packOf(before, "before"), await this.packOf(after, "after")];
    const [old, new_] = [compileRulePack(first), compileRulePack(second)];
    const until = this.#context.clock.now();
    const { since = until - REPLAYED_MS, callType = "telemarketing", progress } = asked;
    return {
      before: old.packVersion,
      after: new_.packVersion,
      changes: describeDifferences(first, second),
      calls: await replayPlaced(this.#context.store.facts, { before: old, after: new_, since, until, callType }, progress),
    };
  }

  /** A pack's document as a signed file, signed with the audit key. Throws ComplianceError `invalid_pack`. */
  signPack(document: object): string {
    return signPack(document, (text) => this.#context.store.audit.sign(text));
  }

  /** Judges a list of contacts; the manifest is signed and stored. Throws like `Gate`. */
  async gate(request: Omit<GateRequest, "pack">, sink: GateSink, by: string): Promise<GateResult> {
    const { store, clock, random } = this.#context;
    const { compiled } = await this.#rules.rules();
    const { facts, holds, audit } = store;
    const compare = () => requireStoreClock(clock, async () => (await store.health.state()).at);
    const requireClock = this.#rules.comparesClock ? compare : undefined;
    const gate = createGate({ facts, holds, audit, clock, random, actor: by, requireClock });
    return gate({ ...request, pack: compiled }, sink);
  }

  /** Manifests of gates, newest first. @param after id of the last one of the page before */
  async manifests(asked: {
    readonly campaign?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<readonly ManifestView[]> {
    const found = await this.#context.store.facts.listManifests(asked);
    return found.map(({ manifest }) => manifestOf(manifest));
  }

  /** A signed manifest; undefined when there is none with this id. */
  async manifest(id: string): Promise<string | undefined> {
    return (await this.#context.store.facts.findManifest(id))?.manifest;
  }

  /** Whether a manifest is complete, unchanged and signed by this store's key. */
  verifyManifest(manifest: object): { readonly ok: boolean; readonly reason: string | null } {
    const verdict = verifyManifest(JSON.stringify(manifest), this.#context.store.audit.vkey);
    return { ok: verdict.ok, reason: verdict.ok ? null : verdict.reason };
  }

  /**
   * The abandonment ledger of a campaign under every limit of the rules, or of one country. Throws TenantError, and OperationError `not_available` when the
   * tenant counts far fewer live answers than before.
   * @param asked.at default now; of another time only the imported calls are known
   */
  async abandonment(asked: {
    readonly campaign: string;
    /** Two letters. */
    readonly country?: string | undefined;
    readonly at?: number | undefined;
  }): Promise<readonly RuleReading[]> {
    const { store, clock, tenant } = this.#context;
    const now = asked.at ?? clock.now();
    const { pack } = await this.#rules.rules();
    const metrics = asked.at === undefined ? tenant?.capabilities.metricsSource : undefined;
    const { told, shorter } = await countAnswers({ metrics: metrics ?? {}, store, clock }, asked.campaign, now);
    if (shorter !== undefined) throw new OperationError("not_available", shorter);
    return readCampaignAbandonment(store.facts, asked.campaign, pack, {
      now,
      dayEnds: endOfDay(now, this.#rules.settings().timeZone),
      countEarlyHangups: this.#rules.settings().countEarlyHangups,
      country: asked.country?.toUpperCase(),
      told,
    });
  }

  /**
   * Revocations with their clock. Pages are by age, oldest first; on each page the overdue come first.
   * @returns `next`: the `after` of the next page, null on the last one
   */
  async revocations(
    { limit, ...asked }: RevocationsAsked,
    { reveal }: { readonly reveal: boolean },
  ): Promise<{ readonly items: readonly RevocationView[]; readonly next: number | null }> {
    const { store, clock } = this.#context;
    const read = await readRevocations(store.facts, {
      ...asked,
      targets: this.#rules.settings().targets,
      rule: deadlineRule((await this.#rules.rules()).pack),
      now: clock.now(),
      limit: limit + 1,
    });
    const ages = read.map(({ revocation }) => revocation).sort((a, b) => a.revokedAt - b.revokedAt || a.id - b.id);
    const onPage = new Set(ages.slice(0, limit));
    return {
      items: read.filter(({ revocation }) => onPage.has(revocation)).map((one) => revocationOf(one, reveal)),
      next: ages.length > limit ? (ages[limit - 1]?.id ?? null) : null,
    };
  }

  /** Records that a system has carried out a revocation. @param given.at default now. Throws OperationError `invalid_input` */
  async acknowledge(
    given: {
      readonly revocation: number;
      readonly system: string;
      readonly at?: string | number | undefined;
      readonly evidence?: string | undefined;
    },
    by: string,
  ): Promise<Acknowledgement> {
    const { revocation, system, evidence = "" } = given;
    const { store, clock } = this.#context;
    const systems = this.#rules.settings().targets.map((target) => target.system);
    if (!systems.includes(system)) {
      const near = nearest(system, systems);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      throw new OperationError(
        "invalid_input",
        `${system} is not one of the systems that carry out revocations: ${systems.join(", ")}${hint}`,
        { advice: "The systems are configured in outdial.yaml under compliance.revocationTargets." },
      );
    }
    const at = momentOf(given.at, clock.now());
    const recorded = await store.facts.acknowledge({ revocationId: revocation, system, at, evidence }, by);
    return { revocation, system, recorded };
  }
}

// Rule packs as signed files: the pack's JSON, an empty line, and a signature line (a C2SP signed note).

/** Signs a pack's document. Throws ComplianceError `invalid_pack` when it has faults. @param sign the audit log's `sign` */
export function signPack(document: object, sign: (text: string) => string): string {
  parseRulePack(document, "the pack");
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  return `${text}\n${sign(text).trimEnd()}\n`;
}

/** A signed pack after checking. */
export interface CheckedPack {
  /** The signed document. */
  readonly text: string;
  /** The pack, laid over the shipped one when that is its base. */
  readonly pack: RulePack;
}

/**
 * Checks a signed file before it is used: signed by this key, unchanged, and a usable pack. Throws OperationError `invalid_input`
 * for any other file, ComplianceError `invalid_pack` with every fault, StoreError `audit_key` for a malformed key.
 * @param vkey the signer's verifier key, as in `audit.pub`
 */
export function openSignedPack(note: string, vkey: string): CheckedPack {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw refused("it has no signature below its text");
  const text = note.slice(0, end + 1);
  if (!verifySignatureLine(text, note.slice(end + 2), vkey))
    throw refused("the signature does not fit: it was changed, or signed by another key");
  const document: unknown = parsed(text);
  if (typeof document !== "object" || document === null) throw refused("what was signed is no rule pack");
  const pack = packOfDocument(document, "the signed pack");
  compileRulePack(pack);
  return { text, pack };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused("what was signed is no JSON");
  }
}

function refused(why: string): OperationError {
  return new OperationError("invalid_input", `the rule pack is not used: ${why}`, {
    advice: "Ask the publisher for a file and a public key that belong together.",
  });
}

// The end of an operator's day. Pure.

/** Some zones have left a whole day out. */
const LONGEST_NIGHT = 3 * DAY_MS;

/**
 * The first instant of the next local date in a zone. Throws OperationError `invalid_input` for a zone that this runtime does not know.
 * @param now ms since the epoch
 */
export function endOfDay(now: number, name: string): number {
  try {
    const zone = zoneOf(name);
    const today = zone.day(now);
    return zone.firstDay(now, now + LONGEST_NIGHT, (day) => day > today);
  } catch (thrown) {
    if (thrown instanceof ComplianceError) throw new OperationError("invalid_input", thrown.message);
    throw thrown;
  }
}
