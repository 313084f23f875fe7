// Questions about calls and their answers, based on facts in the question or on the store's facts about the number.

import {
  type Call,
  type CallFacts,
  type CompiledPack,
  type Decision,
  decide,
  formatInstant,
  parseQuestion,
  type Strip,
  strip,
  together,
} from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { type Facts, NO_FACTS, type PhoneKey, type Store } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { Parsed } from "../table/records.ts";
import { attemptsToPerson, FactsReader, lookBack } from "./call-facts.ts";
import { askedAs, instant, type NumbersNamed, phone, phones, phoneText } from "./values.ts";
import { setBackWords } from "./words.ts";

/** A call to each of the numbers and what is known of it, as the gate takes them. */
async function askedOfNumbers(
  facts: Facts,
  keys: readonly PhoneKey[],
  { pack, at, call }: { readonly pack: CompiledPack; readonly at: number; readonly call: Call },
): Promise<readonly { readonly call: Call; readonly facts: CallFacts }[]> {
  const files = await facts.registryFiles();
  const known = await facts.of(keys, { attemptsSince: at - lookBack(pack.pack.rules), files });
  const reader = new FactsReader(pack, files, undefined);
  // A text that names several numbers is about one person.
  const attempts = attemptsToPerson(keys.map((key) => known.get(key) ?? NO_FACTS));
  return keys.map((key) => {
    const one = { ...call, number: askedAs(key) };
    const { jurisdictions } = pack.place(one.number, one.postal);
    return { call: one, facts: reader.read({ ...(known.get(key) ?? NO_FACTS), attempts }, { number: key, at, jurisdictions }) };
  });
}

const HALF_HOUR_MS = 1_800_000;
const CELLS = 96;

/** A question as people put it. */
export interface Asked {
  /** The number as written by people, with spaces and brackets. */
  readonly number: string;
  /** Default: that of the facts, else telemarketing. */
  readonly callType?: string | undefined;
  /** ms since the epoch; default: that of the facts, else now. */
  readonly at?: number | undefined;
  readonly postal?: string | undefined;
  readonly subject?: string | undefined;
  /** Facts to use instead of the store's: a line of `check`, or part of one. What it says of the call must agree with the rest. */
  readonly facts?: object | undefined;
}

/** The part of a store that decisions need. */
export type KnownFacts = Pick<Store, "facts" | "audit">;

/** A decision with the coming 48 hours, and the source of its facts. */
export interface Explained {
  readonly call: Call;
  /** E.164 of every number that the question may be about; none when its text names none. */
  readonly numbers: readonly string[];
  readonly at: number;
  readonly decision: Decision;
  readonly ahead: Strip;
  /** Version of the tables of places. */
  readonly geography: string;
  readonly from: "store" | "given" | "none";
  /** Why no facts decided; null when some did. */
  readonly noFacts: string | null;
  /** Why the store may lack facts: it was set back. Null when it was not, or when that was not checked. */
  readonly setBack: string | null;
}

/**
 * Decides a question on the given facts, otherwise on those of the store, otherwise without facts. @param now ms since the epoch
 * @param open in words, why there is no store
 */
export async function explained(
  asked: Asked,
  pack: CompiledPack,
  now: number,
  open: () => Promise<KnownFacts | string>,
): Promise<Explained> {
  const { facts: given, number: text, ...rest } = asked;
  const read = phones(text);
  const keys: readonly PhoneKey[] = "ok" in read ? read.ok.keys : [];
  // A text that names none or several is decided as it is: the reasons say so, or each number is decided by itself.
  const [only, ...others] = keys;
  const number = only === undefined || others.length > 0 ? text.trim() : askedAs(only);
  const question = parseQuestion(given ?? {}, { callType: "telemarketing", at: now }, { ...rest, number });
  const { call, at, facts: brought } = question;
  const opened = given !== undefined ? null : only === undefined ? "this is not a telephone number" : await open();
  const store = typeof opened === "string" || opened === null ? undefined : opened;
  const setBack = store === undefined ? null : await setBackOf(store);
  const known = store === undefined ? undefined : await askedOfNumbers(store.facts, keys, { pack, at, call });
  const parts = known ?? [{ call, facts: brought }];
  const decided = (moment: number) =>
    together(
      parts.map((one) => ({ ...one, decision: decide(one.call, one.facts, pack, moment) })),
      pack,
      moment,
    );
  return {
    call,
    numbers: keys.map(phoneText),
    at,
    decision: decided(at),
    ahead: strip(decided, at, CELLS, HALF_HOUR_MS),
    geography: pack.geographyVersion,
    from: known !== undefined ? "store" : given === undefined ? "none" : "given",
    noFacts: typeof opened === "string" ? opened : null,
    setBack,
  };
}

/** The warning that comes first in an answer from a store that was set back; null when every comparable head fits. */
export async function setBackOf({ audit }: Pick<Store, "audit">): Promise<string | null> {
  const [first] = await audit.look();
  return first === undefined ? null : setBackWords(first);
}

/**
 * The answer to a question on the facts in it; an unreadable question gets an answer that says so. @param record include the
 * question
 */
export function answerTo(value: object, pack: CompiledPack, at: number | undefined, record = false) {
  try {
    const { id, call, facts, at: asked } = parseQuestion(value, { at });
    const { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData } = decide(call, facts, pack, asked);
    return {
      ...(id === undefined ? {} : { id }),
      decision,
      rules,
      reasons: reasons.map(({ text }) => text),
      weighed: weighed?.map(({ text }) => text) ?? null,
      cap,
      next: next === null ? null : formatInstant(next),
      zones,
      packVersion,
      timeZoneData,
      ...(record ? { input: { ...inputOf(value), at: formatInstant(asked) } } : {}),
    };
  } catch (thrown) {
    if (thrown instanceof OutdialError && thrown.code === "invalid_facts") return unreadable(thrown.message);
    throw thrown;
  }
}

/** The answer to a line that is not a question. */
export function unreadable(message: string) {
  return { error: { code: "invalid_input", message } };
}

/** The question itself, without surrounding fields. */
function inputOf(value: object): object {
  return "input" in value && typeof value.input === "object" && value.input !== null ? value.input : value;
}

/** A text as people write it, or the digits of an E.164 number as a number. */
export type GivenNumber = string | PhoneKey;

/** The one number that is certainly meant. Throws OperationError `invalid_input` */
export function numberOf(given: GivenNumber): PhoneKey {
  return wanted(phone(textOf(given)));
}

/** Every number that may be meant. Throws OperationError `invalid_input` */
export function numbersNamed(given: GivenNumber): NumbersNamed {
  return wanted(phones(textOf(given)));
}

/** Digits that are a number of no country are refused, however they came here. */
const textOf = (given: GivenNumber) => (typeof given === "number" ? `00${given}` : given);

function wanted<T>(read: Parsed<T>): T {
  if ("ok" in read) return read.ok;
  throw new OperationError("invalid_input", `number: ${read.problem}`);
}

/**
 * An instant that is not in the future. @param given ms since the epoch or ISO 8601; default now. Throws OperationError
 * `invalid_input`
 */
export function momentOf(given: string | number | undefined, now: number): number {
  if (given === undefined) return now;
  if (typeof given === "number") return given;
  const read = instant(given, now);
  if ("ok" in read) return read.ok;
  throw new OperationError("invalid_input", `at: ${read.problem}`);
}
