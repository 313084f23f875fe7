// One emergency stop, carried out by this process until every campaign is confirmed as paused or named as not confirmed. For each
// campaign:
//
//   pause → confirmed: settled
//     ├ reply lost, or the tenant is away → again under the same key
//     ├ refused → again, a few times, then settled as not paused
//     ├ paused, calls under way → only looked at
//     └ a person resumed it → left alone
//
// At the same time the tenant's list is read repeatedly until it is complete. While it is not available, every campaign known
// from other sources is paused.

import { messageOf, OutdialError } from "../../../kernel/index.ts";
import type { FoundCampaign, ListProblem, Stop, StopAttempt, StopLedger, StoppedCampaign } from "../../../store/index.ts";
import { type CampaignProvisioning, TenantError } from "../../../tenant/port.ts";
import { type ChangeDeps, changeState, lookAgain, type StateChange } from "./change.ts";
import { emptyListProblem, idAndStatus } from "./stop.ts";

/** The time limits of a stop. */
export interface StopPatience {
  /** For the list, before the campaigns known from other sources are paused as well, ms. */
  readonly listMs: number;
  /** For one request with its repetitions, ms. */
  readonly sendMs: number;
  /** For calls under way, at each look, ms. */
  readonly drainMs: number;
  /** Between two attempts: at first, and at most, ms. */
  readonly againMs: number;
  readonly mostMs: number;
  /** How often a campaign that the tenant refuses to pause is tried. */
  readonly refusals: number;
  /** After this time, what is not confirmed is reported as not confirmed, ms. */
  readonly giveUpMs: number;
  /** Between two checks whether somebody resumed a campaign, ms. */
  readonly resumedMs: number;
}

/** How long an emergency stop waits and tries again; all in ms but `refusals`, a count. */
export const STOP_PATIENCE: StopPatience = {
  listMs: 2_000,
  sendMs: 60_000,
  drainMs: 10_000,
  againMs: 1_000,
  mostMs: 30_000,
  refusals: 3,
  giveUpMs: 30 * 60_000,
  resumedMs: 1_000,
};

/** What carrying out an emergency stop needs. */
export interface StopRunDeps extends ChangeDeps {
  readonly ledger: StopLedger;
  readonly provisioning: Pick<CampaignProvisioning, "campaigns">;
  /** Stores a list of campaigns that was read to its end. @param at when the reading began */
  readonly keepList: (
    list: readonly { readonly id: string; readonly name: string; readonly status: string }[],
    at: number,
  ) => Promise<void>;
  readonly replicaId: string;
  readonly patience: StopPatience;
}

/** A stop while it is carried out. */
export class StopRun {
  readonly #deps: StopRunDeps;
  readonly #stop: Stop;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #campaigns = new Map<string, { readonly ways: Promise<void>; readonly control: AbortController }>();
  readonly #tried = new Set<string>();
  readonly #first = Promise.withResolvers<void>();
  readonly #deadline: number;
  #isListTried = false;
  #problem: unknown;

  constructor(deps: StopRunDeps, stop: Stop, signal: AbortSignal) {
    this.#deps = deps;
    this.#stop = stop;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
    this.#deadline = deps.clock.now() + deps.patience.giveUpMs;
  }

  /** Settles when the list was requested once and every campaign was tried once, or nothing more is done. */
  get firstRound(): Promise<void> {
    return this.#first.promise;
  }

  /** Carries the stop out. @returns its campaigns at the end. Rejects when aborted, for StoreError, or when another replica has it */
  async carry(): Promise<StoppedCampaign[]> {
    const { ledger } = this.#deps;
    const { id, scope } = this.#stop;
    try {
      const before = await ledger.campaigns(id);
      for (const { campaignId, settled } of before) this.#begin(campaignId, settled);
      const listing =
        scope === null ? this.#list() : this.#take(scope.map((campaignId) => ({ campaignId, source: "named", paused: false })));
      const watching = this.#watch();
      await this.#orFail(listing);
      this.#isListTried = true;
      this.#tellFirst();
      await this.#settled();
      if (scope === null && this.#problem === undefined) {
        await this.#orFail(this.#lastLook());
        await this.#settled();
      }
      this.#over.abort(new OutdialError("aborted", "the stop is over"));
      await watching;
      if (this.#problem !== undefined) throw this.#problem;
      return await ledger.campaigns(id);
    } finally {
      this.#over.abort(new OutdialError("aborted", "the stop is over"));
      this.#first.resolve();
    }
  }

  /** Waits until nothing more is done about any campaign; others may be added meanwhile. */
  async #settled(): Promise<void> {
    for (let seen = -1; seen !== this.#campaigns.size; ) {
      seen = this.#campaigns.size;
      await Promise.all([...this.#campaigns.values()].map(({ ways }) => ways));
    }
  }

  /**
   * Reads the list once more, and pauses what it showed as paused before and does not now: a start that reached the tenant just
   * before the stop, of whomever, may show late.
   */
  async #lastLook(): Promise<void> {
    const { ledger, provisioning, patience, replicaId } = this.#deps;
    const listed = new Set(
      (await ledger.campaigns(this.#stop.id)).filter(({ outcome }) => outcome === "listed").map(({ campaignId }) => campaignId),
    );
    const started: FoundCampaign[] = [];
    const options = { lane: "stop", signal: this.#signal, deadlineMs: patience.sendMs } as const;
    try {
      for await (const { items } of provisioning.campaigns(options).pages())
        for (const { id, status } of items.map(idAndStatus))
          if (id !== undefined && status !== "paused" && (listed.has(id) || !this.#campaigns.has(id)))
            started.push({ campaignId: id, source: "listed", paused: false });
    } catch (thrown) {
      // The first reading was whole.
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
    }
    const ids = started.map(({ campaignId }) => campaignId);
    await ledger.reopen(this.#stop.id, replicaId, ids);
    for (const id of ids) this.#campaigns.delete(id);
    await this.#take(started);
  }

  /** Waits for work; an error in it ends the whole run, and is thrown once everything has settled. */
  async #orFail(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      this.#problem ??= thrown;
      this.#over.abort(thrown);
    }
  }

  /** Reads the list until it is complete, it is refused for good, or the time is up. */
  async #list(): Promise<void> {
    const { ledger, clock, patience, replicaId } = this.#deps;
    const inTime = new AbortController();
    const impatience = clock.sleep(patience.listMs, AbortSignal.any([this.#signal, inTime.signal])).then(
      () => this.#orFail(this.#takeKnown()),
      () => undefined,
    );
    for (let tries = 1, wait = patience.againMs; ; tries += 1, wait = Math.min(patience.mostMs, wait * 2)) {
      const problem = await this.#listOnce();
      inTime.abort();
      await impatience;
      if (problem !== null) await this.#takeKnown();
      await ledger.listed(this.#stop.id, replicaId, problem);
      this.#isListTried = true;
      this.#tellFirst();
      const over = problem === null || clock.now() >= this.#deadline || (isRefused(problem.code) && tries >= patience.refusals);
      if (over) return;
      await clock.sleep(wait, this.#signal);
    }
  }

  async #listOnce(): Promise<ListProblem | null> {
    const { clock, keepList, provisioning, patience, ledger } = this.#deps;
    const at = clock.now();
    let problem: ListProblem | null = null;
    let saysNone = false;
    const list: { id: string; name: string; status: string }[] = [];
    const options = { lane: "stop", signal: this.#signal, deadlineMs: patience.sendMs } as const;
    try {
      for await (const { items, reply } of provisioning.campaigns(options).pages()) {
        saysNone = reply.total === 0;
        const found: FoundCampaign[] = [];
        for (const item of items) {
          const { id, name, status } = idAndStatus(item);
          if (id === undefined) problem ??= { message: "an entry of the list of campaigns has no id", code: "invalid_reply" };
          else {
            found.push({ campaignId: id, source: "listed", paused: status === "paused" });
            list.push({ id, name: name ?? id, status: typeof status === "string" ? status : "unknown" });
          }
        }
        await this.#take(found);
      }
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      return { message: messageOf(thrown), code: thrown.code };
    }
    if (list.length === 0 && problem === null && !saysNone) problem = emptyListProblem((await ledger.knownCampaigns()).length);
    if (problem === null) await keepList(list, at);
    return problem;
  }

  async #takeKnown(): Promise<void> {
    const known = await this.#deps.ledger.knownCampaigns();
    await this.#take(known.map((campaignId) => ({ campaignId, source: "known", paused: false })));
  }

  /** Starts with these campaigns, each once. */
  async #take(found: readonly FoundCampaign[]): Promise<void> {
    const fresh = new Map(found.filter(({ campaignId }) => !this.#campaigns.has(campaignId)).map((one) => [one.campaignId, one]));
    if (fresh.size === 0) return;
    const settled = new Set(await this.#deps.ledger.found(this.#stop.id, this.#deps.replicaId, [...fresh.values()]));
    for (const campaignId of fresh.keys()) this.#begin(campaignId, settled.has(campaignId));
  }

  #begin(campaignId: string, settled: boolean): void {
    if (this.#campaigns.has(campaignId)) return;
    const control = new AbortController();
    if (settled) this.#tried.add(campaignId);
    const ways = settled ? Promise.resolve() : this.#orFail(this.#settle(campaignId, control));
    this.#campaigns.set(campaignId, { ways, control });
  }

  /** Tries one campaign until it is settled or the time is up. */
  async #settle(campaignId: string, control: AbortController): Promise<void> {
    const { ledger, clock, patience, replicaId } = this.#deps;
    const signal = AbortSignal.any([this.#signal, control.signal]);
    let last: StateChange | undefined;
    let answeredAt: number | undefined;
    let refused = 0;
    try {
      for (let wait = patience.againMs; ; wait = Math.min(patience.mostMs, wait * 2)) {
        last = await this.#attempt(campaignId, last, answeredAt, signal);
        const isAnswered = (last.outcome === "changed" || last.outcome === "already") && last.shown !== false;
        answeredAt = isAnswered ? (answeredAt ?? clock.now()) : undefined;
        refused = last.outcome === "failed" ? refused + 1 : 0;
        const settled = last.confirmed || last.code === "not_found" || refused >= patience.refusals;
        await ledger.tried(this.#stop.id, replicaId, attemptOf(last, settled));
        this.#tried.add(campaignId);
        this.#tellFirst();
        // Superseded although the stop is still ours: a person resumed it.
        if (settled || last.outcome === "superseded" || clock.now() >= this.#deadline) return;
        await clock.sleep(wait, signal);
      }
    } catch (thrown) {
      // It was resumed during the attempt: the ledger has that.
      if (!control.signal.aborted || this.#signal.aborted) throw thrown;
      this.#tried.add(campaignId);
      this.#tellFirst();
    }
  }

  /**
   * Pauses a campaign. After an answer to its pause, a campaign is only looked at, unless it is seen in another state: pauses go
   * before looks, and repeated pauses would leave no room for looks where the tenant accepts few requests per second.
   */
  async #attempt(campaignId: string, last: StateChange | undefined, since: number | undefined, signal: AbortSignal) {
    const { drainMs: timeoutMs, sendMs } = this.#deps.patience;
    if (last !== undefined && since !== undefined)
      return { ...last, ...(await lookAgain(this.#deps, campaignId, { timeoutMs, sendMs, signal, since })) };
    const reason = this.#stop.reason ?? undefined;
    // Reading back may take some time: until then the answer is recorded.
    const onAnswered = (outcome: "changed" | "already") =>
      this.#deps.ledger.tried(this.#stop.id, this.#deps.replicaId, {
        campaignId,
        outcome,
        shown: null,
        confirmed: false,
        activeCalls: null,
        code: null,
        settled: false,
        message: "the tenant answered that it is paused; this is not read back yet",
      });
    const isSentBefore = last !== undefined && (last.outcome === "unknown" || last.outcome === "changed");
    return changeState(this.#deps, campaignId, "paused", { timeoutMs, sendMs, signal, reason, onAnswered, isSentBefore });
  }

  /** Stops working on campaigns that a person has resumed, and on everything when this process no longer has the stop. */
  async #watch(): Promise<void> {
    const { ledger, clock, patience, replicaId } = this.#deps;
    const look = async () => {
      while (!this.#signal.aborted) {
        for (const id of await ledger.resumed(this.#stop.id, replicaId)) this.#campaigns.get(id)?.control.abort();
        await clock.sleep(patience.resumedMs, this.#signal).catch(() => undefined);
      }
    };
    await this.#orFail(look());
  }

  #tellFirst(): void {
    if (this.#isListTried && this.#tried.size === this.#campaigns.size) this.#first.resolve();
  }
}

/** The tenant has answered, and will not give another answer by itself. */
const isRefused = (code: string): boolean =>
  !["vendor_unavailable", "rate_limited", "deadline_exceeded", "invalid_reply"].includes(code);

function attemptOf(change: StateChange, settled: boolean): StopAttempt {
  const { campaignId, outcome, shown, confirmed, activeCalls, message, code } = change;
  return {
    campaignId,
    outcome: outcome === "superseded" ? "resumed" : outcome,
    shown,
    confirmed,
    activeCalls,
    message,
    code,
    settled,
  };
}
