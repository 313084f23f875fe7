// A second opinion on compliance decisions: the conventions of flat rule sets written down as plainly as possible, over Intl, trying instant
// after instant. It shares no code and no data format with the product (it reads the flat rule set as it stands), and is slow on purpose.

type Window = readonly [string, string];
type Week = Readonly<Record<string, Window | null>>;

interface FlatState {
  country: string;
  week?: Week | null;
  holidays?: string[];
  holidayExempt?: string[];
  stateRuleExempt?: string[];
  cap24h?: { max: number; scope: string; exempt?: string[] };
  requiresWrittenConsent?: boolean;
  emergencyBan?: { exempt?: string[] };
}

export interface ReferenceRuleSet {
  federal: { hours: string[]; nationalDncScrubMaxAgeDays: number; ebrMonths: Record<string, number> };
  collection: { hours: string[]; maxCallsPer7Days: number; conversationQuietDays: number };
  canada: { week: Record<string, string[] | null> };
  uk: { week: Record<string, string[] | null>; abandonedQuietHours: number };
  jurisdictions: Record<string, unknown>;
  npa: Record<string, { state: string; zones: string[] }>;
  tollFree: string[];
  postal: Record<string, { state: string; zone: string }>;
  emergencies: { state: string; start: string; end: string }[];
}

export interface ReferenceInput {
  number: string;
  postal?: string;
  callType: string;
  at: string;
  subject?: string;
  attempts?: { at: string; kind?: string; subject?: string }[];
  consent?: { level: string; at: string; revokedAt?: string };
  ebr?: { kind: string; date: string };
  dnc?: { national?: boolean; internalAt?: string };
  scrubbedOn?: string;
  rndDisconnectedOn?: string;
  guaranteedAgent?: boolean;
}

export interface ReferenceDecision {
  decision: "allow" | "deny";
  rules: string[];
  next: string | null;
}

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Local date, weekday and time of day of an instant, as Intl tells them. */
function local(zone: string, at: number): { date: string; weekday: string; time: string } {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  // "Mon, 15/06/2026, 20:59:59"
  const text = format.format(at);
  return {
    weekday: text.slice(0, 3).toLowerCase(),
    date: `${text.slice(11, 15)}-${text.slice(8, 10)}-${text.slice(5, 7)}`,
    time: text.slice(17, 25),
  };
}

const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);
const plusDays = (date: string, days: number) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

function plusMonths(date: string, months: number): string {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, last));
  return first.toISOString().slice(0, 10);
}

const open = (window: readonly string[] | null | undefined, time: string) =>
  window !== null && window !== undefined && time.slice(0, 5) >= (window[0] ?? "") && time.slice(0, 5) < (window[1] ?? "");

/** Every rule broken at an instant. */
function broken(set: ReferenceRuleSet, input: ReferenceInput, at: number): string[] {
  const rules = new Set<string>();
  const { number, postal, callType } = input;
  const states = new Map<string, FlatState>();
  const addState = (name: string) => states.set(name, set.jurisdictions[name] as FlatState);
  let zones: string[] = [];
  if (number.startsWith("+1")) {
    const match = /^\+1([2-9]\d\d)([2-9](?!11)\d\d)\d{4}$/.exec(number);
    const code = match?.[1] ?? "";
    const area = set.npa[code];
    if (match === null || code.endsWith("11") || (area === undefined && !set.tollFree.includes(code))) return ["INVALID_NUMBER"];
    if (area !== undefined) {
      addState(area.state);
      zones = area.zones;
    }
  } else if (/^\+44\d{10}$/.test(number)) {
    addState("GB");
    zones = ["Europe/London"];
  } else return ["INVALID_NUMBER"];
  if (postal !== undefined) {
    const place = set.postal[postal];
    if (place === undefined) throw new Error(`the reference knows no ${postal}`);
    addState(place.state);
    // An address in another zone than the number's conflicts with it: both count.
    zones = zones.includes(place.zone) ? [place.zone] : [...zones, place.zone];
  }
  if (zones.length === 0) rules.add("UNRESOLVED_LOCATION");
  const countries = new Set([...states.values()].map(({ country }) => country));
  const clocks = zones.map((zone) => ({ zone, ...local(zone, at) }));
  const sales = callType !== "collection";
  const sameSubject = (attempt: { subject?: string }) => (attempt.subject ?? "A") === (input.subject ?? "A");
  const attempts = input.attempts ?? [];
  const placed = attempts.filter(({ kind }) => kind !== "inbound-conversation");

  // Consent and relationship: what may lift rules.
  const { consent, ebr } = input;
  const revoked = consent?.revokedAt !== undefined && Date.parse(consent.revokedAt) <= at;
  const reassigned =
    consent !== undefined && input.rndDisconnectedOn !== undefined && input.rndDisconnectedOn >= consent.at.slice(0, 10);
  const given = consent !== undefined && consent.level !== "none" && Date.parse(consent.at) <= at;
  const inForce = given && !revoked && !reassigned;
  const related =
    ebr !== undefined &&
    clocks.length > 0 &&
    clocks.every(({ date }) => date >= ebr.date && date <= plusMonths(ebr.date, set.federal.ebrMonths[ebr.kind] ?? 0));
  const lifts = (names: readonly string[] = []) =>
    (names.includes("ebr") && related) ||
    (inForce && (names.includes(consent.level) || (names.includes("express") && consent.level === "written")));

  // The clock.
  const federal = sales ? set.federal.hours : set.collection.hours;
  for (const { date, weekday, time } of clocks) {
    if (countries.has("US") && !open(federal, time)) rules.add("HOURS_FEDERAL");
    if (countries.has("CA") && !open(set.canada.week[weekday], time)) rules.add("HOURS_CRTC");
    if (countries.has("GB") && !open(set.uk.week[weekday], time)) rules.add("HOURS_POLICY");
    if (!sales) continue;
    for (const state of states.values()) {
      if (lifts(state.stateRuleExempt)) continue;
      if (state.week && !open(state.week[weekday], time)) rules.add(state.week[weekday] === null ? "DAY_CLOSED" : "HOURS_STATE");
      if (state.holidays?.includes(date) === true && !lifts(state.holidayExempt)) rules.add("HOLIDAY");
    }
  }

  // What states forbid besides.
  let needsWritten = callType === "prerecorded";
  for (const [name, state] of states) {
    if (!sales || lifts(state.stateRuleExempt)) continue;
    if (state.requiresWrittenConsent === true) needsWritten = true;
    for (const emergency of set.emergencies) {
      if (emergency.state !== name || state.emergencyBan === undefined || lifts(state.emergencyBan.exempt)) continue;
      if (at >= Date.parse(emergency.start) && at < Date.parse(emergency.end)) rules.add("EMERGENCY");
    }
    const cap = state.cap24h;
    if (cap !== undefined && !lifts(cap.exempt)) {
      const counted = placed.filter(
        (attempt) => at - Date.parse(attempt.at) < DAY && (cap.scope === "all" || sameSubject(attempt)),
      );
      if (counted.length >= cap.max) rules.add("FREQ_24H");
    }
  }

  // The person's word.
  if (needsWritten && !(given && consent.level === "written")) rules.add("CONSENT_REQUIRED");
  if (needsWritten && reassigned && consent.level !== "none") rules.add("CONSENT_REASSIGNED");
  if (revoked) rules.add("CONSENT_REVOKED");
  if (input.dnc?.internalAt !== undefined && Date.parse(input.dnc.internalAt) <= at) rules.add("DNC_INTERNAL");
  if (sales && input.dnc?.national === true && !lifts(["ebr", "written"])) rules.add("DNC_NATIONAL");
  if (sales && input.scrubbedOn !== undefined) {
    const dates = clocks.length === 0 ? [new Date(at).toISOString().slice(0, 10)] : clocks.map(({ date }) => date);
    for (const date of dates) {
      if (daysBetween(input.scrubbedOn, date) > set.federal.nationalDncScrubMaxAgeDays) rules.add("DNC_STALE");
    }
  }

  // Regulation F.
  if (!sales && countries.has("US")) {
    for (const { zone, date } of clocks) {
      const first = plusDays(date, -6);
      const calls = placed.filter(sameSubject).map((attempt) => local(zone, Date.parse(attempt.at)).date);
      if (calls.filter((call) => call >= first && call <= date).length >= set.collection.maxCallsPer7Days) rules.add("REGF_7IN7");
      for (const attempt of attempts
        .filter(({ kind }) => kind === "conversation" || kind === "inbound-conversation")
        .filter(sameSubject)) {
        const day = local(zone, Date.parse(attempt.at)).date;
        if (date >= day && date < plusDays(day, set.collection.conversationQuietDays)) rules.add("REGF_CONVERSATION");
      }
    }
  }
  if (countries.has("GB") && input.guaranteedAgent !== true) {
    const quiet = set.uk.abandonedQuietHours * 3_600_000;
    if (attempts.some((attempt) => attempt.kind === "abandoned" && at - Date.parse(attempt.at) < quiet))
      rules.add("UK_ABANDON_72H");
  }
  return [...rules].sort();
}

/**
 * Decides by trying the instant asked about, then every multiple of `stepMinutes` for 45 days. Exact when every instant at which anything
 * can change is such a multiple.
 */
export function referenceDecision(set: ReferenceRuleSet, input: ReferenceInput, stepMinutes: number): ReferenceDecision {
  const now = Date.parse(input.at);
  const rules = broken(set, input, now);
  const text = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");
  if (rules.length === 0) return { decision: "allow", rules, next: text(now) };
  const step = stepMinutes * 60_000;
  for (let at = (Math.floor(now / step) + 1) * step; at <= now + 45 * DAY; at += step) {
    if (broken(set, input, at).length === 0) return { decision: "deny", rules, next: text(at) };
  }
  return { decision: "deny", rules, next: null };
}
