// Ended calls of a skill: completed contacts joined with the attempts on its lists. It is not known whether unanswered dials are
// among the completed contacts, so both are read and joined by contact; a row that only one side has is kept and says which.

import { MAX_COMPLETED_DAYS, MAX_LIST_DAYS } from "../../contract/acd/index.ts";
import { DAY_MS, timeOf } from "../../kernel/index.ts";
import type { CountedDials } from "../capabilities.ts";
import { TenantError } from "../errors.ts";
import type { OpenedPage, PageOpener } from "../opened.ts";
import type { CallRow, CallsAsked, ViewList, ViewPage } from "../views.ts";
import type { AttemptsReport, ReportRow } from "./attempts-report.ts";
import { type CodeNames, wordOf } from "./codes.ts";
import type { Figures } from "./figures.ts";
import { type AcdRow, acdPages, acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { ServerTime } from "./server-time.ts";
import type { Skills } from "./skills.ts";
import { telephone } from "./telephone.ts";

const PAGE = 1000;
const QUARTER_MS = 900_000;
/**
 * Dials are found by when they were changed, and a dial is changed after it began: the query begins this long before the window,
 * ms.
 */
const BEFORE_MS = DAY_MS;

/** Figures of a quarter of an hour are complete, and its calls are over, when it ended so long ago. */
const SETTLED_MS = 3_600_000;

/** With this share of the dials that are counted, none are looked for elsewhere. */
const NEARLY = 0.99;

type Handled = AcdRow<"listCompleted">;

interface Window {
  readonly campaignId: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly begin: Position;
  readonly top: number;
  readonly after: string | undefined;
}

/** Ended calls of a campaign with their disposition codes, by page. */
export class Outcomes {
  readonly #requester: AcdRequester;
  readonly #skills: Skills;
  readonly #codes: CodeNames;
  readonly #time: ServerTime;
  readonly #figures: Figures;
  readonly #report: AttemptsReport;

  constructor(
    requester: AcdRequester,
    {
      skills,
      codes,
      figures,
      time,
      report,
    }: { skills: Skills; codes: CodeNames; figures: Figures; time: ServerTime; report: AttemptsReport },
  ) {
    this.#report = report;
    this.#figures = figures;
    this.#requester = requester;
    this.#skills = skills;
    this.#codes = codes;
    this.#time = time;
  }

  calls(asked: CallsAsked, options: AcdCallOptions): ViewList<CallRow> {
    const pages = () => this.#pages(asked, options);
    return {
      pages,
      async *[Symbol.asyncIterator]() {
        for await (const { items } of pages()) yield* items as readonly CallRow[];
      },
    };
  }

  /** The same, with each page as the JSON that `open` reads: rows under `calls`. */
  async *opened<Kept>(
    asked: CallsAsked,
    open: PageOpener<Kept>,
    options: AcdCallOptions,
  ): AsyncGenerator<OpenedPage<Kept>, void, undefined> {
    for await (const { items, nextToken } of this.#pages(asked, options)) {
      const body = Buffer.from(JSON.stringify({ calls: items }));
      const opened = await open(new Uint8Array(body));
      if (opened === undefined)
        throw new TenantError("invalid_reply", "listCompleted: a page could not be opened", { operationId: "listCompleted" });
      yield { items: opened.items, mark: opened.mark, kept: opened.kept, nextToken };
    }
  }

  async *#pages(asked: CallsAsked, options: AcdCallOptions): AsyncGenerator<ViewPage, void, undefined> {
    const { campaignId, dispositionCode: codes, limit: top = PAGE } = asked;
    const now = await this.#time.now(this.#requester, options);
    const end = asked.endDateTime === undefined ? now : Date.parse(asked.endDateTime);
    const start = asked.startDateTime === undefined ? end - MAX_COMPLETED_DAYS * DAY_MS : Date.parse(asked.startDateTime);
    const position = positionIn(asked.nextPageToken, start);
    let number = 0;
    // One query may span 30 days.
    for (let from = position.from; from <= end; from += MAX_COMPLETED_DAYS * DAY_MS) {
      const to = Math.min(end, from + MAX_COMPLETED_DAYS * DAY_MS);
      const begin = from === position.from ? position : { side: "completed" as const, from, skip: 0 };
      const nextFrom = from + MAX_COMPLETED_DAYS * DAY_MS;
      const after = nextFrom <= end ? tokenOf({ side: "completed", from: nextFrom, skip: 0 }) : undefined;
      const window = { campaignId, from, to, begin, top, after };
      for await (const page of this.#window(window, from < now - MAX_LIST_DAYS * DAY_MS, options)) {
        number += 1;
        const items =
          codes === undefined ? page.items : page.items.filter(({ dispositionCode }) => codes.includes(dispositionCode ?? ""));
        // A page of calls with other codes is not one without calls.
        if (items.length === 0 && page.items.length > 0 && page.next !== undefined) continue;
        yield { number, items, reply: {}, nextToken: page.next };
      }
    }
  }

  /** See `OutcomeSource`. */
  async dials(
    skillId: string,
    { from, to }: { readonly from: number; readonly to: number },
    options: AcdCallOptions,
  ): Promise<CountedDials> {
    const now = await this.#time.now(this.#requester, options);
    const end = Math.min(to, now - SETTLED_MS);
    const first = Math.ceil(from / QUARTER_MS) * QUARTER_MS;
    const counted =
      first + QUARTER_MS > end ? new Map<string, number>() : await this.#figures.dialedQuarters(first, end, options);
    const quarters = new Map<number, number>();
    for (let at = first; at + QUARTER_MS <= end; at += QUARTER_MS) quarters.set(at, counted.get(`${skillId}/${at}`) ?? 0);
    return { quarters, lists: await this.#skills.everListsOf(skillId, options) };
  }

  /** See `OutcomeSource`: completed contacts and attempts both report changes, 30 days back. */
  async changedDays(
    skillId: string,
    { since, before }: { readonly since: number; readonly before: number },
    options: AcdCallOptions,
  ): Promise<readonly number[]> {
    const now = await this.#time.now(this.#requester, options);
    const updatedSince = new Date(Math.max(since, now - (MAX_COMPLETED_DAYS - 1) * DAY_MS)).toISOString();
    const days = new Set<number>();
    const add = (text: string | undefined) => {
      const at = timeOf(text);
      if (at !== undefined && at < before) days.add(Math.floor(at / DAY_MS) * DAY_MS);
    };
    const query = { skillId, updatedSince };
    for await (const row of acdRows(this.#requester, "listCompleted", { ...options, query })) add(row.contactStartDate);
    for (const listId of await this.#skills.everListsOf(skillId, options)) {
      const setting = { ...options, path: { listId }, query: { updatedSince } };
      for await (const row of acdRows(this.#requester, "listAttempts", setting)) add(row.dateOfCall);
    }
    return [...days].toSorted((a, b) => a - b);
  }

  async *#window(
    { campaignId, from, to, begin, top, after }: Window,
    isOld: boolean,
    options: AcdCallOptions,
  ): AsyncGenerator<{ readonly items: readonly CallRow[]; readonly next: string | undefined }, void, undefined> {
    const { dials, reported } = await this.#dials(campaignId, { from, to, isOld }, options);
    const query = {
      startDate: new Date(from).toISOString(),
      endDate: new Date(to).toISOString(),
      ...(campaignId !== undefined && { skillId: campaignId }),
    };
    const handled = new Map<string, Handled>();
    if (begin.side === "completed") {
      const setting = { ...options, query, skip: begin.skip, top };
      for await (const { rows, next } of acdPages(this.#requester, "listCompleted", setting)) {
        const coded = rows.flatMap((row) => codesOf(row, dials.get(row.contactId)));
        const names = await this.#codes.ofCalls(coded, options);
        const items = rows.map((row) => callOf(row, dials.get(row.contactId), names));
        const token: Position =
          next === undefined ? { side: "attempts", from, skip: 0 } : { side: "completed", from, skip: next };
        const isLast = next === undefined && dials.size === 0 && campaignId === undefined;
        yield { items, next: isLast ? after : tokenOf(token) };
        for (const row of rows) handled.set(row.contactId, row);
        if (isLast) return;
      }
    }
    // When the completed contacts were not read from their beginning, they are read again.
    if (begin.side !== "completed" || begin.skip > 0)
      for await (const row of acdRows(this.#requester, "listCompleted", { ...options, query })) handled.set(row.contactId, row);
    const unhandled = [...dials.values()].filter(({ contactId }) => contactId === undefined || !handled.has(contactId));
    const own = campaignId === undefined ? unhandled : await this.#ownOf(campaignId, unhandled, { from, to }, options);
    const alone =
      campaignId === undefined ? own : [...own, ...(await this.#gone(campaignId, { from, to, handled, own, reported }, options))];
    // Nothing from the other reads proves nothing where the report is the only witness.
    if (reported instanceof TenantError && handled.size === 0 && alone.length === 0) throw reported;
    for (let skip = begin.side === "attempts" ? begin.skip : 0; ; skip += top) {
      const shown = alone.slice(skip, skip + top);
      const coded = shown.flatMap((dial) => codesOf(undefined, dial));
      const names = await this.#codes.ofCalls(coded, options);
      const items = shown.map((dial) => callOf(undefined, dial, names, campaignId));
      const isLast = skip + top >= alone.length;
      yield { items, next: isLast ? after : tokenOf({ side: "attempts", from, skip: skip + top }) };
      if (isLast) return;
    }
  }

  /**
   * The dials of a skill among those that no agent handled. An attempt does not say which skill dialed it. On a list that several
   * skills call, a contact that another skill handled belongs to that skill. A dial in a quarter of an hour in which only one
   * skill dialed belongs to that skill. Where several dialed, only the first of the skills reports the dial, marked as ambiguous,
   * so that none is reported twice.
   */
  async #ownOf(
    skillId: string,
    dials: readonly Dial[],
    { from, to }: { readonly from: number; readonly to: number },
    options: AcdCallOptions,
  ): Promise<readonly Dial[]> {
    const sharing = await this.#skills.sharing(skillId, options);
    const others = [...new Set([...sharing.values()].flat())];
    if (others.length === 0 || dials.length === 0) return dials;
    const theirs = new Set<string>();
    const range = { startDate: new Date(from).toISOString(), endDate: new Date(to).toISOString() };
    for (const other of others)
      for await (const { contactId } of acdRows(this.#requester, "listCompleted", {
        ...options,
        query: { ...range, skillId: other },
      }))
        theirs.add(contactId);
    const dialed = await this.#figures.dialedQuarters(from, to, options);
    return dials.flatMap((dial) => {
      const beside = sharing.get(dial.listId) ?? [];
      if (beside.length === 0) return [dial];
      if (dial.contactId !== undefined && theirs.has(dial.contactId)) return [];
      const quarter = quarterOf(dial.dateOfCall);
      const active = [skillId, ...beside].filter((one) => dialed.has(`${one}/${quarter}`));
      if (active.length === 1) return active[0] === skillId ? [dial] : [];
      const first = [skillId, ...beside].toSorted((a, b) => Number(a) - Number(b))[0];
      return first === skillId ? [{ ...dial, ambiguous: true }] : [];
    });
  }

  /**
   * Dials on lists that the tenant no longer has, from its report of all attempts. It is asked when the tenant counts more dials than it lists, by more than
   * one in a hundred. A list was the skill's when contacts of it were handled on the skill. Dials of a quarter are taken when that makes no more than are
   * counted; otherwise they are not known to be the skill's. None where the report cannot be read.
   */
  async #gone(
    skillId: string,
    {
      from,
      to,
      handled,
      own,
      reported,
    }: {
      readonly from: number;
      readonly to: number;
      readonly handled: ReadonlyMap<string, Handled>;
      readonly own: readonly Dial[];
      readonly reported: Reported | undefined;
    },
    options: AcdCallOptions,
  ): Promise<readonly Dial[]> {
    const sharing = await this.#skills.sharing(skillId, options);
    // Dials on a shared list may be counted for this skill and listed for another one.
    if ([...sharing.values()].some((others) => others.length > 0)) return [];
    const { quarters } = await this.dials(skillId, { from, to }, options).catch((thrown: unknown) => ({
      quarters: new Map<number, number>(),
      refused: refusalOf(thrown),
    }));
    const missing = new Map(quarters);
    const count = (text: string | undefined) => {
      const quarter = quarterOf(text);
      const left = missing.get(quarter);
      if (left !== undefined) missing.set(quarter, left - 1);
    };
    for (const { contactStartDate, isOutbound } of handled.values()) if (isOutbound !== false) count(contactStartDate);
    for (const { dateOfCall } of own) count(dateOfCall);
    const lacking = sumOf([...missing.values()].map((dials) => Math.max(0, dials)));
    if (lacking <= (1 - NEARLY) * sumOf([...quarters.values()])) return [];
    const rows = reported ?? (await this.#reported(from, to, options));
    if (rows instanceof TenantError) return [];
    const there = await this.#skills.allListIds(options);
    const lists = new Set(rows.filter(({ contactId = "" }) => handled.has(contactId)).map(({ listId }) => listId));
    const ours = rows.filter(({ listId, contactId = "" }) => lists.has(listId) && !there.has(listId) && !handled.has(contactId));
    const known = new Set(own.map(({ contactId }) => contactId));
    const byQuarter = Map.groupBy(
      ours.filter(({ contactId }) => contactId !== undefined && !known.has(contactId)),
      ({ dateOfCall }) => quarterOf(dateOfCall),
    );
    return [...byQuarter].flatMap(([quarter, dials]) => (dials.length <= (missing.get(quarter) ?? 0) ? dials : []));
  }

  /**
   * The dials of a window on the lists of a skill, by contact, in a stable order. Lists do not keep their dials long, so those of an old window are
   * completed from the report of all attempts, which is returned with them.
   */
  async #dials(
    skillId: string | undefined,
    { from, to, isOld }: { readonly from: number; readonly to: number; readonly isOld: boolean },
    options: AcdCallOptions,
  ): Promise<{ readonly dials: ReadonlyMap<string, Dial>; readonly reported: Reported | undefined }> {
    const found: Dial[] = [];
    const lists = skillId === undefined ? undefined : await this.#skills.everListsOf(skillId, options);
    const reported = isOld ? await this.#reported(from, to, options) : undefined;
    if (reported !== undefined && !(reported instanceof TenantError))
      found.push(...reported.filter(({ listId }) => lists?.includes(listId) !== false));
    for (const listId of lists ?? []) {
      const query = { updatedSince: new Date(from - BEFORE_MS).toISOString() };
      for await (const row of acdRows(this.#requester, "listAttempts", { ...options, path: { listId }, query }))
        found.push({ ...row, listId });
    }
    const dials = found.flatMap((dial): [string, Dial][] => {
      const at = timeOf(dial.dateOfCall);
      if (at === undefined || at < from || at > to) return [];
      return [[dial.contactId ?? `${dial.listId}-${dial.externalId ?? ""}-${at}`, dial]];
    });
    return { dials: new Map(dials.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))), reported };
  }

  /** The dials that the report has, or why it has none to give. */
  async #reported(from: number, to: number, options: AcdCallOptions): Promise<Reported> {
    return this.#report.rows(from, to, options).then((rows) => rows.map(dialOf), refusalOf);
  }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);

const quarterOf = (text: string | undefined): number => Math.floor((timeOf(text) ?? 0) / QUARTER_MS) * QUARTER_MS;

/** What a tenant that refuses, or does not answer, says. Throws anything else. */
function refusalOf(thrown: unknown): TenantError {
  if (thrown instanceof TenantError && thrown.code !== "aborted") return thrown;
  throw thrown;
}

// How far the ended calls of a window were read, as a text that a caller can keep.

/** The position of a reading of a window: the side, and how many of its rows were read. */
interface Position {
  readonly side: "completed" | "attempts";
  readonly from: number;
  readonly skip: number;
}

const TOKEN = /^(completed|attempts)\.(\d{1,15})\.(\d{1,12})$/;

/** The position that a token says, or the beginning. Throws TenantError `invalid_request`. */
function positionIn(token: string | undefined, start: number): Position {
  if (token === undefined) return { side: "completed", from: start, skip: 0 };
  const [, side, from, skip] = TOKEN.exec(token) ?? [];
  if (side !== "completed" && side !== "attempts")
    throw new TenantError("invalid_request", "listCompleted: the page token does not belong to this profile", {
      operationId: "listCompleted",
    });
  return { side, from: Number(from), skip: Number(skip) };
}

/** A position as a token. */
const tokenOf = ({ side, from, skip }: Position): string => `${side}.${from}.${skip}`;

// One call from what completed contacts, attempts on a list, and the report of all attempts say about it.

type Completed = AcdRow<"listCompleted">;
/** An attempt on a list, or a row of the report about one. */
type Dial = AcdRow<"listAttempts"> & { readonly listId: string; readonly ambiguous?: boolean; readonly isReported?: true };
/** The rows of the report, or why there are none. */
type Reported = readonly Dial[] | TenantError;

const AMERICAN = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d(?::\d\d)?)$/;

/** A row of the report as an attempt. Its times are UTC, to the minute. */
function dialOf(row: ReportRow): Dial {
  const [, month, day, year, time] = AMERICAN.exec(row["DateOfCall"] ?? "") ?? [];
  const whole = (name: string): number | undefined => (/^-?\d+$/.test(row[name] ?? "") ? Number(row[name]) : undefined);
  const text = (name: string): string | undefined => row[name] || undefined;
  return {
    isReported: true,
    listId: row["ProspectiveContactSourceID"] ?? "",
    contactId: text("Contact_ID"),
    externalId: text("ExternalID"),
    formattedPhone: text("PhoneNumber"),
    dateOfCall: year === undefined ? undefined : `${year}-${month}-${day} ${time}`,
    lastDuration: `PT${whole("CallDuration") ?? 0}S`,
    systemClass: whole("SystemClassification"),
    systemClassName: text("SystemClassificationName"),
    agentDisp: whole("AgentDisposition"),
    agentDispDesc: text("AgentDispositionDescription"),
    agentId: text("Agent_No"),
  };
}

const DURATION = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/;

function durationMs(text: string | undefined): number | undefined {
  const [match, hours, minutes, seconds] = DURATION.exec(text ?? "") ?? [];
  if (match === undefined) return undefined;
  return (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
}

/** The codes of a call that have no name beside them. */
function codesOf(completed: Completed | undefined, dial: Dial | undefined) {
  const contactId = completed?.contactId ?? dial?.contactId;
  const codes = [completed?.primaryDispositionId, dial?.agentDispDesc ? undefined : dial?.agentDisp];
  return codes.flatMap((code) => (code === undefined ? [] : [{ contactId, code }]));
}

/** One call from what both sides report. */
function callOf(
  completed: Completed | undefined,
  dial: Dial | undefined,
  names: ReadonlyMap<string, string>,
  skillId?: string,
): CallRow {
  const start = timeOf(completed?.contactStartDate) ?? timeOf(dial?.dateOfCall);
  const spoken =
    completed?.totalDurationSeconds === undefined ? durationMs(dial?.lastDuration) : completed.totalDurationSeconds * 1000;
  const alone = dial?.isReported === true ? "report" : "attempts";
  const side = completed === undefined ? alone : dial === undefined ? "completed" : "both";
  const agentId = completed?.agentId ?? dial?.agentId;
  const { listId, externalId } = dial ?? {};
  const phoneNumber = telephone(dial?.formattedPhone ?? completed?.toAddress);
  return {
    ...said(completed),
    id: completed?.contactId ?? dial?.contactId ?? `${listId ?? ""}-${externalId ?? ""}-${start ?? 0}`,
    campaignId: completed?.skillId ?? skillId,
    status: "completed",
    dispositionCode: wordOf({
      primary: completed?.primaryDispositionId,
      abandoned: completed?.abandoned,
      agentCode: dial?.agentDisp,
      agentCodeName: dial?.agentDispDesc,
      systemClass: dial?.systemClass,
      names,
    }),
    ...(start !== undefined && {
      startTime: new Date(start).toISOString(),
      endTime: new Date(start + (spoken ?? 0)).toISOString(),
    }),
    direction: completed?.isOutbound === false ? "INBOUND" : "OUTBOUND",
    ...(agentId !== undefined && agentId !== "0" && { agentId }),
    ...(externalId !== undefined && { contactId: externalId }),
    ...(listId !== undefined && { listId }),
    ...(phoneNumber !== undefined && { phoneNumber }),
    ...(dial !== undefined && { systemClass: dial.systemClass, systemClassName: dial.systemClassName }),
    side,
    ...(dial?.ambiguous === true && { skillAmbiguous: true }),
  };
}

/** The fields of a contact that are set. Names in them are the agent's. */
function said(completed: Completed | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(completed ?? {}).filter(([, value]) => value !== undefined && value !== ""));
}
