// Records of calls for the calibration, from CSV or NDJSON: every line becomes a record or a refusal with its line, field and
// reason.

import { isInstantInRange, type Zone, zoneOf } from "../../compliance/index.ts";
import type { CallOutcome, CallRecord } from "../../dialing/index.ts";
import { isDay, nearest } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import {
  type Cells,
  type Parsed,
  type RecordFormat,
  type RecordOptions,
  type RefusedLine,
  readRecords,
} from "../table/records.ts";

type Field = "hour" | "day" | "time" | "outcome" | "ring_seconds" | "talk_seconds" | "wrap_seconds" | "attempt" | "abandoned";

/** The documented name of each column first, then its other known names. */
const FORMAT: RecordFormat<Field> = {
  fields: [
    { field: "hour", names: ["hour", "local_hour"] },
    { field: "day", names: ["day", "date", "local_date"] },
    { field: "time", names: ["time", "started_at", "start_time", "starttime"] },
    { field: "outcome", names: ["outcome", "result", "call_result"], required: true },
    { field: "ring_seconds", names: ["ring_seconds", "ring", "ring_time", "ringseconds"] },
    { field: "talk_seconds", names: ["talk_seconds", "talk", "talk_time", "talkseconds"] },
    { field: "wrap_seconds", names: ["wrap_seconds", "wrap", "wrap_time", "acw_seconds", "acw", "wrapseconds"] },
    { field: "attempt", names: ["attempt", "attempt_number", "attempts"] },
    { field: "abandoned", names: ["abandoned", "is_abandoned"] },
  ],
};

/** Words for outcomes, in lower case without blanks, hyphens and underscores. */
const OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  live: "live",
  answered: "live",
  human: "live",
  person: "live",
  connected: "live",
  abandoned: "live",
  machine: "machine",
  answeringmachine: "machine",
  voicemail: "machine",
  amd: "machine",
  noanswer: "noAnswer",
  na: "noAnswer",
  rna: "noAnswer",
  timeout: "noAnswer",
  busy: "busy",
  invalid: "invalid",
  disconnected: "invalid",
  failed: "invalid",
  badnumber: "invalid",
  fax: "invalid",
};

/** How a file of call records is read. */
export interface CallRecordOptions extends RecordOptions {
  /** IANA zone used to find the hour of a `time`. Default: the zone that the time is written with. */
  readonly zone?: string | undefined;
}

/**
 * Reads records of calls. A line needs an `outcome` and an `hour` or a `time`; the rest may be empty.
 * @throws OperationError `invalid_input` when the file as a whole cannot be read, or the zone is unknown
 */
export async function* readCallRecords(
  source: AsyncIterable<Uint8Array>,
  options: CallRecordOptions = {},
): AsyncGenerator<{ readonly line: number; readonly record: CallRecord } | RefusedLine> {
  const clockOf = options.zone === undefined ? writtenClock : clockIn(options.zone);
  yield* readRecords(source, FORMAT, (cells) => recordOf(cells, clockOf), options);
}

/** The time shown by a clock. */
interface Clock {
  readonly hour: number;
  readonly day: string;
}

type ClockOf = (text: string) => Parsed<Clock>;

function recordOf(cells: Cells<Field>, clockOf: ClockOf): CallRecord {
  const outcome = cells.need("outcome", outcomeOf);
  const given = cells.maybe(
    "hour",
    number("hours of the day from 0 up to 24", (value) => value >= 0 && value < 24),
  );
  const clock = given === undefined ? cells.need("time", clockOf) : { hour: given, day: undefined };
  const hour = clock.hour;
  const day = cells.maybe("day", dayOf) ?? clock.day;
  const seconds = number("seconds from 0 to 86400", (value) => value >= 0 && value <= 86_400);
  const ringSeconds = cells.maybe("ring_seconds", seconds);
  const talkSeconds = cells.maybe("talk_seconds", seconds);
  const wrapSeconds = cells.maybe("wrap_seconds", seconds);
  const attempt = cells.maybe(
    "attempt",
    number("a whole number from 1 to 1000", (value) => Number.isInteger(value) && value >= 1 && value <= 1000),
  );
  const said = cells.maybe("abandoned", yesOrNo);
  const isAbandoned = wordOf(cells.text("outcome")) === "abandoned";
  if (isAbandoned && said === false) {
    cells.refuse("abandoned", `abandoned is ${cells.text("abandoned")} although the outcome is abandoned`);
  }
  const abandoned = isAbandoned ? true : said;
  if (talkSeconds !== undefined && talkSeconds > 0 && outcome !== "live" && outcome !== "machine") {
    cells.refuse(
      "talk_seconds",
      `talk_seconds is ${talkSeconds} although the outcome is ${outcome}: no person was there to talk to`,
    );
  }
  return {
    hour,
    ...(day === undefined ? {} : { day }),
    outcome,
    ...(ringSeconds === undefined ? {} : { ringSeconds }),
    // Systems write a talk time of 0 s when there was no talk. An agent who was connected to a machine was busy, but talked to
    // nobody.
    ...(talkSeconds === undefined || talkSeconds === 0 || outcome !== "live" ? {} : { talkSeconds }),
    ...(wrapSeconds === undefined || outcome !== "live" || abandoned === true ? {} : { wrapSeconds }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(abandoned === undefined ? {} : { abandoned }),
  };
}

/** In lower case without blanks, hyphens and underscores. */
const wordOf = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, "");

function outcomeOf(text: string): Parsed<CallOutcome> {
  const word = wordOf(text);
  const outcome = OUTCOMES[word];
  if (outcome !== undefined) return { ok: outcome };
  const near = nearest(word, Object.keys(OUTCOMES));
  return {
    problem: `${JSON.stringify(text.slice(0, 40))} is not one of live, machine, no_answer, busy, invalid${near === undefined ? "" : `; did you mean ${near}?`}`,
  };
}

/** Decimal numbers; not the hexadecimal, octal and binary ones that JavaScript also accepts. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function number(allowed: string, isAllowed: (value: number) => boolean): (text: string) => Parsed<number> {
  return (text) => {
    const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
    return Number.isFinite(value) && isAllowed(value)
      ? { ok: value }
      : { problem: `${JSON.stringify(text.slice(0, 40))} is not ${allowed}` };
  };
}

function yesOrNo(text: string): Parsed<boolean> {
  if (/^(true|yes|y|1)$/i.test(text)) return { ok: true };
  if (/^(false|no|n|0)$/i.test(text)) return { ok: false };
  return { problem: `${JSON.stringify(text.slice(0, 40))} is not yes or no` };
}

function dayOf(text: string): Parsed<string> {
  return isDay(text) ? { ok: text } : { problem: `${JSON.stringify(text.slice(0, 40))} is no day such as 2026-03-01` };
}

const TIME = /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The local time as it is written in the text. */
function writtenClock(text: string): Parsed<Clock> {
  const [, day = "", hours, minutes, seconds = "0"] = TIME.exec(text) ?? [];
  return isDay(day)
    ? { ok: { hour: Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600, day } }
    : { problem: `${JSON.stringify(text.slice(0, 40))} is no time such as 2026-03-01T09:30:00-05:00` };
}

function clockIn(name: string): ClockOf {
  let zone: Zone;
  try {
    zone = zoneOf(name);
  } catch {
    throw new OperationError("invalid_input", `${name} is no time zone; give an IANA name such as America/New_York`);
  }
  return (text) => {
    const [, day = "", , , , offset] = TIME.exec(text) ?? [];
    const at = offset === undefined || !isDay(day) ? Number.NaN : Date.parse(text.replace(" ", "T"));
    if (!isInstantInRange(at))
      return { problem: `${JSON.stringify(text.slice(0, 40))} is no time with an offset such as 2026-03-01T14:30:00Z` };
    const local = new Date(at + zone.offset(at));
    return { ok: { hour: local.getUTCHours() + local.getUTCMinutes() / 60, day: local.toISOString().slice(0, 10) } };
  };
}
