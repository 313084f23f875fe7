// The gate: which contacts of a campaign may be called at a moment, which later and when, which never and why. Everything that
// can cause a call must ask it first. It works as a stream: contacts in batches, the facts of a batch in one round trip, verdicts
// in the order of the contacts.

import { createHash } from "node:crypto";
import {
  type Call,
  type CallFacts,
  type CallType,
  type CompiledPack,
  type Decision,
  decide,
  formatInstant,
  formatQuestion,
} from "../../compliance/index.ts";
import { type Clock, canonicalJson, newId, type RandomStream } from "../../kernel/index.ts";
import {
  type CompanyList,
  type Facts,
  type HandoverHolds,
  NO_FACTS,
  type NumberFacts,
  type PhoneKey,
  type RegistryFile,
  type Store,
} from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { RefusedLine } from "../table/records.ts";
import { FactsReader, lookBack } from "./call-facts.ts";
import { FirstSeen } from "./first-seen.ts";
import { type GateManifest, type SignedManifest, signManifest } from "./manifest.ts";
import { CONSENT_FLAG, DUPLICATE, type GateCounts, HANDED_OVER, Tally } from "./tally.ts";
import { phoneText } from "./values.ts";

/** Numbers per round trip. */
const BATCH = 2_000;
/** Characters that are hashed at once. */
const HASH_BLOCK = 65_536;

/** What gates work with. */
export interface GateDeps {
  readonly facts: Facts;
  /** Contacts that a hand-over holds back from the campaign that took over. */
  readonly holds: Pick<HandoverHolds, "heldFrom">;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  /** Says whether the store is reliable, and signs manifests. */
  readonly audit: Pick<Store["audit"], "requireFits" | "requireNotHeld" | "sign">;
}

/** A contact on a list. */
export interface GateContact {
  /** The vendor's id, or the caller's. */
  readonly id?: string | undefined;
  /** Line of the file it came from. */
  readonly line?: number | undefined;
  readonly number: PhoneKey;
  /** Further numbers on which the dialer may call the contact: a rule that forbids one of them forbids the contact. */
  readonly others?: readonly PhoneKey[] | undefined;
  readonly postal?: string | undefined;
  /** False when the vendor's consent flags forbid calls; nothing else about consent is taken from the vendor. */
  readonly mayCall?: boolean | undefined;
  /** A live agent is guaranteed when the call is answered. */
  readonly guaranteedAgent?: boolean | undefined;
  /** Calls to the contact that the tenant shows, ms since the epoch: caps count these or those known here, whichever are more. */
  readonly placed?: readonly number[] | undefined;
}

/** What a gate decides on. */
export interface GateRequest {
  readonly campaign: string;
  readonly callType: CallType;
  /** Campaign subject or debt, for caps that count by it. */
  readonly subject?: string | undefined;
  /** The moment, ms since the epoch; default now. */
  readonly at?: number | undefined;
  readonly pack: CompiledPack;
  /** Contacts, or lines that are not contacts, which are counted and never called. */
  readonly contacts: AsyncIterable<GateContact | RefusedLine>;
  /** Adds the reasons in words to each denial; slower. */
  readonly reasons?: boolean | undefined;
  /**
   * False for a look that permits nothing: its manifest is not stored, and neither the company's do-not-call list nor a store
   * that fits its audit heads is required.
   */
  readonly keep?: boolean | undefined;
}

/** The verdict on one contact, as written in JSON. */
export interface GateVerdict {
  readonly line?: number | undefined;
  readonly id?: string | undefined;
  /** E.164. */
  readonly number: string;
  readonly verdict: "dial" | "later" | "never";
  /** For `later`: when. */
  readonly next?: string | undefined;
  readonly rules: readonly string[];
  /** Line of the contact with the same number that was decided (its place in the list, from 1, where contacts have no lines). */
  readonly duplicateOf?: number | undefined;
  readonly reasons?: readonly string[] | undefined;
}

/** Receives the results. */
export interface GateSink {
  /** Each verdict with its line of JSON, in the order of the contacts. */
  verdict?(verdict: GateVerdict, json: string): void | Promise<void>;
  /** Each decision with its question and facts, a line of JSON for `replay`. */
  record?(json: string): void | Promise<void>;
  refused?(line: RefusedLine): void | Promise<void>;
  /** Contacts decided so far. */
  progress?(contacts: number): void;
}

/** The result of a gate. */
export interface GateResult {
  readonly counts: GateCounts;
  readonly manifest: SignedManifest;
}

/**
 * A gate. Every operation that can cause a call asks it first. Throws OperationError `no_company_list`; StoreError
 * `audit_set_back` on a database that was set back, because it may lack newer opt-outs.
 */
export type Gate = (request: GateRequest, sink?: GateSink) => Promise<GateResult>;

/** Makes a gate on a store's facts. */
export function createGate(deps: GateDeps): Gate {
  return (request, sink = {}) => runGate(deps, request, sink);
}

async function runGate(deps: GateDeps, request: GateRequest, sink: GateSink): Promise<GateResult> {
  const { facts, holds, audit } = deps;
  const { pack } = request;
  // Before the first verdict, since verdicts are passed on as they are made.
  if (request.keep !== false) await audit.requireFits();
  const at = request.at ?? deps.clock.now();
  const [files, list] = await Promise.all([facts.registryFiles(), facts.companyList()]);
  if (list === undefined && request.keep !== false) throw noCompanyList();
  const judge = new Judge(request, at, files, list, await campaignCalls(facts, request, at), sink.record !== undefined);
  const query = { attemptsSince: at - lookBack(pack.pack.rules), files };
  const read = async (batch: Batch) => {
    const numbers = batch.flatMap((one) => ("number" in one ? numbersOf(one) : []));
    const [known, held] = await Promise.all([facts.of(numbers, query), holds.heldFrom(request.campaign, numbers, at)]);
    return { known, held };
  };

  let decided = 0;
  for await (const {
    batch,
    known: { known, held },
  } of ahead(batches(request.contacts), read)) {
    for (const one of batch) {
      if ("number" in one) {
        const { verdict, json, records } = judge.contact(one, (number) => known.get(number) ?? NO_FACTS, latestOf(one, held));
        const written = sink.verdict?.(verdict, json);
        if (written !== undefined) await written;
        for (const record of records) await sink.record?.(record);
      } else {
        judge.refused(one);
        await sink.refused?.(one);
      }
    }
    decided += batch.length;
    sink.progress?.(decided);
  }

  if (request.keep !== false) audit.requireNotHeld();
  const id = newId("gate", deps.clock.now(), deps.random);
  const unresolved = await facts.countUnresolvedOptOuts();
  const manifest = signManifest(judge.manifest(id, deps, unresolved), (text) => audit.sign(text));
  const details = { at: manifest.at, pack: manifest.pack.version, input: manifest.input.hash, ...manifest.counts };
  if (request.keep !== false)
    await facts.addManifest(
      { id, campaign: request.campaign, at, manifest: canonicalJson(manifest) },
      { actor: deps.actor, details },
    );
  return { counts: judge.counts(), manifest };
}

async function campaignCalls(facts: Facts, { pack, campaign }: GateRequest, at: number) {
  const cap = pack.pack.rules.find((rule) => rule.kind === "campaign-day-cap");
  return cap === undefined ? undefined : facts.callsOfDay(campaign, cap.zone, at);
}

type Batch = readonly (GateContact | RefusedLine)[];

async function* batches(contacts: AsyncIterable<GateContact | RefusedLine>): AsyncGenerator<Batch> {
  let batch: (GateContact | RefusedLine)[] = [];
  for await (const contact of contacts) {
    batch.push(contact);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Reads the facts of a batch while the batch before it is being decided. */
async function* ahead<T>(
  source: AsyncIterable<Batch>,
  read: (batch: Batch) => Promise<T>,
): AsyncGenerator<{ batch: Batch; known: T }> {
  let pending: { batch: Batch; known: Promise<T> } | undefined;
  for await (const batch of source) {
    const next = { batch, known: read(batch) };
    // It is awaited in the next iteration; until then a failure must not count as unhandled.
    next.known.catch(() => undefined);
    if (pending !== undefined) yield { batch: pending.batch, known: await pending.known };
    pending = next;
  }
  if (pending !== undefined) yield { batch: pending.batch, known: await pending.known };
}

/** Decides contact by contact, and keeps counts and hashes. */
class Judge {
  readonly #request: GateRequest;
  readonly #at: number;
  readonly #files: readonly RegistryFile[];
  readonly #list: CompanyList | undefined;
  readonly #facts: FactsReader;
  readonly #tally: Tally;
  readonly #input = new LineHash();
  readonly #output = new LineHash();
  readonly #record: LineHash | undefined;
  readonly #seen = new FirstSeen();
  #position = 0;

  constructor(
    request: GateRequest,
    at: number,
    files: readonly RegistryFile[],
    list: CompanyList | undefined,
    calls: { date: string; placed: number } | undefined,
    records: boolean,
  ) {
    this.#request = request;
    this.#at = at;
    this.#files = files;
    this.#list = list;
    this.#facts = new FactsReader(request.pack, files, calls);
    this.#tally = new Tally(request.pack.pack);
    this.#record = records ? new LineHash() : undefined;
  }

  refused(line: RefusedLine): void {
    this.#position += 1;
    this.#input.add(JSON.stringify(line));
    this.#tally.refused();
  }

  /** @param heldUntil until when a hand-over holds the contact back; undefined when none does */
  contact(
    contact: GateContact,
    known: (number: PhoneKey) => NumberFacts,
    heldUntil: number | undefined,
  ): { verdict: GateVerdict; json: string; records: readonly string[] } {
    this.#input.add(JSON.stringify(contact));
    this.#position += 1;
    const first = this.#seen.note(contact.number, contact.line ?? this.#position);
    const { verdict, records } = first === undefined ? this.#decided(contact, known, heldUntil) : this.#duplicate(contact, first);
    const json = JSON.stringify(verdict);
    this.#output.add(json);
    for (const record of records) this.#record?.add(record);
    return { verdict, json, records };
  }

  /** A number counts once per list: calling it twice would be two calls on one decision. */
  #duplicate(contact: GateContact, first: number): { verdict: GateVerdict; records: readonly string[] } {
    const flagged = contact.mayCall === false;
    const rules = flagged ? [CONSENT_FLAG, DUPLICATE] : [DUPLICATE];
    this.#tally.add("never", rules, null);
    const words = [`${contact.line === undefined ? "Contact" : "Line"} ${first} of the list has the same number.`];
    if (flagged) words.push(FLAGGED);
    const verdict = {
      ...named(contact),
      verdict: "never",
      rules,
      duplicateOf: first,
      ...(this.#request.reasons === true ? { reasons: words } : {}),
    } as const;
    return { verdict, records: [] };
  }

  #decided(
    contact: GateContact,
    known: (number: PhoneKey) => NumberFacts,
    heldUntil: number | undefined,
  ): { verdict: GateVerdict; records: readonly string[] } {
    const asked = numbersOf(contact).map((number) => this.#ask(contact, number, known(number)));
    const flagged = contact.mayCall === false;
    const beside = [...(flagged ? [CONSENT_FLAG] : []), ...(heldUntil === undefined ? [] : [HANDED_OVER])];
    const broken = asked.flatMap(({ decision }) => decision.rules);
    const rules = asked.length === 1 && beside.length === 0 ? broken : [...new Set([...broken, ...beside])].sort();
    const [only] = asked;
    const isPlain = only !== undefined && asked.length === 1 && heldUntil === undefined;
    const next = flagged ? null : isPlain ? only.decision.next : nextOf(asked, this.#request.pack, this.#at, heldUntil);
    const outcome = rules.length === 0 ? "dial" : next === null ? "never" : "later";
    this.#tally.add(outcome, rules, next);
    const verdict: GateVerdict = {
      ...named(contact),
      verdict: outcome,
      ...(outcome === "later" && next !== null ? { next: formatInstant(next) } : {}),
      rules,
      ...(this.#request.reasons === true && outcome !== "dial"
        ? {
            reasons: this.#words(
              asked.flatMap(({ decision, call }) =>
                decision.reasons.map(({ text }) => (asked.length === 1 ? text : `${call.number}: ${text}`)),
              ),
              flagged,
              heldUntil,
            ),
          }
        : {}),
    };
    if (this.#record === undefined) return { verdict, records: [] };
    return { verdict, records: asked.map(({ call, facts, decision }) => this.#recordOf(contact, call, facts, decision)) };
  }

  #ask(contact: GateContact, number: PhoneKey, known: NumberFacts): Asked {
    const { pack, callType, subject } = this.#request;
    const call = { number: phoneText(number), callType, postal: contact.postal, subject };
    const { jurisdictions } = pack.place(call.number, contact.postal);
    const { placed, guaranteedAgent } = contact;
    const own = this.#facts.read(known, { at: this.#at, jurisdictions, guaranteedAgent });
    // The subject of a call that the tenant shows is unknown: it counts for every subject.
    const shown = placed?.flatMap((at) => (at <= this.#at ? [{ at, subject }] : []));
    const facts = shown === undefined ? own : { ...own, tenantAttempts: shown };
    return { call, facts, decision: decide(call, facts, pack, this.#at) };
  }

  /** The decision of the rules only: the vendor's flag is not a rule of a pack. */
  #recordOf(contact: GateContact, call: Call, facts: CallFacts, decision: Decision): string {
    const { decision: allows, rules: broken, next: first, packVersion, timeZoneData } = decision;
    return JSON.stringify({
      ...named(contact),
      input: formatQuestion(call, facts, this.#at),
      decision: allows,
      rules: broken,
      next: first === null ? null : formatInstant(first),
      packVersion,
      timeZoneData,
    });
  }

  #words(reasons: readonly string[], flagged: boolean, heldUntil: number | undefined): string[] {
    const more = [];
    if (flagged) more.push(FLAGGED);
    if (heldUntil !== undefined)
      more.push(`The campaign that handed over has called this number: this one must not before ${formatInstant(heldUntil)}.`);
    return [...reasons, ...more];
  }

  counts(): GateCounts {
    return this.#tally.counts();
  }

  manifest(id: string, { actor, clock }: GateDeps, unresolvedOptOuts: number): GateManifest {
    const { campaign, callType, subject, pack } = this.#request;
    const { contacts, byReason, byRule, ...counts } = this.#tally.counts();
    return {
      format: "outdial-gate/1",
      id,
      campaign,
      callType,
      ...(subject === undefined ? {} : { subject }),
      at: formatInstant(this.#at),
      madeAt: formatInstant(clock.now()),
      actor,
      pack: { version: pack.packVersion, hash: sha256(canonicalJson(pack.pack)) },
      geography: pack.geographyVersion,
      timeZoneData: pack.timeZoneData,
      input: { contacts, hash: this.#input.digest() },
      output: { hash: this.#output.digest() },
      ...(this.#record === undefined ? {} : { record: { hash: this.#record.digest() } }),
      facts: {
        registries: this.#files.map(({ registry, asOf, numbers }) => ({ registry, asOf, numbers })),
        ...(this.#list === undefined ? {} : { companyList: companyListOf(this.#list) }),
        unresolvedOptOuts,
      },
      counts,
      byReason: byReason.map(({ reason, verdict, contacts: many, from, to }) => ({
        reason,
        verdict,
        contacts: many,
        ...(from === undefined ? {} : { from: formatInstant(from) }),
        ...(to === undefined ? {} : { to: formatInstant(to) }),
      })),
      byRule,
    };
  }
}

interface Asked {
  readonly call: Call;
  readonly facts: CallFacts;
  readonly decision: Decision;
}

/** The dialer chooses one of a contact's numbers. */
const numbersOf = ({ number, others }: GateContact): readonly PhoneKey[] =>
  others === undefined ? [number] : [number, ...others];

/** Until when one of a contact's numbers is held back. */
function latestOf(contact: GateContact, held: ReadonlyMap<PhoneKey, number>): number | undefined {
  const until = numbersOf(contact).flatMap((number) => held.get(number) ?? []);
  return until.length === 0 ? undefined : Math.max(...until);
}

/**
 * An instant that suits one number may not suit another, which then gives a later one. After so many rounds they have none in
 * common.
 */
const MOST_TURNS = 100;

/**
 * The first instant at which every number may be called, not before `heldUntil`; null when there is none within the horizon.
 * @param now of the decisions
 */
function nextOf(asked: readonly Asked[], pack: CompiledPack, now: number, heldUntil = now): number | null {
  let at = Math.max(now, heldUntil);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    let latest = at;
    for (const { call, facts, decision } of asked) {
      // A denial lasts until the decision's own next instant.
      const isOver = decision.decision === "allow" ? at > now : decision.next !== null && decision.next <= at;
      const { next } = isOver ? decide(call, facts, pack, at) : decision;
      if (next === null) return null;
      latest = Math.max(latest, next);
    }
    if (latest === at) return at;
    at = latest;
  }
  return null;
}

/** Without the company's own list it is not known who asked not to be called. */
function noCompanyList(): OperationError {
  return new OperationError("no_company_list", NO_COMPANY_LIST, { advice: BRING_COMPANY_LIST });
}

/** Why a gate refuses everybody, and what to do. */
export const NO_COMPANY_LIST =
  "the company's do-not-call list was neither loaded nor declared empty: nobody may be dialed from this store";
/** Advice where the company's do-not-call list is missing. */
export const BRING_COMPANY_LIST =
  "Load it: outdial dnc import FILE. If the company has none: outdial dnc declare-empty --name YOUR-NAME --reason WHY.";

/** The state of the company's list for manifests and people. */
export function companyListOf({ state, since, at, source, actor }: CompanyList) {
  return { state, since: formatInstant(since), at: formatInstant(at), source, by: actor };
}

const FLAGGED = "The contact's consent flags forbid calls.";

function named({ line, id, number }: GateContact): Pick<GateVerdict, "line" | "id" | "number"> {
  return { ...(line === undefined ? {} : { line }), ...(id === undefined ? {} : { id }), number: phoneText(number) };
}

/** A hash over lines, computed in blocks: calling it for each of a million lines costs more than the hash. */
class LineHash {
  readonly #hash = createHash("sha256");
  #block = "";

  add(line: string): void {
    this.#block += `${line}\n`;
    if (this.#block.length >= HASH_BLOCK) this.#flush();
  }

  digest(): string {
    this.#flush();
    return `sha256:${this.#hash.copy().digest("hex")}`;
  }

  #flush(): void {
    this.#hash.update(this.#block);
    this.#block = "";
  }
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
