// A stop: pauses campaigns until each is confirmed paused or its time is over. One loop, with a database and without one: it works on what it has
// in memory, and writes that to a record when there is one that answers.
//
// Whatever says that a campaign may dial, it is paused: the tenant's list, what this store knows, what was last seen or set active, starts under
// way. A list that says nothing, less, or "paused" takes none of them out. For each campaign:
//
//   may dial → pause → answered → looked at → shown paused, no call under way: settled
//     ▲          │ refused, lost, silent: again        │ shown in another state: again, under a new key
//     │          └ a person resumed it: left alone     └ calls under way: looked at again
//   shown paused by every source → looked at by itself → paused: seen, nothing was sent
//
// In this order: seen dialing, the latest first; listed as active, as the pages come; what failed, again; looks at what was paused; known, but not
// named by the list; looks at what every source shows paused.

import { doubledMs, messageOf, OutdialError } from "../../../kernel/index.ts";
import type { ListProblem, Stop, StopEvidence, StopPause, StoppedCampaign } from "../../../store/index.ts";
import { type CampaignProvisioning, type CampaignRunner, TenantError } from "../../../tenant/port.ts";
import { inTime } from "../../in-time.ts";
import type { ChangeDeps } from "./change.ts";
import { type StopPatience, StopPauses } from "./stop-pauses.ts";
import { type StopRecord, StopWriter } from "./stop-writer.ts";

/** What is known of campaigns besides the tenant's list. */
export interface KnownOfCampaigns {
  readonly evidence: readonly StopEvidence[];
  /** Why that may be less than there is to know, such as a start that was sent just before; undefined when it is not. */
  readonly doubt?: string | undefined;
}

/** What carrying out a stop needs. */
export interface StopRunDeps extends Pick<ChangeDeps, "figures" | "clock"> {
  readonly runner: CampaignRunner;
  readonly provisioning: Pick<CampaignProvisioning, "campaigns">;
  /** What is known of campaigns besides the tenant's list. Rejects when that cannot be read now. */
  readonly evidence: () => Promise<KnownOfCampaigns>;
  /** Resolves when every process on the store knows of the stop, or cannot be told: a start that was asked for before may be sent until then. */
  readonly told: Promise<unknown>;
  /** Absent for a stop that nothing but its notes remembers. */
  readonly record?: StopRecord | undefined;
  /** Stores a list of campaigns that was read to its end and lacks nothing. @param at when the reading began */
  readonly keepList?: (list: readonly ListedCampaign[], at: number) => Promise<void>;
  readonly patience: StopPatience;
  /** Called before a pause of a campaign is sent, and when the tenant has answered it. */
  readonly onBegun?: (campaignId: string) => void;
  readonly onPause?: (pause: StopPause) => void;
  /** Called whenever a campaign's state has changed. */
  readonly onRow?: (row: StoppedCampaign) => void;
  /** Called once when the record does not answer, and when it does again. */
  readonly onAway?: (problem: unknown) => void;
  readonly onBack?: () => void;
}

/** Others are waited for so long that are told of the stop, ms. */
const TOLD_MS = 5_000;
/** What the list shows as dialing after the pauses is paused again and the list is read again, so often. */
const LAST_LOOKS = 3;

/** A stop while it is carried out. */
export class StopRun {
  readonly stop: Stop;
  readonly #deps: StopRunDeps;
  readonly #over = new AbortController();
  /** Aborted until the stop is carried out: nothing begins before. */
  #signal = AbortSignal.abort();
  readonly #pauses: StopPauses;
  /** What is written down of it. */
  readonly writer: StopWriter;
  readonly #first = Promise.withResolvers<void>();
  #isListTried = false;
  /** Campaigns that the last reading of the list shows as dialing, and that by themselves are shown paused. */
  #disputed = 0;
  #problem: ListProblem | null = null;
  #unread: ListProblem | null = null;
  #evidence: readonly StopEvidence[] = [];
  /** What the last list named that was read to its end. */
  #named: ReadList | undefined;
  #failure: unknown;

  /** @param before what an earlier process did of it */
  constructor(deps: StopRunDeps, stop: Stop, before: readonly StoppedCampaign[] = []) {
    this.#deps = deps;
    this.stop = stop;
    const { record, clock, patience, runner, figures, onBegun, onPause, onRow, onAway, onBack } = deps;
    const fail = (thrown: unknown) => this.#fail(thrown);
    this.writer = new StopWriter({
      record,
      clock,
      patience,
      problem: () => this.listProblem,
      signal: () => this.#signal,
      onResumed: (id, message) => this.#pauses.leave(id, message),
      fail,
      onAway,
      onBack,
    });
    this.#pauses = new StopPauses({
      stopId: stop.id,
      run: stop.run,
      runner,
      clock,
      patience,
      figures,
      fresh: () => this.writer.fresh(),
      onBegun,
      onPause: (pause) => {
        this.writer.pause(pause);
        onPause?.(pause);
      },
      onEntered: (row) => this.writer.row(row),
      onRow: (row) => {
        this.writer.row(row);
        onRow?.(row);
      },
      onTried: () => this.#tellFirst(),
      fail,
    });
    for (const row of before) this.#pauses.enter(row);
  }

  /** Settles when the list was requested once and every campaign was tried once, or nothing more is done. */
  get firstRound(): Promise<void> {
    return this.#first.promise;
  }

  /** Its campaigns, by id. */
  get campaigns(): StoppedCampaign[] {
    return this.#pauses.rows.sort((a, b) => (a.campaignId < b.campaignId ? -1 : a.campaignId > b.campaignId ? 1 : 0));
  }

  /** Why campaigns may be missing, or may dial although they were not looked at. */
  get listProblem(): ListProblem | null {
    return this.#problem ?? this.#unread;
  }

  /** Carries the stop out, once. Rejects when aborted, and with `not_owner` when another process has it. */
  async carry(signal: AbortSignal): Promise<void> {
    const { scope } = this.stop;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
    this.#pauses.begin(this.#signal);
    const writing = this.writer.keep();
    try {
      if (scope === null) await Promise.all([this.#gather(), this.#list()]);
      else {
        for (const id of new Set(scope)) this.#pauses.take(id, "named", "seen");
        this.#isListTried = true;
        this.#tellFirst();
        await this.#gather(scope);
      }
      await this.#pauses.settled();
      await this.#toldInTime();
      if (scope === null) await this.#lastLooks();
      else {
        for (let looks = 0; (await this.#pauses.lookAgainAt(scope)).again; looks += 1) {
          await this.#pauses.settled();
          if (looks < LAST_LOOKS) continue;
          this.#disagrees("the tenant goes on to show campaigns as dialing after each pause");
          break;
        }
      }
      await this.writer.write();
    } catch (thrown) {
      throw this.#failure ?? thrown;
    } finally {
      this.#over.abort(new OutdialError("aborted", "the stop is over"));
      this.#first.resolve();
      await writing;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** An error that is not the tenant's ends the run. */
  #fail(thrown: unknown): void {
    this.#failure ??= thrown;
    this.#over.abort(thrown);
  }

  #tellFirst(): void {
    if (this.#isListTried && this.#pauses.isAllTried) this.#first.resolve();
  }

  /**
   * Reads the list again until it shows nothing that dials. What it shows active for long, although each by itself is shown paused,
   * is told: which of them is true is not known. So is what dials again after each pause.
   */
  async #lastLooks(): Promise<void> {
    const { clock, patience } = this.#deps;
    const since = this.#pauses.workedMs();
    for (let looks = 0, turn = 0; ; turn += 1) {
      if (await this.#lastLook()) {
        looks += 1;
        await this.#pauses.settled();
        if (looks > LAST_LOOKS) {
          this.#disagrees("the tenant goes on to list campaigns as dialing after each pause");
          return;
        }
      } else if (this.#problem !== null || this.#disputed === 0) return;
      if (this.#disputed > 0 && (this.#pauses.workedMs() - since >= patience.shortListMs || this.#pauses.leftMs() <= 0)) {
        this.#disagrees(
          `the tenant's list goes on to show ${this.#disputed} as dialing that by ${this.#disputed === 1 ? "itself is" : "themselves are"} shown paused`,
        );
        return;
      }
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  #disagrees(message: string): void {
    this.#problem = { code: "list_disagrees", message };
    this.writer.problemChanged();
  }

  /** Waits until the others know of the stop, for a limited time. */
  async #toldInTime(): Promise<void> {
    const { clock, told } = this.#deps;
    const over = new AbortController();
    await Promise.race([told.catch(() => undefined), clock.sleep(TOLD_MS, AbortSignal.any([over.signal, this.#signal]))]).finally(
      () => over.abort(),
    );
  }

  /** Reads what is known, again until it is certain or the time is up; what may dial goes first. */
  async #gather(scope?: readonly string[]): Promise<void> {
    const { evidence, clock, patience } = this.#deps;
    const isUp = scope === undefined ? this.#waitsFor() : () => this.#pauses.isIdle || this.#pauses.leftMs() <= 0;
    for (let turn = 0; ; turn += 1) {
      const before = this.#unread?.message;
      try {
        const { evidence: known, doubt } = await this.#inTime(evidence());
        this.#unread = doubt === undefined ? null : unread(doubt);
        this.#evidence = scope === undefined ? known : known.filter(({ campaignId }) => scope.includes(campaignId));
        for (const { campaignId, mayDial } of this.#evidence) if (mayDial) this.#pauses.take(campaignId, "known", "seen");
        // What is only remembered of starts is not that they were answered.
        if (doubt === undefined)
          this.#pauses.expectStarts(new Set(known.filter(({ mayStart }) => mayStart).map(({ campaignId }) => campaignId)));
        // The list was faster, or it cannot be read.
        if (this.#named !== undefined) {
          const compared = this.#compared(this.#named);
          if (this.#problem === null || isShort(this.#problem)) this.#problem = compared ?? this.#problem;
        } else if (this.#problem !== null) this.#takeKnown();
      } catch (thrown) {
        if (this.#signal.aborted) throw thrown;
        this.#unread ??= unread(messageOf(thrown));
      }
      if (before !== this.#unread?.message) this.writer.problemChanged();
      this.#pauses.gathered();
      if ((this.#unread === null && !this.#pauses.mayStart) || isUp()) return;
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  /** Reads the list until it is whole and lacks nothing, or the time is up. */
  async #list(): Promise<void> {
    const { clock, patience } = this.#deps;
    const isUp = this.#waitsFor();
    for (let turn = 0; ; turn += 1) {
      const before = this.listProblem;
      this.#problem = await this.#listOnce();
      if (this.#problem !== null && !isShort(this.#problem)) this.#takeKnown();
      if (before?.code !== this.listProblem?.code) this.writer.problemChanged();
      this.#isListTried = true;
      this.#tellFirst();
      if (this.#problem === null || this.#pauses.leftMs() <= 0) return;
      // It has answered, what is known was read, and everything that the list lacks is paused: waiting for other answers has an end.
      if (isUp() && this.#unread === null && isShort(this.#problem)) return;
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  /** Whether everything that is known has settled so long ago that waiting for more knowledge ends. */
  #waitsFor(): () => boolean {
    const { patience } = this.#deps;
    let settledAt: number | undefined;
    return () => {
      const now = this.#pauses.workedMs();
      settledAt = this.#pauses.isIdle && this.#isListTried ? (settledAt ?? now) : undefined;
      return this.#pauses.leftMs() <= 0 || (settledAt !== undefined && now - settledAt >= patience.shortListMs);
    };
  }

  async #listOnce(): Promise<ListProblem | null> {
    const { clock, keepList, patience } = this.#deps;
    const at = clock.now();
    const stalled = new AbortController();
    let page = at;
    const watching = (async () => {
      for (let left = patience.listMs; left > 0; left = page + patience.listMs - clock.now())
        await clock.sleep(left, AbortSignal.any([this.#signal, stalled.signal]));
      this.#takeKnown();
    })().catch(() => undefined);
    let problem: ListProblem | null = null;
    try {
      problem = await this.#readList(
        () => {
          page = clock.now();
        },
        ({ id, status }) => this.#pauses.take(id, "listed", status === "paused" ? "shown" : "listed"),
        keepList === undefined ? undefined : (listed) => void keepList(listed, at).catch(() => undefined),
      );
    } finally {
      stalled.abort();
      await watching;
    }
    return problem;
  }

  /** Reads the list to its end and compares it with what is known; the first list and each later one alike. @returns why it is not known to be whole */
  async #readList(
    onPage: () => void,
    onCampaign: (one: ListedCampaign) => void,
    onWhole?: (listed: readonly ListedCampaign[]) => void,
  ): Promise<ListProblem | null> {
    const { provisioning, patience } = this.#deps;
    const options = { lane: "stop", signal: this.#signal, deadlineMs: patience.sendMs } as const;
    let read: ReadList;
    try {
      read = await readToEnd(provisioning.campaigns(options).pages(), onPage, onCampaign);
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      return { message: messageOf(thrown), code: thrown.code };
    }
    this.#named = read;
    const problem = read.problem ?? this.#compared(read);
    if (problem === null && this.#unread === null) onWhole?.([...read.named.values()]);
    return problem;
  }

  /** A list that was read to its end, compared with what is known: what it lacks is paused by id. */
  #compared({ named, total }: ReadList): ListProblem | null {
    const lacking = new Set(
      this.#evidence.flatMap(({ campaignId, expected }) => (expected && !named.has(campaignId) ? [campaignId] : [])),
    );
    // What an earlier list named is known, too.
    for (const { source, campaignId } of this.#pauses.rows)
      if (source === "listed" && !named.has(campaignId)) lacking.add(campaignId);
    for (const campaignId of lacking) this.#pauses.take(campaignId, "known", "known");
    if (named.size === 0) this.#takeKnown();
    return shortness(named.size, total, lacking.size, this.#evidence.length);
  }

  #takeKnown(): void {
    for (const { campaignId, mayDial } of this.#evidence) this.#pauses.take(campaignId, "known", mayDial ? "seen" : "known");
  }

  /**
   * Reads the list once more: a start that reached the tenant just before the stop, of whomever, may show late. What it shows in
   * another state than paused, and what it lacks, is looked at by itself; it is read again until it is whole. @returns whether
   * something is to be done again
   */
  async #lastLook(): Promise<boolean> {
    if (this.#problem !== null) return false;
    const { clock, patience } = this.#deps;
    const isUp = this.#waitsFor();
    for (let turn = 0; ; turn += 1) {
      const started: string[] = [];
      const problem = await this.#readList(
        () => undefined,
        ({ id, status }) => {
          if (status !== "paused") started.push(id);
        },
      );
      const { again, disputed } = await this.#pauses.lookAgainAt(started, problem === null ? [] : this.#unnamed());
      this.#disputed = disputed;
      if ((problem === null) !== (this.#problem === null)) this.writer.problemChanged();
      this.#problem =
        problem === null || again
          ? null
          : { ...problem, message: `the list could not be read again after the pauses: ${problem.message}` };
      if (again || problem === null) return again;
      if (isUp()) return false;
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  /** Campaigns that are over with and that the latest list does not name. */
  #unnamed(): string[] {
    return this.#pauses.rows.map(({ campaignId }) => campaignId).filter((id) => this.#named?.named.has(id) !== true);
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const { clock, patience } = this.#deps;
    const late = () => {
      throw new OutdialError("store_unavailable", `no answer within ${patience.recordMs / 1000} s`);
    };
    return inTime(clock, patience.recordMs, work, late, this.#signal);
  }
}

const unread = (why: string): ListProblem => ({
  code: "known_unread",
  message: `what is known of campaigns could not be read: ${why}`,
});

// The tenant's list of campaigns, as far as a stop believes it.

interface ListedCampaign {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** A list that was read to its end. */
interface ReadList {
  readonly named: ReadonlyMap<string, ListedCampaign>;
  /** How many campaigns there are, as the tenant says; undefined when it does not. */
  readonly total: number | undefined;
  /** Why it is not known to be whole, as far as the list itself shows. */
  readonly problem: ListProblem | null;
}

/** Reads a list to its end, as far as it goes on; each campaign is told as its page comes. Rejects with TenantError. */
async function readToEnd(
  list: ReturnType<ReturnType<CampaignProvisioning["campaigns"]>["pages"]>,
  onPage: () => void,
  onCampaign: (one: ListedCampaign) => void,
): Promise<ReadList> {
  const named = new Map<string, ListedCampaign>();
  let total: number | undefined;
  let problem: ListProblem | null = null;
  let pages = 0;
  for await (const { items, reply } of list) {
    onPage();
    pages += 1;
    const before = named.size;
    if (typeof reply.total === "number") total = Math.max(total ?? 0, reply.total);
    const { page } = reply as { readonly page?: unknown };
    if (typeof page === "number" && page !== pages)
      problem ??= incomplete(`the tenant answered page ${page} of its list where page ${pages} was asked for`);
    for (const item of items) {
      const { id, name, status } = idAndStatus(item);
      if (id === undefined) problem ??= incomplete("an entry of the list of campaigns has no id");
      else {
        if (named.has(id)) problem ??= incomplete(`the list of campaigns names ${id} twice`);
        const one = { id, name: name ?? id, status: typeof status === "string" ? status : "unknown" };
        named.set(id, one);
        onCampaign(one);
      }
    }
    if (items.length > 0 && named.size === before) {
      problem ??= incomplete("the pages of the list of campaigns repeat themselves");
      break;
    }
  }
  return { named, total, problem };
}

const incomplete = (message: string): ListProblem => ({ code: "list_incomplete", message });
const SHORT = ["empty_list", "list_lacks_known", "list_without_total"];
/** The tenant has answered with a list that may be true, and everything that is known is paused by its id. */
const isShort = ({ code }: ListProblem): boolean => SHORT.includes(code);

/**
 * What is missing in a list that was read to its end.
 * @param lacking number of campaigns that are known and not named
 * @param others number of campaigns that are known from elsewhere
 */
function shortness(named: number, total: number | undefined, lacking: number, others: number): ListProblem | null {
  const known = `the tenant's list lacks ${lacking} ${lacking === 1 ? "campaign that is" : "campaigns that are"} known`;
  const unseen = (total ?? 0) - named - lacking;
  if (unseen > 0)
    return incomplete(
      lacking === 0
        ? `the tenant lists ${named} of the ${total} campaigns that it says there are`
        : `${known}, and says that there are ${unseen} more`,
    );
  if (lacking > 0) return { code: "list_lacks_known", message: known };
  if (total !== undefined && total < named)
    return {
      code: "list_without_total",
      message: `the tenant lists ${named} and says that there are ${total}: whether these are all is not known`,
    };
  if (named > 0 && (total !== undefined || others > 0)) return null;
  if (named > 0)
    return {
      code: "list_without_total",
      message: `the tenant lists ${named} and does not say how many campaigns there are, and none is known from earlier readings: whether these are all is not known`,
    };
  return { code: "empty_list", message: "the tenant lists no campaign, and none is known from earlier readings" };
}

/** With an id an entry can be paused, whatever else is wrong with it. */
function idAndStatus(item: unknown): {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly status: unknown;
} {
  if (typeof item !== "object" || item === null) return { id: undefined, name: undefined, status: undefined };
  const { id, name, status }: { id?: unknown; name?: unknown; status?: unknown } = item;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { id: Number.isSafeInteger(id) ? String(id) : text(id), name: text(name), status };
}
