// The demo's people and their calls of the last 30 days, all from one seed: who they are, who agreed to calls, how each call
// ended.

import { createRandom, DAY_MS, HOUR_MS, type RandomStream } from "../../kernel/index.ts";
import { numberOf, type Place } from "./places.ts";

/** A contact in the form of a scenario. */
export interface DemoContact {
  readonly id: string;
  readonly phoneNumber: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly timeZone: string;
  readonly consentFlags: { readonly outbound: { readonly call: boolean } };
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** A call in the form of a scenario. */
export interface DemoCall {
  readonly id: string;
  readonly campaignId: string;
  readonly status: "completed" | "abandoned" | "failed";
  readonly dispositionCode?: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly contactId: string;
  readonly phoneNumber: string;
  readonly agentId?: string;
}

const FIRST = ["Amara", "Bruno", "Clara", "Dev", "Elin", "Femi", "Greta", "Hana", "Ivo", "Jonas", "Kira", "Luis", "Mina", "Noor"];
const LAST = [
  "Abbott",
  "Bell",
  "Costa",
  "Dawes",
  "Ekberg",
  "Finch",
  "Gupta",
  "Hale",
  "Iqbal",
  "Jensen",
  "Klein",
  "Lund",
  "Marsh",
];
const SEGMENTS = ["bronze", "silver", "gold"];
const CONSENT = 0.86;

const pick = <T>(from: readonly [T, ...T[]] | readonly T[], random: RandomStream, otherwise: T): T =>
  from[random.int(from.length)] ?? otherwise;

/**
 * People of a list. @param first number of people on the lists before it: nobody is on two lists, and no two people share a
 * number
 */
export function peopleOf(list: string, count: number, first: number, places: readonly Place[]): DemoContact[] {
  const random = createRandom("demo", `people/${list}`);
  return Array.from({ length: count }, (_, i) => {
    const { place, phoneNumber } = numberOf(places, first + i);
    return {
      id: `${list}-${String(i + 1).padStart(5, "0")}`,
      phoneNumber,
      firstName: pick(FIRST, random, "Amara"),
      lastName: pick(LAST, random, "Abbott"),
      timeZone: place.zone,
      consentFlags: { outbound: { call: random.next() < CONSENT } },
      attributes: { segment: pick(SEGMENTS, random, "bronze"), score: random.int(101) },
    };
  });
}

/** The results of a campaign's calls, as shares. */
export interface Course {
  readonly answered: number;
  /** Of the answered ones. */
  readonly abandoned: number;
  /** Of those who talked. */
  readonly converted: number;
}

const TALKED: readonly (readonly [code: string, share: number])[] = [
  ["APPOINTMENT_SET", 0.07],
  ["INTERESTED", 0.17],
  ["CALLBACK_REQUESTED", 0.16],
  ["NOT_INTERESTED", 0.52],
  ["WRONG_NUMBER", 0.07],
  ["DO_NOT_CALL", 0.01],
];
const UNANSWERED = ["NO_ANSWER", "NO_ANSWER", "NO_ANSWER", "BUSY", "DISCONNECTED"];
/** Calls by hour of the day, 9 to 20 o'clock local time of the people, and how well the hour converts. */
const HOURS: readonly (readonly [hour: number, calls: number, converts: number])[] = [
  [9, 4, 0.7],
  [10, 7, 0.9],
  [11, 9, 1.1],
  [12, 6, 0.8],
  [13, 6, 0.8],
  [14, 8, 1],
  [15, 8, 1],
  [16, 9, 1.1],
  [17, 11, 1.4],
  [18, 12, 1.5],
  [19, 8, 1.2],
];

/** A campaign's calls in the days before `now`; none in the last two hours, which are simulated. */
export function historyOf(
  campaignId: string,
  contacts: readonly DemoContact[],
  options: { readonly now: number; readonly days: number; readonly callsADay: number; readonly course: (day: number) => Course },
): DemoCall[] {
  const { now, days, callsADay, course } = options;
  const random = createRandom("demo", `history/${campaignId}`);
  const callable = contacts.filter(({ consentFlags }) => consentFlags.outbound.call);
  const weight = HOURS.reduce((sum, [, calls]) => sum + calls, 0);
  const offsetOf = wallClocks();
  const calls: DemoCall[] = [];
  for (let day = 0; day < days; day++) {
    const midnight = Math.floor((now - (days - day) * DAY_MS) / DAY_MS) * DAY_MS;
    const weekend = [0, 6].includes(new Date(midnight).getUTCDay());
    const today = course(day);
    for (const [hour, share, converts] of HOURS) {
      const many = Math.round((callsADay * (weekend ? 0.35 : 1) * share) / weight);
      for (let i = 0; i < many; i++) {
        const contact = callable[random.int(callable.length)];
        if (contact === undefined) continue;
        const start = Math.floor(midnight + hour * HOUR_MS + random.next() * HOUR_MS - offsetOf(contact.timeZone, midnight));
        if (start > now - 2.5 * HOUR_MS || start < now - days * DAY_MS) continue;
        const id = `${campaignId}-h${String(calls.length + 1).padStart(6, "0")}`;
        calls.push({ id, campaignId, ...called(contact, start, today, converts, random) });
      }
    }
  }
  return calls;
}

/** One call. */
function called(
  { id, phoneNumber }: DemoContact,
  start: number,
  { answered, abandoned, converted }: Course,
  converts: number,
  random: RandomStream,
): Omit<DemoCall, "id" | "campaignId"> {
  const to = { contactId: id, phoneNumber, startTime: new Date(start).toISOString() };
  const until = (seconds: number) => new Date(start + Math.round(seconds * 1000)).toISOString();
  if (random.next() >= answered) {
    const code = pick(UNANSWERED, random, "NO_ANSWER");
    const status = code === "DISCONNECTED" ? ("failed" as const) : ("completed" as const);
    return { ...to, status, dispositionCode: code, endTime: until(12 + random.next() * 20) };
  }
  if (random.next() < abandoned) return { ...to, status: "abandoned", endTime: until(8 + random.next() * 10) };
  const agentId = `agent_${String(1 + random.int(24)).padStart(3, "0")}`;
  const success = random.next() < converted * converts;
  return {
    ...to,
    status: "completed",
    agentId,
    dispositionCode: success ? "CONVERTED" : codeOf(random.next()),
    endTime: until(25 + random.next() ** 2 * 400),
  };
}

function codeOf(draw: number): string {
  let sum = 0;
  for (const [code, share] of TALKED) if (draw < (sum += share)) return code;
  return "NOT_INTERESTED";
}

/** Milliseconds by which a zone's wall clock is ahead of UTC, at noon of a day; computed by Intl once for each. */
function wallClocks(): (zone: string, midnight: number) => number {
  const known = new Map<string, number>();
  return (zone, midnight) => {
    const key = `${zone}/${midnight}`;
    let offset = known.get(key);
    if (offset === undefined) {
      const noon = midnight + DAY_MS / 2;
      const format = { timeZone: zone, hourCycle: "h23", dateStyle: "short", timeStyle: "medium" } as const;
      offset = Date.parse(`${new Intl.DateTimeFormat("en-US", format).format(noon)} UTC`) - noon;
      known.set(key, offset);
    }
    return offset;
  };
}
