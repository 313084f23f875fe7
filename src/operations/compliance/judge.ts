// Decides the contacts of a gate one by one from their facts: whom the campaign may call now, whom later and when, whom never and
// why; counts the verdicts, and hashes what came in and went out.

import { createHash } from "node:crypto";
import {
  type Call,
  type CallFacts,
  type CallType,
  type CompiledPack,
  type Decided,
  type Decision,
  decide,
  formatInstant,
  formatQuestion,
  nextForAll,
  together,
} from "../../compliance/index.ts";
import { type Clock, canonicalJson } from "../../kernel/index.ts";
import type { CompanyList, NumberFacts, PhoneKey, RegistryFile } from "../../store/index.ts";
import type { RefusedLine } from "../table/records.ts";
import { attemptsToPerson, FactsReader } from "./call-facts.ts";
import { registriesOf } from "./coverage.ts";
import { companyListOf, type GateManifest } from "./manifest.ts";
import { CONSENT_FLAG, DUPLICATE, type GateCounts, GateTally, HANDED_OVER } from "./tally.ts";
import { askedAs, phoneText } from "./values.ts";

// Detects repeated numbers of a list with little memory: a hash table with open addressing, 12 bytes per slot, filled to at most
// four fifths; a Map needs ten times as much. It is divided into segments that grow one at a time, so that growing never keeps
// everything twice.

const SEGMENTS = 1024;
const FIRST_CAPACITY = 16;
const FULLEST = 0.8;
const GROWTH = 1.5;
const WORD = 4_294_967_296;

/** Remembers the first position of each number. */
export class FirstSeen {
  readonly #segments: readonly Segment[] = Array.from({ length: SEGMENTS }, () => new Segment());

  /** The position of a number, undefined when it was not recorded. */
  find(number: number): number | undefined {
    const hash = hashOf(number);
    return this.#segments[hash % SEGMENTS]?.find(number, Math.floor(hash / SEGMENTS));
  }

  /**
   * Records a number.
   * @param number above 0
   * @param position below 2^32
   * @returns its earlier position, undefined when it is new
   */
  note(number: number, position: number): number | undefined {
    const hash = hashOf(number);
    const segment = this.#segments[hash % SEGMENTS];
    return segment?.note(number, position, Math.floor(hash / SEGMENTS));
  }
}

class Segment {
  #numbers = new Float64Array(FIRST_CAPACITY);
  #positions = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  find(number: number, hash: number): number | undefined {
    const slot = slotOf(this.#numbers, number, hash);
    return this.#numbers[slot] === number ? this.#positions[slot] : undefined;
  }

  note(number: number, position: number, hash: number): number | undefined {
    if (this.#count >= this.#numbers.length * FULLEST) this.#grow();
    const slot = slotOf(this.#numbers, number, hash);
    if (this.#numbers[slot] === number) return this.#positions[slot];
    this.#numbers[slot] = number;
    this.#positions[slot] = position;
    this.#count += 1;
    return undefined;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#numbers.length * GROWTH);
    const numbers = new Float64Array(capacity);
    const positions = new Uint32Array(capacity);
    for (const [old, number] of this.#numbers.entries()) {
      if (number === 0) continue;
      const slot = slotOf(numbers, number, Math.floor(hashOf(number) / SEGMENTS));
      numbers[slot] = number;
      positions[slot] = this.#positions[old] ?? 0;
    }
    this.#numbers = numbers;
    this.#positions = positions;
  }
}

/** The slot of a number, or the free one for it. */
function slotOf(numbers: Float64Array, number: number, hash: number): number {
  let slot = hash % numbers.length;
  while (numbers[slot] !== 0 && numbers[slot] !== number) slot = slot + 1 === numbers.length ? 0 : slot + 1;
  return slot;
}

/** 32 bits that distribute consecutive numbers evenly (MurmurHash3's finalizer). */
function hashOf(number: number): number {
  let hash = (number % WORD) ^ Math.imul(Math.floor(number / WORD), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Characters that are hashed at once. */
const HASH_BLOCK = 65_536;

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

/** A contact on a list. */
export interface GateContact {
  /** The vendor's id, or the caller's. */
  readonly id?: string | undefined;
  /** Line of the file it came from. */
  readonly line?: number | undefined;
  readonly number: PhoneKey;
  /** Further numbers on which the dialer may call the contact: a rule that forbids one of them forbids the contact. */
  readonly others?: readonly PhoneKey[] | undefined;
  /** Further numbers of the person, on which this contact is not called: calls to them count. */
  readonly elsewhere?: readonly PhoneKey[] | undefined;
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
  /** Adds the reasons in words to each denial, and what was weighed to each permission; slower. */
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
  /** For `dial`, when reasons are asked for: what satisfied every rule that applies. */
  readonly weighed?: readonly string[] | undefined;
}

/** Decides contact by contact, and keeps counts and hashes. */
export class Judge {
  readonly #request: GateRequest;
  readonly #at: number;
  readonly #files: readonly RegistryFile[];
  readonly #list: CompanyList | undefined;
  readonly #facts: FactsReader;
  readonly #tally: GateTally;
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
    this.#tally = new GateTally(request.pack.pack);
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
    const first = this.#firstOf(contact);
    const { verdict, records } = first === undefined ? this.#decided(contact, known, heldUntil) : this.#duplicate(contact, first);
    const json = JSON.stringify(verdict);
    this.#output.add(json);
    for (const record of records) this.#record?.add(record);
    return { verdict, json, records };
  }

  /** Where one of the contact's numbers was decided; undefined when none was, and then each is remembered. */
  #firstOf(contact: GateContact): number | undefined {
    const position = contact.line ?? this.#position;
    if (contact.others === undefined) return this.#seen.note(contact.number, position);
    const numbers = numbersOf(contact);
    for (const number of numbers) {
      const found = this.#seen.find(number);
      if (found !== undefined) return found;
    }
    for (const number of numbers) this.#seen.note(number, position);
    return undefined;
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
    const { pack } = this.#request;
    const person = this.#personFacts(contact, known);
    const asked = numbersOf(contact).map((number) => this.#ask(contact, number, { ...known(number), ...person }));
    const decision = together(asked, pack, this.#at);
    const flagged = contact.mayCall === false;
    const beside = [...(flagged ? [CONSENT_FLAG] : []), ...(heldUntil === undefined ? [] : [HANDED_OVER])];
    const rules = beside.length === 0 ? decision.rules : [...new Set([...decision.rules, ...beside])].sort();
    const next = flagged ? null : heldUntil === undefined ? decision.next : nextForAll(asked, pack, this.#at, heldUntil);
    const outcome = rules.length === 0 ? "dial" : next === null ? "never" : "later";
    this.#tally.add(outcome, rules, next);
    const verdict: GateVerdict = {
      ...named(contact),
      verdict: outcome,
      ...(outcome === "later" && next !== null ? { next: formatInstant(next) } : {}),
      rules,
      ...(this.#request.reasons !== true
        ? {}
        : outcome === "dial"
          ? { weighed: (decision.weighed ?? []).map(textOf) }
          : {
              reasons: this.#words(decision.reasons.map(textOf), flagged, heldUntil),
            }),
    };
    if (this.#record === undefined) return { verdict, records: [] };
    return { verdict, records: asked.map(({ call, facts, decision }) => this.#recordOf(contact, call, facts, decision)) };
  }

  /**
   * What counts for the person, whichever number of it is called: the calls to all of them, those to come of this list's contacts before included, and that
   * the person is on our own list. Nothing when there is one number.
   */
  #personFacts(contact: GateContact, known: (number: PhoneKey) => NumberFacts): Partial<NumberFacts> {
    const numbers = personOf(contact);
    if (numbers.length === 1) return {};
    const { campaign, subject = "" } = this.#request;
    const listed = (contact.elsewhere ?? []).filter((number) => this.#seen.find(number) !== undefined);
    const toCome = listed.map(() => ({ at: this.#at, kind: "attempt" as const, subject, campaign }));
    // What forbids one of the contact's own numbers is decided by that number.
    const optedOut = (contact.elsewhere ?? []).map(known).find(({ suppressedSince }) => suppressedSince !== undefined);
    const suppressed =
      optedOut === undefined ? {} : { suppressedSince: optedOut.suppressedSince, suppressionLoaded: optedOut.suppressionLoaded };
    return { attempts: [...attemptsToPerson(numbers.map(known)), ...toCome], ...suppressed };
  }

  #ask(contact: GateContact, number: PhoneKey, known: NumberFacts): Decided {
    const { pack, callType, subject } = this.#request;
    const call = { number: askedAs(number), callType, postal: contact.postal, subject };
    const { jurisdictions } = pack.place(call.number, contact.postal);
    const { placed, guaranteedAgent } = contact;
    const own = this.#facts.read(known, { number, at: this.#at, jurisdictions, guaranteedAgent });
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

  manifest(id: string, { actor, clock }: { actor: string; clock: Clock }, unresolvedOptOuts: number): GateManifest {
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
        registries: registriesOf(this.#files).map(({ registry, asOf, numbers, covers }) => ({ registry, asOf, numbers, covers })),
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

const textOf = ({ text }: { readonly text: string }) => text;

/** The dialer chooses one of a contact's numbers. */
export const numbersOf = ({ number, others }: GateContact): readonly PhoneKey[] =>
  others === undefined ? [number] : [number, ...others];

/** All numbers of the contact that are known. */
export const personOf = (contact: GateContact): readonly PhoneKey[] => [...numbersOf(contact), ...(contact.elsewhere ?? [])];

const FLAGGED = "The contact's consent flags forbid calls.";

function named({ line, id, number }: GateContact): Pick<GateVerdict, "line" | "id" | "number"> {
  return { ...(line === undefined ? {} : { line }), ...(id === undefined ? {} : { id }), number: phoneText(number) };
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
