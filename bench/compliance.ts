// Decisions per second on one core over a million mixed contacts, against what a straightforward program does with libphonenumber-js and Intl.

import { readFileSync } from "node:fs";
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import {
  type Call,
  type CallFacts,
  type CallType,
  compilePack,
  decide,
  mayCall,
  parseRulePack,
} from "../src/compliance/index.ts";
import { createRandom } from "../src/kernel/index.ts";
import { rounded, sized } from "./support.ts";

const CONTACTS = sized(1_000_000, 5000);
const NAIVE_CONTACTS = sized(20_000, 200);
const DAY = 86_400_000;
const NOW = Date.parse("2026-06-16T14:30:00Z");

interface FlatRuleSet {
  npa: Record<string, { state: string; zones: string[] }>;
  postal: Record<string, { state: string; zone: string }>;
  jurisdictions: Record<
    string,
    { week?: Record<string, [string, string] | null> | null; holidays?: string[]; cap24h?: { max: number } }
  >;
  canada: { week: Record<string, [string, string] | null> };
  uk: { week: Record<string, [string, string] | null> };
}

const document: unknown = JSON.parse(
  readFileSync(new URL("../test/data/compliance/flat-rule-set.json", import.meta.url), "utf8"),
);
const flat = (document as { ruleset: FlatRuleSet }).ruleset;

interface Contact {
  readonly call: Call;
  readonly facts: CallFacts;
}

/** Contacts as a campaign has them: every area code, some with an address, some abroad, a few bad numbers, and facts of every kind. */
function makeContacts(count: number): Contact[] {
  const random = createRandom("bench", "contacts");
  const codes = Object.keys(flat.npa);
  const zips = Object.keys(flat.postal);
  const pick = <T>(values: readonly T[]): T => values[random.int(values.length)] as T;
  const chance = (share: number) => random.next() < share;
  const digits = (n: number) => String(random.int(10 ** n)).padStart(n, "0");
  const ago = (days: number) => NOW - Math.floor(random.next() * days * DAY);
  const date = (days: number) => new Date(ago(days)).toISOString().slice(0, 10);
  return Array.from({ length: count }, () => {
    const roll = random.next();
    const number =
      roll < 0.9
        ? `+1${pick(codes)}555${digits(4)}`
        : roll < 0.97
          ? `+44207946${digits(4)}`
          : roll < 0.98
            ? `+1800555${digits(4)}`
            : `+1911555${digits(4)}`;
    const callType: CallType = chance(0.7) ? "telemarketing" : chance(0.5) ? "prerecorded" : "collection";
    const call = {
      number,
      callType,
      postal: roll < 0.9 && chance(0.3) ? pick(zips) : undefined,
      subject: chance(0.5) ? "A" : undefined,
    };
    const facts = {
      attempts: chance(0.4)
        ? Array.from({ length: 1 + random.int(4) }, () => ({ at: ago(8), kind: "attempt" as const, subject: "A" }))
        : undefined,
      consent: chance(0.4)
        ? { level: chance(0.6) ? ("written" as const) : ("express" as const), at: ago(300), revokedAt: undefined }
        : undefined,
      ebr: chance(0.2) ? { kind: "transaction" as const, date: date(700) } : undefined,
      dnc: chance(0.15) ? { national: chance(0.8), internalAt: chance(0.2) ? ago(500) : undefined } : undefined,
      scrubbedOn: chance(0.8) ? date(35) : undefined,
      rndDisconnectedOn: undefined,
      guaranteedAgent: undefined,
    };
    return { call, facts };
  });
}

type FormatOf = (zone: string) => Intl.DateTimeFormat;
const newFormat: FormatOf = (timeZone) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
const formats = new Map<string, Intl.DateTimeFormat>();
const keptFormat: FormatOf = (zone) => {
  const format = formats.get(zone) ?? newFormat(zone);
  formats.set(zone, format);
  return format;
};

/**
 * What one writes in an afternoon: parse the number, ask Intl for the local time in each zone, compare texts. The allow or deny alone, neither
 * every rule nor the next instant.
 */
function naiveMayCall({ call, facts }: Contact, now: number, formatOf: FormatOf): boolean {
  const parsed = parsePhoneNumberFromString(call.number);
  if (parsed === undefined || !parsed.isPossible()) return false;
  const area =
    parsed.countryCallingCode === "1" ? flat.npa[parsed.nationalNumber.slice(0, 3)] : { state: "GB", zones: ["Europe/London"] };
  const place = call.postal === undefined ? undefined : flat.postal[call.postal];
  if (area === undefined && place === undefined) return false;
  const states = [area?.state, place?.state].filter((state) => state !== undefined);
  if (facts.dnc?.internalAt !== undefined) return false;
  if (facts.dnc?.national === true && facts.ebr === undefined && facts.consent?.level !== "written") return false;
  if (call.callType === "prerecorded" && facts.consent?.level !== "written") return false;
  for (const zone of place === undefined ? (area?.zones ?? []) : [place.zone]) {
    const parts = formatOf(zone).formatToParts(now);
    const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? "";
    const time = `${part("hour")}:${part("minute")}`;
    const day = `${part("year")}-${part("month")}-${part("day")}`;
    if (facts.scrubbedOn !== undefined && (Date.parse(day) - Date.parse(facts.scrubbedOn)) / DAY > 31) return false;
    for (const state of states) {
      const own = flat.jurisdictions[state];
      const week = state === "GB" ? flat.uk.week : (own?.week ?? {});
      const window = week[part("weekday").toLowerCase()];
      if (window === null || time < (window?.[0] ?? "08:00") || time >= (window?.[1] ?? "21:00")) return false;
      if (own?.holidays?.includes(day) === true) return false;
      const recent = facts.attempts?.filter((attempt) => now - attempt.at < DAY).length ?? 0;
      if (own?.cap24h !== undefined && recent >= own.cap24h.max) return false;
    }
  }
  return true;
}

const contacts = makeContacts(CONTACTS);
const pack = compilePack(parseRulePack(document, "flat-rule-set.json"));

/** Contacts per second of CPU, the best of several passes (others use this machine too); `sum` keeps the work from being optimised away. */
function perSecond(passes: number, over: readonly Contact[], one: (contact: Contact) => number): { rate: number; sum: number } {
  const rates: number[] = [];
  let sum = 0;
  for (let pass = 0; pass < passes; pass++) {
    sum = 0;
    const start = process.cpuUsage();
    for (const contact of over) sum += one(contact);
    const { user, system } = process.cpuUsage(start);
    rates.push((over.length * 1e6) / (user + system));
  }
  return { rate: Math.max(...rates), sum };
}

const full = perSecond(5, contacts, ({ call, facts }) => {
  const decision = decide(call, facts, pack, NOW);
  return decision.decision === "allow" ? 1 : 0;
});
const bit = perSecond(5, contacts, ({ call, facts }) => (mayCall(call, facts, pack, NOW) ? 1 : 0));
const few = contacts.slice(0, NAIVE_CONTACTS);
const naive = perSecond(3, few, (contact) => (naiveMayCall(contact, NOW, newFormat) ? 1 : 0));
const kept = perSecond(3, few, (contact) => (naiveMayCall(contact, NOW, keptFormat) ? 1 : 0));

process.stdout.write(
  `${JSON.stringify({
    ratio: rounded(full.rate / naive.rate, 1),
    atLeast: 30,
    decisionsPerSecond: rounded(full.rate, 0),
    decisionsAtLeast: 500_000,
    bitsPerSecond: rounded(bit.rate, 0),
    naivePerSecond: rounded(naive.rate, 0),
    naiveWithKeptFormatsPerSecond: rounded(kept.rate, 0),
    allowed: full.sum,
    contacts: CONTACTS,
  })}\n`,
);
