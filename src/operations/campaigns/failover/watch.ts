// The watch over failover pairs: one process runs a pair; other processes wait and take over when it dies or leaves.
//
// A watch never ends and has no result: instead of a job it is a lease and a state. Each decision is written with its alarms in one
// transaction, which only the holder of the lease can make, and is then carried out. A process that takes over carries out the
// command of the stored state.

import { newId, OutdialError } from "../../../kernel/index.ts";
import type { FailoverPair, MadeChange } from "../../../store/index.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import { takeFree } from "../../run/lease.ts";
import { whileTrusted } from "../../run/leave.ts";
import { type ActDeps, act } from "./act.ts";
import { decide, isLook, nextCommand } from "./machine.ts";
import { noticesOf } from "./notices.ts";
import { noSuchPair, type PairReport, readPair } from "./pair.ts";
import { SendsOfPair } from "./sends.ts";
import type { Alarm, Command, FailoverEvent, FailoverState } from "./state.ts";

/** How often a pair that another process runs is read, ms of the machine's time. */
const WAIT_MS = 1000;

/** Sent for every event; `elsewhere` while another process runs the pair. */
export type FailoverProgress = (
  progress: { readonly pair: PairReport } & (
    | { readonly elsewhere: true }
    | { readonly elsewhere: false; readonly event: FailoverEvent; readonly alarms: readonly Alarm[]; readonly next: Command }
  ),
) => void;

/** How long a watch lasts, and who is informed. */
export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: FailoverProgress | undefined;
  /** Ends when another process runs the pair, instead of waiting to take it over. */
  readonly leaveToOthers?: boolean | undefined;
  /** Ends when this returns true after an event; default: only the signal ends it. */
  readonly until?: ((state: FailoverState, event: FailoverEvent) => boolean) | undefined;
}

/** The watch over a pair: reads the figures regularly, and carries out what the machine decides, under a lease in the store. */
export class PairWatch {
  readonly #context: Context;
  readonly #deps: ActDeps;
  readonly #pause: ((point: string) => Promise<void>) | undefined;

  constructor(context: Context, deps: ActDeps, pause?: (point: string) => Promise<void>) {
    this.#context = context;
    this.#deps = deps;
    this.#pause = pause;
  }

  /** Throws OperationError `job_not_found`. */
  async find(primary: string): Promise<PairReport> {
    return readPair(await this.#pair(primary));
  }

  /**
   * Runs a pair, or waits until it can take it over, until the signal or `until`. Rejects for errors other than the tenant's: no
   * database, an unreadable state.
   */
  async watch(primary: string, options: WatchOptions): Promise<void> {
    const { clock, store, replica } = this.#context;
    const { signal } = options;
    while (!signal.aborted) {
      const pair = await this.#claim(primary);
      if (pair === undefined) {
        const elsewhere = await this.find(primary);
        options.onProgress?.({ pair: elsewhere, elsewhere: true });
        if (options.leaveToOthers === true) return;
        await clock.sleep(WAIT_MS, signal).catch(() => undefined);
        continue;
      }
      try {
        if (await this.#run(pair, options)) return;
      } catch (thrown) {
        if (signal.aborted) return;
        // Another process took the pair, or may have: wait upon that one.
        if (!(thrown instanceof OutdialError) || thrown.code !== "not_owner") throw thrown;
        await clock.sleep(WAIT_MS, signal).catch(() => undefined);
      } finally {
        await store.failovers.release(primary, replica.id);
      }
    }
  }

  /** Takes a pair that is free, ours, or run by a dead process. */
  async #claim(primary: string): Promise<FailoverPair | undefined> {
    const { store, replica } = this.#context;
    const seen = await this.#pair(primary);
    return takeFree(seen.executor, replica, () => store.failovers.claim(seen, replica.id));
  }

  /** @returns true when `until` ended it */
  async #run(claimed: FailoverPair, { signal, onProgress, until }: WatchOptions): Promise<boolean> {
    const { clock } = this.#deps;
    const { actor, random, alarms: receiver, store, replica } = this.#context;
    const ledger = store.failovers;
    const { primary } = claimed;
    let { seq } = claimed;
    let pair = readPair(claimed);
    const sends = new SendsOfPair(actor);
    const happened = async (event: FailoverEvent, orderTaken: boolean, made: readonly MadeChange[] = []) => {
      const before = pair.state;
      const { state, alarms } = decide(pair.policy, before, event);
      const newEventId = () => newId("evt", event.at, random);
      const notices = noticesOf({
        primary,
        backup: pair.backup,
        actor,
        before,
        state,
        event,
        alarms,
        receiver,
        newId: newEventId,
      });
      // Reading back both campaigns during a hand-over also counts as a look.
      const looked = isLook(event);
      await ledger.record({
        primary,
        executor: replica.id,
        seq,
        state,
        phase: state.phase,
        at: event.at,
        looked,
        orderTaken,
        made,
        ...notices,
      });
      seq += 1;
      pair = { ...pair, state };
      const next = nextCommand(pair.policy, state, primary);
      onProgress?.({ pair, elsewhere: false, event, alarms, next });
      return next;
    };
    const now = clock.now();
    let command = await happened(
      { type: "taken", at: now, gapMs: claimed.lookedAt === null ? null : now - claimed.lookedAt },
      false,
    );
    // A new holder looks at once.
    let waits = false;
    for (;;) {
      signal.throwIfAborted();
      if (waits && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
      waits = true;
      const point = `${pair.state.phase}.${command.kind}`;
      await this.#pause?.(`${point}.before`);
      const leave = whileTrusted(replica.trust());
      // Other processes change policies and orders. A process that was suspended for long may count as dead by now.
      const latest = await ledger.find(primary);
      if (latest === undefined || latest.executor !== replica.id)
        throw new OperationError("not_owner", `the pair of ${primary} is no longer watched by this process`);
      seq = latest.seq;
      const { policy, backup, order, state } = readPair(latest);
      pair = { ...pair, policy, backup, order, state };
      const ids = { primary, backup };
      const sentAt = clock.now();
      const happening = await act(command, { ids, policy, state, order, signal, leave }, this.#deps).catch((thrown: unknown) => {
        leave.halt.throwIfAborted();
        throw thrown;
      });
      await this.#pause?.(`${point}.after`);
      const event = { ...happening, at: clock.now() };
      const made = sends.madeBy(command, event, { ids, state, sentAt });
      command = await happened(event, event.type === "looked" && event.order !== null, made);
      if (until?.(pair.state, event) === true) return true;
    }
  }

  async #pair(primary: string): Promise<FailoverPair> {
    return (await this.#context.store.failovers.find(primary)) ?? noSuchPair(primary);
  }
}
