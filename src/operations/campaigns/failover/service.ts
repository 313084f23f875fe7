// The watch over failover pairs: one process runs a pair; other processes wait and take over when that process dies or leaves.
//
// A watch never ends, so it is not a workflow but a lease and a state. Each decision is written with its alarms, in one transaction
// that only the holder of the lease can make, and is carried out after that. The process that takes over carries out what the state says.

import { type Clock, newId, OutdialError, type RandomStream } from "../../../kernel/index.ts";
import type { AuditInput, FailoverHappening, FailoverLedger, FailoverPair } from "../../../store/index.ts";
import { OperationError } from "../../error.ts";
import { type ActDeps, act } from "./act.ts";
import { type DrillReport, drill } from "./drill.ts";
import { decide, isLook, NEW_PAIR, nextCommand } from "./machine.ts";
import { noticesOf } from "./notices.ts";
import { type FailoverPolicy, failoverPolicySchema } from "./policy.ts";
import { type Alarm, type Command, type FailoverEvent, type FailoverState, type Order, readState } from "./state.ts";
import { orderRefusal } from "./words.ts";

/** How often the pair of another process is looked at, ms of the machine's time. */
const WAIT_MS = 1000;

export interface FailoverDependencies extends ActDeps {
  readonly ledger: FailoverLedger;
  readonly replicas: { isDead(id: string): Promise<boolean>; forget(id: string): Promise<void> };
  readonly replicaId: string;
  /** The machine's own clock, for waiting upon other processes. */
  readonly leaseClock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  /** Appends to the audit. */
  readonly record: (entry: AuditInput) => Promise<void>;
  /** Name of the receiver of alarms; undefined when none is configured. */
  readonly alarms: string | undefined;
  /** Awaited at every named point: for harnesses that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** A pair, parsed. */
export interface PairReport {
  readonly primary: string;
  readonly backup: string;
  readonly policy: FailoverPolicy;
  readonly state: FailoverState;
  /** The process that runs it; null when nobody does. */
  readonly executor: string | null;
  readonly order: { readonly what: Order; readonly by: string } | null;
}

/** Told of every event; `elsewhere` while another process runs the pair. */
export type FailoverProgress = (
  progress: { readonly pair: PairReport } & (
    | { readonly elsewhere: true }
    | { readonly elsewhere: false; readonly event: FailoverEvent; readonly alarms: readonly Alarm[]; readonly next: Command }
  ),
) => void;

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: FailoverProgress | undefined;
  /** Ends when this says so, asked after each event; by default only the signal ends it. */
  readonly until?: ((state: FailoverState, event: FailoverEvent) => boolean) | undefined;
}

/** The state of a pair for users, who do not know its phases. */
export const isSettled = ({ phase }: FailoverState): boolean =>
  phase === "watching" || phase === "failed-over" || phase === "halted";

export class Failover {
  readonly #deps: FailoverDependencies;

  constructor(deps: FailoverDependencies) {
    this.#deps = deps;
  }

  /**
   * Makes a pair or gives it another policy. Throws OperationError `invalid_input` when a campaign would stand in for itself, StoreError
   * `invalid_state` during a hand-over or when a campaign has a part in another pair.
   */
  async put(primary: string, policy: FailoverPolicy): Promise<void> {
    const { backup } = policy;
    if (backup === primary)
      throw new OperationError("invalid_input", `campaign ${primary} cannot be its own backup`, {
        advice: "Name another campaign with --backup.",
      });
    const { actor, ledger } = this.#deps;
    const known = await ledger.find(primary);
    if (known !== undefined && known.backup === backup && JSON.stringify(readPolicy(known.policy)) === JSON.stringify(policy))
      return;
    await ledger.put({ primary, backup, policy, actor, audit: [this.#entry("failover.policy", primary, { ...policy })] });
  }

  /** Ends the watch over a pair. Throws OperationError `job_not_found` when there is none, or a hand-over is under way. */
  async remove(primary: string): Promise<void> {
    if (!(await this.#deps.ledger.remove(primary, [this.#entry("failover.removed", primary, {})])))
      throw new OperationError("job_not_found", `there is no settled pair of ${primary}`);
  }

  async list(): Promise<PairReport[]> {
    return (await this.#deps.ledger.list()).map(readPair);
  }

  /** Throws OperationError `job_not_found`. */
  async find(primary: string): Promise<PairReport> {
    return readPair(await this.#pair(primary));
  }

  /** What happened to a pair, newest first. */
  history(primary: string, limit: number): Promise<FailoverHappening[]> {
    return this.#deps.ledger.history(primary, limit);
  }

  /** Orders a hand-over without regard to the figures; the process that runs the pair carries it out at its next check. */
  async order(primary: string, what: Order): Promise<void> {
    const { ledger, actor } = this.#deps;
    const { state } = await this.find(primary);
    const refusal = orderRefusal(state, what);
    if (refusal !== null) throw new OperationError("job_state", refusal);
    await ledger.order(primary, what, actor, [this.#entry("failover.order", primary, { what })]);
  }

  /** Rehearses a hand-over: reads and decides as one would, writes nothing to the tenant; only the audit says that it was done. Throws TenantError. */
  async drill(primary: string, signal: AbortSignal): Promise<DrillReport> {
    const pair = await this.find(primary);
    const report = await drill(pair, this.#deps, signal);
    const { wouldTrigger, ends, passed } = report;
    await this.#deps.record(this.#entry("failover.drill", primary, { wouldTrigger, ends, passed }));
    return report;
  }

  /**
   * Runs a pair, or waits until it can take it over, until the signal or `until`. Rejects for what is no matter of the tenant's: the database is
   * gone, the state cannot be read.
   */
  async watch(primary: string, options: WatchOptions): Promise<void> {
    const { leaseClock, ledger, replicaId } = this.#deps;
    const { signal } = options;
    while (!signal.aborted) {
      const pair = await this.#claim(primary);
      if (pair === undefined) {
        const elsewhere = await this.find(primary);
        options.onProgress?.({ pair: elsewhere, elsewhere: true });
        await leaseClock.sleep(WAIT_MS, signal).catch(() => undefined);
        continue;
      }
      try {
        if (await this.#run(pair, options)) return;
      } catch (thrown) {
        if (signal.aborted) return;
        // Another process took the pair: wait upon that one.
        if (!(thrown instanceof OutdialError) || thrown.code !== "not_owner") throw thrown;
      } finally {
        await ledger.release(primary, replicaId);
      }
    }
  }

  /** Takes a pair that is free, ours, or run by a dead process. */
  async #claim(primary: string): Promise<FailoverPair | undefined> {
    const { ledger, replicas, replicaId } = this.#deps;
    const seen = await this.#pair(primary);
    const { executor } = seen;
    if (executor !== null && executor !== replicaId && !(await replicas.isDead(executor))) return undefined;
    const claimed = await ledger.claim(seen, replicaId);
    if (claimed !== undefined && executor !== null) await replicas.forget(executor);
    return claimed;
  }

  /** @returns true when `until` ended it */
  async #run(claimed: FailoverPair, { signal, onProgress, until }: WatchOptions): Promise<boolean> {
    const { clock, ledger, replicaId, pause } = this.#deps;
    const { primary } = claimed;
    let { seq } = claimed;
    let pair = readPair(claimed);
    const happened = async (event: FailoverEvent, orderTaken: boolean) => {
      const before = pair.state;
      const { state, alarms } = decide(pair.policy, before, event);
      const { actor, random, alarms: receiver } = this.#deps;
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
      // Reading back both campaigns during a hand-over also counts as a check.
      const looked = isLook(event);
      await ledger.record({
        primary,
        executor: replicaId,
        seq,
        state,
        phase: state.phase,
        at: event.at,
        looked,
        orderTaken,
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
    // A new holder looks at once, whatever the last one waited for.
    let waits = false;
    for (;;) {
      signal.throwIfAborted();
      if (waits && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
      waits = true;
      const point = `${pair.state.phase}.${command.kind}`;
      await pause?.(`${point}.before`);
      // Other processes change policies and orders. A process that was suspended for long may count as dead by now.
      const latest = await ledger.find(primary);
      if (latest === undefined || latest.executor !== replicaId)
        throw new OperationError("not_owner", `the pair of ${primary} is not run here any more`);
      seq = latest.seq;
      const { policy, backup, order, state } = readPair(latest);
      pair = { ...pair, policy, backup, order, state };
      const ids = { primary, backup };
      const happening = await act(command, { ids, policy, state, order, signal }, this.#deps);
      await pause?.(`${point}.after`);
      const event = { ...happening, at: clock.now() };
      command = await happened(event, event.type === "looked" && event.order !== null);
      if (until?.(pair.state, event) === true) return true;
    }
  }

  async #pair(primary: string): Promise<FailoverPair> {
    const found = await this.#deps.ledger.find(primary);
    if (found !== undefined) return found;
    throw new OperationError("job_not_found", `there is no failover pair of the campaign ${primary}`, {
      advice: "outdial campaign failover watch --primary … --backup … makes one; outdial campaign failover status lists them.",
    });
  }

  #entry(action: string, primary: string, details: Readonly<Record<string, unknown>>): AuditInput {
    return { actor: this.#deps.actor, action, subject: `failover/${primary}`, details: { primary, ...details } };
  }
}

function readPolicy(value: unknown): FailoverPolicy {
  const parsed = failoverPolicySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new OperationError("invalid_input", `the policy of this pair cannot be read: ${issue?.path.join(".")} ${issue?.message}`);
}

/** A pair of the store, parsed. Throws OperationError `invalid_input`. */
export function readPair({ primary, backup, policy, state, executor, order }: FailoverPair): PairReport {
  return { primary, backup, policy: readPolicy(policy), state: state === null ? NEW_PAIR : readState(state), executor, order };
}
