// The ledger of emergency stops: durable before anything is sent, carried out by one replica at a time, open until every campaign
// is settled.

import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, storable, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { FoundCampaign, ListProblem, Stop, StopAttempt, StoppedCampaign } from "./types.ts";

const STOP = `id, actor, reason, scope, created_at as "createdAt", executor, run, list_problem as "listProblem", superseded_by as "supersededBy",
  ended_at as "endedAt"`;
const CAMPAIGN = `campaign_id as "campaignId", source, outcome, shown, confirmed, active_calls as "activeCalls", message, code, settled,
  updated_at as "updatedAt"`;
/** The stop is open and this replica carries it out. */
const MINE = "exists (select from outdial.stops where id = $1 and executor = $2 and ended_at is null)";

/** The latest stop as `mark`, see `StopLedger.mark`. */
export const LATEST_STOP = "select coalesce(max(seq), 0)::float8 as mark from outdial.stops_given";

/** That a stop was given, by whomever it is carried out. */
export type GivenStop = Pick<Stop, "id" | "actor" | "scope">;

async function insertGiven(tx: Tx, { id, actor, scope }: GivenStop, at: Date): Promise<void> {
  await tx.query(
    "insert into outdial.stops_given (stop_id, actor, scope, at) values ($1, $2, $3, $4) on conflict (stop_id) do nothing",
    [storable(id), storable(actor), scope === null ? null : JSON.stringify(scope), at],
  );
}

/** Emergency stops and what they did. */
export class StopLedger extends Ledger {
  /**
   * Begins a stop. A stop of everything ends the open ones and does the rest of their work. An existing stop stays as it is.
   * @returns whether it was begun
   */
  begin(stop: Pick<Stop, "id" | "actor" | "reason" | "scope" | "executor">, audit: readonly AuditInput[]): Promise<boolean> {
    const now = new Date(this.store.now());
    return this.store.commit(
      async (tx) => {
        const made = await tx.change(
          `insert into outdial.stops (id, actor, reason, scope, executor, created_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
          [
            stop.id,
            storable(stop.actor),
            stop.reason === null ? null : storable(stop.reason),
            stop.scope === null ? null : JSON.stringify(stop.scope),
            stop.executor,
            now,
          ],
        );
        if (made !== 1) return false;
        await insertGiven(tx, stop, now);
        if (stop.scope === null)
          await tx.query(
            "update outdial.stops set ended_at = $2, superseded_by = $1, executor = null where ended_at is null and id <> $1",
            [stop.id, now],
          );
        tx.audit(audit);
        return true;
      },
      { urgent: true },
    );
  }

  async find(id: string): Promise<Stop | undefined> {
    return (await this.store.query<Stop>(`select ${STOP} from outdial.stops where id = $1`, [storable(id)]))[0];
  }

  /** Stops that have not ended, oldest first. */
  open(): Promise<Stop[]> {
    return this.store.query<Stop>(`select ${STOP} from outdial.stops where ended_at is null order by created_at, id`);
  }

  /** Newest first. */
  list(limit: number): Promise<Stop[]> {
    return this.store.query<Stop>(`select ${STOP} from outdial.stops order by created_at desc, id desc limit $1`, [limit]);
  }

  /** The campaigns of a stop, by id. */
  campaigns(id: string): Promise<StoppedCampaign[]> {
    return this.store.query<StoppedCampaign>(
      `select ${CAMPAIGN} from outdial.stop_campaigns where stop_id = $1 order by campaign_id`,
      [storable(id)],
    );
  }

  /**
   * Takes a stop that is free, ours, or of a dead replica; one of several callers succeeds. @param audit appended when it was
   * taken
   */
  claim(seen: Pick<Stop, "id" | "run" | "executor">, executor: string, audit: readonly AuditInput[]): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const taken = await tx.change(
        `update outdial.stops set executor = $4, run = run + 1
         where id = $1 and run = $2 and executor is not distinct from $3 and ended_at is null`,
        [seen.id, seen.run, seen.executor, executor],
      );
      if (taken === 1) tx.audit(audit);
      return taken === 1;
    });
  }

  /** Releases a stop: another replica takes it at once. */
  async release(id: string, executor: string): Promise<void> {
    await this.store.query("update outdial.stops set executor = null where id = $1 and executor = $2 and ended_at is null", [
      id,
      executor,
    ]);
  }

  /**
   * Adds campaigns to a stop; campaigns that it has already stay as they are. One that is paused is settled, unless a resume of it
   * or a hand-over to it is under way or of unknown outcome: that may yet come into force.
   * @returns the settled ones of these. Throws StoreError `not_owner`
   */
  async found(id: string, executor: string, campaigns: readonly FoundCampaign[]): Promise<string[]> {
    const [row] = await this.store.query<{ mine: boolean; settled: string[] }>(
      `with mine as (select ${MINE} as mine), found as (
         select c.id, c.source, c.paused = 'yes'
             and not exists (select from outdial.state_intents where campaign_id = c.id and target = 'active' and ended_at is null)
             and not exists (select from outdial.failover_pairs where c.id in (primary_id, backup_id) and removed_at is null
               and phase in ('activating', 'verifying')) as settled
         from unnest(${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}) as c (id, source, paused)), made as (
         insert into outdial.stop_campaigns (stop_id, campaign_id, source, outcome, shown, settled, updated_at)
         select $1, f.id, f.source, case when f.settled then 'listed' end, case when f.settled then true end, f.settled, $6
         from found f, mine where mine.mine
         on conflict do nothing)
       select mine, (select coalesce(json_agg(id), '[]') from found where settled) as settled from mine`,
      [
        id,
        executor,
        joinTexts(campaigns.map(({ campaignId }) => campaignId)),
        joinTexts(campaigns.map(({ source }) => source)),
        joinTexts(campaigns.map(({ paused }) => (paused ? "yes" : "no"))),
        new Date(this.store.now()),
      ],
    );
    if (row?.mine !== true) throw notCarriedOut(id, executor);
    return row.settled;
  }

  /** Begins anew with campaigns that the list had shown as paused. Throws StoreError `not_owner`. */
  async reopen(id: string, executor: string, campaigns: readonly string[]): Promise<void> {
    if (campaigns.length === 0) return;
    const rows = await this.store.query<{ mine: boolean }>(
      `with mine as (select ${MINE} as mine), made as (
         update outdial.stop_campaigns set outcome = null, shown = null, settled = false, updated_at = $4
         from mine where mine.mine and stop_id = $1 and campaign_id = any (${textColumn("$3")}) and outcome = 'listed')
       select mine from mine`,
      [id, executor, joinTexts(campaigns), new Date(this.store.now())],
    );
    if (rows[0]?.mine !== true) throw notCarriedOut(id, executor);
  }

  /** Writes the result of an attempt, unless a person has resumed the campaign. Throws StoreError `not_owner`. */
  async tried(id: string, executor: string, attempt: StopAttempt): Promise<void> {
    const rows = await this.store.query<{ mine: boolean }>(
      `with mine as (select ${MINE} as mine), made as (
         update outdial.stop_campaigns set outcome = $4, shown = $5, confirmed = $6, active_calls = $7, message = $8, code = $9, settled = $10,
           updated_at = $11
         from mine where mine.mine and stop_id = $1 and campaign_id = $3 and outcome is distinct from 'resumed')
       select mine from mine`,
      [
        id,
        executor,
        storable(attempt.campaignId),
        attempt.outcome,
        attempt.shown,
        attempt.confirmed,
        attempt.activeCalls,
        attempt.message === null ? null : storable(attempt.message),
        attempt.code,
        attempt.settled,
        new Date(this.store.now()),
      ],
    );
    if (rows[0]?.mine !== true) throw notCarriedOut(id, executor);
  }

  /** Campaigns of a stop that a person has resumed. Throws StoreError `not_owner`. */
  async resumed(id: string, executor: string): Promise<string[]> {
    const [row] = await this.store.query<{ mine: boolean; ids: string[] }>(
      `select ${MINE} as mine, (select coalesce(json_agg(campaign_id), '[]') from outdial.stop_campaigns
         where stop_id = $1 and outcome = 'resumed') as ids`,
      [id, executor],
    );
    if (row?.mine !== true) throw notCarriedOut(id, executor);
    return row.ids;
  }

  /** Records why the list of campaigns may be incomplete; null when it was read to its end. Throws StoreError `not_owner`. */
  async listed(id: string, executor: string, problem: ListProblem | null): Promise<void> {
    const rows = await this.store.query(
      "update outdial.stops set list_problem = $3 where id = $1 and executor = $2 and ended_at is null returning 1",
      [id, executor, problem === null ? null : JSON.stringify(problem)],
    );
    if (rows.length !== 1) throw notCarriedOut(id, executor);
  }

  /** Ends a stop. Throws StoreError `not_owner`. */
  end(id: string, executor: string, audit: readonly AuditInput[]): Promise<void> {
    const now = new Date(this.store.now());
    return this.store.commit(async (tx) => {
      const ended = await tx.change(
        "update outdial.stops set ended_at = $3, executor = null where id = $1 and executor = $2 and ended_at is null",
        [id, executor, now],
      );
      if (ended !== 1) throw notCarriedOut(id, executor);
      tx.audit(audit);
    });
  }

  /** Notes a stop that a process without a store carries out, so that others know of it; once. */
  async give(stop: GivenStop): Promise<void> {
    await this.store.commit((tx) => insertGiven(tx, stop, new Date(this.store.now())), { urgent: true });
  }

  /** The latest stop that this database knows of, as a number that only grows; 0 before the first. */
  async mark(): Promise<number> {
    const [row] = await this.store.query<{ mark: number }>(LATEST_STOP);
    return row?.mark ?? 0;
  }

  /**
   * A stop that applies to a campaign: given after a mark or still open, and no person has resumed the campaign after it.
   * @param mark when the start was asked for
   */
  async holding(campaignId: string, mark: number): Promise<Pick<GivenStop, "id" | "actor"> | undefined> {
    const [stop] = await this.store.query<Pick<GivenStop, "id" | "actor">>(
      `select g.stop_id as id, g.actor from outdial.stops_given g left join outdial.stops s on s.id = g.stop_id
       where (g.seq > $2 or (s.id is not null and s.ended_at is null))
         and (g.scope is null or exists (select from json_array_elements_text(g.scope) c where c = $1))
         and not exists (select from outdial.stop_campaigns where stop_id = g.stop_id and campaign_id = $1 and outcome = 'resumed')
       order by g.seq desc limit 1`,
      [storable(campaignId), mark],
    );
    return stop;
  }

  /**
   * Every campaign that this database knows: from the last list that was not empty, paused or resumed, planned or applied, in a
   * failover pair.
   */
  async knownCampaigns(): Promise<string[]> {
    const rows = await this.store.query<{ id: string }>(
      `select id from outdial.known_campaigns where gone_at is not distinct from
         (select gone_at from outdial.known_campaigns order by gone_at desc nulls first limit 1)
       union select campaign_id from outdial.state_intents
       union select campaign_id from outdial.campaign_policies
       union select e ->> 'id' from outdial.campaign_applies a,
         json_array_elements(case when json_typeof(a.plan -> 'entries') = 'array' then a.plan -> 'entries' else '[]'::json end) e
         where e ->> 'id' is not null
       union select unnest(array[primary_id, backup_id]) from outdial.failover_pairs where removed_at is null
       order by 1`,
    );
    return rows.map(({ id }) => id);
  }
}

function notCarriedOut(id: string, executor: string): StoreError {
  return new StoreError("not_owner", `the stop ${id} is no longer carried out by ${executor}`);
}
