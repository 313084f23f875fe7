// What can be done with calling rules, for every face: decisions with reasons, rule packs, gates with manifests, revocations on their clock, the
// abandonment ledger.

import {
  type CallType,
  type CompiledPack,
  describeDifferences,
  diffPacks,
  type Freshness,
  freshnessOf,
  type PackDifference,
  type RulePack,
  type SpreadTarget,
  usCaUk2026,
} from "../../compliance/index.ts";
import { nearest } from "../../kernel/index.ts";
import type { PhoneKey } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { explainOf, manifestOf, revocationOf } from "../views/compliance-views.ts";
import type { Acknowledgement, ComplianceExplain, ManifestView, RevocationView } from "../views/schemas/compliance.ts";
import { type RuleReading, readCampaignAbandonment } from "./abandonment.ts";
import { endOfDay } from "./day-end.ts";
import { createGate, type GateRequest, type GateResult, type GateSink } from "./gate.ts";
import { verifyManifest } from "./manifest.ts";
import { compileRulePack, type ReplayCounts, type ReplaySink, replayDecisions, validatedPack } from "./packs.ts";
import { type PackComparison, replayPlaced } from "./placed.ts";
import { type Asked, answerTo, explained, momentOf } from "./questions.ts";
import { packSent } from "./read-pack.ts";
import { deadlineRule, readRevocations } from "./revocations.ts";
import { signPack } from "./signed-pack.ts";

/** A rule pack, and made ready to decide with. */
export interface RulesInForce {
  readonly pack: RulePack;
  readonly compiled: CompiledPack;
}

/** What compliance decides by in this workplace. */
export interface ComplianceRules {
  /** The systems that carry revocations out, and within how many hours. */
  readonly targets: readonly SpreadTarget[];
  readonly countEarlyHangups: boolean;
  /** IANA zone in which the operator's day ends. */
  readonly timeZone: string;
  /** The rules that decide here. Throws ComplianceError `invalid_pack`. */
  rules(): Promise<RulesInForce>;
}

/** What use cases of compliance work with: no tenant. */
export type ComplianceContext = Pick<Context, "store" | "clock" | "random">;

/** How far back placed calls are decided again by default, ms: 30 days. */
export const REPLAYED_MS = 30 * 86_400_000;

/** A pack: as it is sent, or by name. */
export type GivenPack = "in-force" | "shipped" | object;

interface RevocationsAsked {
  /** Only those that some system owes. */
  readonly open: boolean;
  readonly number?: PhoneKey | undefined;
  readonly limit: number;
  /** Id of a revocation: only those that were revoked after it. */
  readonly after?: number | undefined;
}

/**
 * Decides who may be called: explain, check, gate, manifests, revocations, rule packs. Errors: OperationError, ComplianceError,
 * StoreError.
 */
export class ComplianceUseCases {
  readonly #context: ComplianceContext;
  readonly #rules: ComplianceRules;

  constructor(context: ComplianceContext, rules: ComplianceRules) {
    this.#context = context;
    this.#rules = rules;
  }

  /** Whether a number may be called, on the facts given or those of the store, with the 48 hours ahead. @param asked.at now by default */
  async explain(
    asked: Omit<Asked, "at"> & { readonly at?: number | undefined },
    { reveal }: { readonly reveal: boolean },
  ): Promise<ComplianceExplain> {
    const { store, clock } = this.#context;
    const { compiled } = await this.#rules.rules();
    const at = asked.at ?? clock.now();
    return explainOf(await explained({ ...asked, at }, compiled, async () => store), { reveal });
  }

  /** Decides questions on the facts that each brings along. @param at of those that name none */
  async check(questions: readonly object[], at: number | undefined) {
    const { compiled } = await this.#rules.rules();
    return questions.map((question) => answerTo(question, compiled, at));
  }

  /** The rules in force here. */
  async inForce() {
    const { pack, compiled } = await this.#rules.rules();
    const { packVersion, timeZoneData, geographyVersion } = compiled;
    return { version: packVersion, timeZoneData, geography: geographyVersion, pack: { ...pack } };
  }

  /** Throws ComplianceError `invalid_pack` with its faults. */
  async validatePack(document: object) {
    return validatedPack(await packSent(document, "pack"));
  }

  /** What differs from one pack to another. Throws ComplianceError `invalid_pack`. */
  async diffPacks(before: GivenPack, after: GivenPack): Promise<readonly PackDifference[]> {
    return diffPacks(await this.#packOf(before, "before"), await this.#packOf(after, "after"));
  }

  /** Which of the rules in force were last looked up more than `days` days ago, and which calendars end within as many. */
  async freshness(days: number): Promise<Freshness & { readonly pack: string; readonly days: number }> {
    const { pack, compiled } = await this.#rules.rules();
    return { pack: compiled.packVersion, days, ...freshnessOf(pack, this.#context.clock.now(), days) };
  }

  /**
   * What a pack changes before it takes effect: the differences in sentences, and each call that was placed since then decided again under both.
   * @param asked.since ms since the epoch; 30 days ago by default @param asked.callType of campaigns of which no gate says it
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
    const [first, second] = [await this.#packOf(before, "before"), await this.#packOf(after, "after")];
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

  /** Decides recorded decisions again. @returns the pack's version, and how many came out otherwise */
  async replay(
    bytes: AsyncIterable<Uint8Array>,
    pack: GivenPack,
    sink: ReplaySink,
  ): Promise<{ readonly pack: string; readonly counts: ReplayCounts }> {
    const compiled = compileRulePack(await this.#packOf(pack, "pack"));
    return { pack: compiled.packVersion, counts: await replayDecisions(bytes, compiled, sink) };
  }

  /** A pack's document as a signed file, by the audit's key. Throws ComplianceError `invalid_pack`. */
  signPack(document: object): string {
    return signPack(document, (text) => this.#context.store.audit.sign(text));
  }

  async #packOf(given: GivenPack, where: string): Promise<RulePack> {
    if (given === "in-force") return (await this.#rules.rules()).pack;
    return given === "shipped" ? usCaUk2026() : packSent(Object(given), where);
  }

  /** Judges a list of contacts; the manifest is signed, and kept. Throws as `Gate`. */
  async gate(request: Omit<GateRequest, "pack">, sink: GateSink, by: string): Promise<GateResult> {
    const { store, clock, random } = this.#context;
    const { compiled } = await this.#rules.rules();
    const { facts, holds, audit } = store;
    const gate = createGate({ facts, holds, audit, clock, random, actor: by });
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

  /** A manifest as it was signed; undefined where there is none of this id. */
  async manifest(id: string): Promise<string | undefined> {
    return (await this.#context.store.facts.findManifest(id))?.manifest;
  }

  /** Whether a manifest is whole, unchanged and signed by this store's key. */
  verifyManifest(manifest: object): { readonly ok: boolean; readonly reason: string | null } {
    const verdict = verifyManifest(JSON.stringify(manifest), this.#context.store.audit.vkey);
    return { ok: verdict.ok, reason: verdict.ok ? null : verdict.reason };
  }

  /** The abandonment ledger of a campaign under every limit of the rules, those of one country when it is named. @param asked.at now by default */
  async abandonment(asked: {
    readonly campaign: string;
    /** Two letters. */
    readonly country?: string | undefined;
    readonly at?: number | undefined;
  }): Promise<readonly RuleReading[]> {
    const { store, clock } = this.#context;
    const now = asked.at ?? clock.now();
    const { pack } = await this.#rules.rules();
    return readCampaignAbandonment(store.facts, asked.campaign, pack, {
      now,
      dayEnds: endOfDay(now, this.#rules.timeZone),
      countEarlyHangups: this.#rules.countEarlyHangups,
      country: asked.country?.toUpperCase(),
    });
  }

  /**
   * Revocations with their clock. Pages go by age, the oldest on the first one; on each the overdue come first.
   * @returns `next`: the `after` of the next page, null on the last one
   */
  async revocations(
    { limit, ...asked }: RevocationsAsked,
    { reveal }: { readonly reveal: boolean },
  ): Promise<{ readonly items: readonly RevocationView[]; readonly next: number | null }> {
    const { store, clock } = this.#context;
    const read = await readRevocations(store.facts, {
      ...asked,
      targets: this.#rules.targets,
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

  /** A system has carried a revocation out. @param given.at now by default. Throws OperationError `invalid_input` */
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
    const systems = this.#rules.targets.map((target) => target.system);
    if (!systems.includes(system)) {
      const near = nearest(system, systems);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      throw new OperationError(
        "invalid_input",
        `${system} is none of the systems that carry revocations out: ${systems.join(", ")}${hint}`,
        { advice: "They are named in outdial.yaml under compliance.revocationTargets." },
      );
    }
    const at = momentOf(given.at, clock.now());
    const recorded = await store.facts.acknowledge({ revocationId: revocation, system, at, evidence }, by);
    return { revocation, system, recorded };
  }
}
