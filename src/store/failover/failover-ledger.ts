// The ledger of failover pairs: their policies, states and history. Every method is one transaction.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { OwnedRun } from "../jobs/take.ts";
import type { Job } from "../jobs/types.ts";
import { insertMade } from "../metrics/state-intents.ts";
import type { FailoverHappening, FailoverPair, FailoverStep } from "./types.ts";

// Runs of the watch over pairs, as the pairs' rows say: a pair names the number of its latest run and the process that has it. A watch has no end
// and no result, so there is no job; the methods are named as in the ledger of jobs, which stands in the same place for jobs.

/** The kind of these runs, and the beginning of their ids. */
export const FAILOVER = "failover";

/** The id under which the engine runs the watch over a pair. */
export const pairRunId = (primary: string): string => `${FAILOVER}/${primary}`;
/** The pair of such an id. */
export const primaryOfRun = (id: string): string => id.slice(FAILOVER.length + 1);

/** What a row says of its run: `ready` without a process, `running` with one, `cancelled` when the pair was removed. */
type PairRun = Pick<Job, "id" | "kind" | "campaignId" | "status" | "executor" | "error" | "run">;

const PAIR_RUN = `'${FAILOVER}/' || primary_id as id, '${FAILOVER}' as kind, primary_id as "campaignId", executor, null as error, run,
  case when removed_at is not null then 'cancelled' when executor is null then 'ready' else 'running' end as status`;

/** Who runs the watch over each pair. */
class PairRuns extends Ledger {
  async getJob(id: string): Promise<PairRun | undefined> {
    const found = await this.store.query<PairRun>(`select ${PAIR_RUN} from outdial.failover_pairs where primary_id = $1`, [
      primaryOfRun(id),
    ]);
    return found[0];
  }

  /** A pair's run, and whether the engine has assigned it to the process at the same moment. */
  async getOwned(
    { jobId, workflow, owned }: OwnedRun,
    executor: string,
  ): Promise<(PairRun & { readonly owned: boolean }) | undefined> {
    const found = await this.store.query<PairRun & { owned: boolean }>(
      `with owned as (${owned}) select ${PAIR_RUN}, exists (select from owned) as owned from outdial.failover_pairs where primary_id = $3`,
      [workflow, executor, primaryOfRun(jobId)],
    );
    return found[0];
  }

  /** The pairs that are not removed, each with the process that runs it. */
  async executors(): Promise<{ readonly primary: string; readonly executor: string | null }[]> {
    return this.store.query(
      `select primary_id as "primary", executor from outdial.failover_pairs where removed_at is null order by primary_id`,
    );
  }

  /** Opens the next run if the pair is still as it was seen; one of several callers succeeds. @returns its number */
  async openRun({ id, run, executor }: Pick<PairRun, "id" | "run" | "executor">): Promise<number | undefined> {
    const opened = await this.store.query<{ run: number }>(
      `update outdial.failover_pairs set executor = null, run = run + 1
       where primary_id = $1 and run = $2 and executor is not distinct from $3 and removed_at is null returning run`,
      [primaryOfRun(id), run, executor],
    );
    return opened[0]?.run;
  }

  /**
   * Takes a run for a process: from then on only this process writes states of the pair. The engine's own assignment of the run
   * is checked in the same statement. @returns "gone" when the pair was removed or has another run
   */
  async take({ jobId, run, workflow, owned }: OwnedRun, executor: string): Promise<"taken" | "gone"> {
    const taken = await this.store.query(
      `with owned as (${owned})
       update outdial.failover_pairs set executor = $2, seq = seq + 1
       where primary_id = $3 and run = $4 and removed_at is null and exists (select from owned) returning 1`,
      [workflow, executor, primaryOfRun(jobId), run],
    );
    return taken.length === 1 ? "taken" : "gone";
  }

  /** A process releases a pair. */
  async letGo(id: string, executor: string): Promise<void> {
    await this.store.query("update outdial.failover_pairs set executor = null where primary_id = $1 and executor = $2", [
      primaryOfRun(id),
      executor,
    ]);
  }
}

const PAIRS = `select primary_id as "primary", backup_id as backup, policy, changed_at as "changedAt", actor, state, seq, phase, executor, looked_at as "lookedAt",
    case when order_what is not null then json_build_object('what', order_what, 'by', order_by, 'at', round(extract(epoch from order_at) * 1000), 'mark', order_mark) end as "order"
  from outdial.failover_pairs`;

/** Failover pairs: policy, runs of the watch, state, orders and history. */
export class FailoverLedger extends Ledger {
  /** Who runs the watch over each pair. */
  readonly runs = new PairRuns(this.store);

  /**
   * Creates a pair or changes its policy; its state stays unless the backup changes. Throws StoreError `invalid_state` during a
   * hand-over, and when one of the campaigns has the other role in another pair.
   */
  put(
    pair: Pick<FailoverPair, "primary" | "backup" | "policy" | "actor"> & { readonly audit: readonly AuditInput[] },
  ): Promise<void> {
    const { primary, backup, actor } = pair;
    return this.store.commit(async (tx) => {
      await tx.query("select pg_advisory_xact_lock(hashtext('outdial failover pairs'))");
      const [other] = await tx.query<{ primary: string; backup: string }>(
        `select primary_id as "primary", backup_id as backup from outdial.failover_pairs
         where removed_at is null and (backup_id = $1 or primary_id = $2)`,
        [primary, backup],
      );
      if (other !== undefined)
        throw new StoreError(
          "invalid_state",
          `${other.backup === primary ? primary : backup} is already the ${other.backup === primary ? "backup" : "primary"} of a pair: ${other.primary} with ${other.backup}`,
        );
      const changed = await tx.change(
        `insert into outdial.failover_pairs (primary_id, backup_id, policy, actor, created_at, changed_at) values ($1, $2, $3, $4, $5, $5)
         on conflict (primary_id) do update set policy = excluded.policy, changed_at = excluded.changed_at, actor = excluded.actor, removed_at = null,
           state = case when failover_pairs.backup_id = excluded.backup_id and failover_pairs.removed_at is null then failover_pairs.state end,
           phase = case when failover_pairs.backup_id = excluded.backup_id and failover_pairs.removed_at is null then failover_pairs.phase else 'watching' end,
           backup_id = excluded.backup_id, seq = failover_pairs.seq + 1
         where failover_pairs.phase in ('watching', 'failed-over', 'halted') or failover_pairs.backup_id = excluded.backup_id`,
        [primary, backup, JSON.stringify(pair.policy), storable(actor), new Date(this.store.now())],
      );
      if (changed !== 1)
        throw new StoreError("invalid_state", `a hand-over of ${primary} is under way; its backup cannot be changed now`);
      tx.audit(pair.audit);
    });
  }

  /**
   * Ends the watch over a pair; its history stays. False when there is no such pair, or when a campaign is being activated, or
   * paused for safety.
   */
  remove(primary: string, audit: readonly AuditInput[]): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const removed = await tx.change(
        "update outdial.failover_pairs set removed_at = $2, seq = seq + 1, executor = null where primary_id = $1 and removed_at is null and phase not in ('activating', 'verifying', 'securing')",
        [primary, new Date(this.store.now())],
      );
      if (removed === 1) tx.audit(audit);
      return removed === 1;
    });
  }

  async find(primary: string): Promise<FailoverPair | undefined> {
    return (await this.store.query<FailoverPair>(`${PAIRS} where primary_id = $1 and removed_at is null`, [primary]))[0];
  }

  list(): Promise<FailoverPair[]> {
    return this.store.query<FailoverPair>(`${PAIRS} where removed_at is null order by primary_id`);
  }

  /** The primary of the pair that a campaign is in, or was in last. */
  async primaryOf(campaignId: string): Promise<string | undefined> {
    const [row] = await this.store.query<{ primary: string }>(
      `select primary_id as "primary" from outdial.failover_pairs where primary_id = $1 or backup_id = $1
       order by removed_at desc nulls first, primary_id <> $1 limit 1`,
      [storable(campaignId)],
    );
    return row?.primary;
  }

  /** When a person last changed a pair, including its removal, by primary. */
  async saidAt(): Promise<Map<string, Instant>> {
    const rows = await this.store.query<{ primary: string; at: Instant }>(
      `select primary_id as "primary", greatest(changed_at, removed_at) as at from outdial.failover_pairs`,
    );
    return new Map(rows.map(({ primary, at }) => [primary, at]));
  }

  /** Writes a state with its consequences. Throws StoreError `not_owner`. */
  record(step: FailoverStep): Promise<void> {
    const { primary, executor, seq, at } = step;
    return this.store.commit(async (tx) => {
      const changed = await tx.change(
        `update outdial.failover_pairs set state = $4, phase = $5, seq = seq + 1, looked_at = case when $6 then $7 else looked_at end,
           order_what = case when $8 then null else order_what end, order_by = case when $8 then null else order_by end,
           order_at = case when $8 then null else order_at end, order_mark = case when $8 then null else order_mark end
         where primary_id = $1 and executor = $2 and seq = $3 and removed_at is null`,
        [primary, executor, seq, JSON.stringify(step.state), step.phase, step.looked, new Date(at), step.orderTaken],
      );
      if (changed !== 1) throw new StoreError("not_owner", `the pair of ${primary} is no longer watched by ${executor}`);
      if (step.event !== null && !(step.repeats === true && (await lengthen(tx, step))))
        await tx.query(
          "insert into outdial.failover_events (primary_id, seq, at, event, phase, alarms) values ($1, $2, $3, $4, $5, $6)",
          [primary, seq + 1, new Date(at), JSON.stringify(step.event), step.phase, JSON.stringify(step.alarms)],
        );
      await insertMade(tx, step.made ?? []);
      tx.audit(step.audit);
      tx.emit(step.events);
    });
  }

  /**
   * Stores a person's order for the process that runs the pair; the latest order counts. False when there is no such pair.
   * @param order.mark the latest stop when it was asked for, see `StopLedger.mark`
   */
  order(
    primary: string,
    { what, by, mark }: { readonly what: "fail-over" | "fail-back"; readonly by: string; readonly mark: number },
    audit: readonly AuditInput[],
  ): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const found = await tx.change(
        "update outdial.failover_pairs set order_what = $2, order_by = $3, order_at = $4, order_mark = $5 where primary_id = $1 and removed_at is null",
        [primary, what, storable(by), new Date(this.store.now()), mark],
      );
      if (found === 1) tx.audit(audit);
      return found === 1;
    });
  }

  /** The history of a pair, newest first. @param before only entries with a smaller number */
  history(primary: string, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<FailoverHappening[]> {
    return this.store.query<FailoverHappening>(
      "select seq, at, event, phase, alarms from outdial.failover_events where primary_id = $1 and seq < $3::bigint order by seq desc limit $2",
      [primary, limit, before],
    );
  }

  /** When a pair left the order in which its primary dials; null while it is in that order, and without a history. */
  async awaySince(primary: string): Promise<Instant | null> {
    const [row] = await this.store.query<{ at: Instant | null }>(
      `select min(at) as at from outdial.failover_events where primary_id = $1
         and seq > (select coalesce(max(seq), 0) from outdial.failover_events where primary_id = $1 and phase = 'watching')`,
      [primary],
    );
    return row?.at ?? null;
  }
}

/** Extends the previous history entry to this time; false when that entry is about something else. */
async function lengthen(tx: Tx, { primary, phase, event }: FailoverStep): Promise<boolean> {
  const changed = await tx.change(
    `update outdial.failover_events
     set event = (event::jsonb || $3::jsonb || jsonb_build_object('at', event::jsonb -> 'at', 'until', $3::jsonb -> 'at'))::json
     where primary_id = $1 and phase = $2 and event ->> 'type' = $3::jsonb ->> 'type' and alarms::text = '[]'
       and seq = (select max(seq) from outdial.failover_events where primary_id = $1)`,
    [primary, phase, JSON.stringify(event)],
  );
  return changed === 1;
}
