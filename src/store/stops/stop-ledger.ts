// The ledger of emergency stops: durable before anything is sent, carried out by one replica at a time, open until every campaign
// is settled.

import { DAY_MS, HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, storable, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { insertMade, LATEST_STOP } from "../metrics/state-intents.ts";

const STOP = `id, actor, reason, scope, created_at as "createdAt", executor, run, list_problem as "listProblem", superseded_by as "supersededBy",
  ended_at as "endedAt"`;
const CAMPAIGN = `campaign_id as "campaignId", source, outcome, shown, confirmed, active_calls as "activeCalls", message, code, settled,
  updated_at as "updatedAt"`;

/** That a stop was given, by whomever it is carried out. */
type GivenStop = Pick<Stop, "id" | "actor" | "scope">;
/** A stop as it is entered: also one that was given and replaced while the database was away. */
type EnteredStop = Omit<Stop, "run" | "listProblem">;

async function insertGiven(tx: Tx, { id, actor, scope }: GivenStop, at: Date): Promise<void> {
  await tx.query(
    "insert into outdial.stops_given (stop_id, actor, scope, at) values ($1, $2, $3, $4) on conflict (stop_id) do nothing",
    [storable(id), storable(actor), scope === null ? null : JSON.stringify(scope), at],
  );
}

/** The pauses that a stop made: starts that were asked for before it end with them. */
async function insertPauses(
  tx: Tx,
  { id, actor, reason }: Pick<Stop, "id" | "actor" | "reason">,
  pauses: readonly StopPause[],
  now: Date,
): Promise<void> {
  if (pauses.length === 0) return;
  await insertMade(
    tx,
    pauses
      .filter(({ outcome }) => outcome === "changed")
      .map(({ campaignId, at }) => ({ campaignId, target: "paused", actor, reason, at })),
  );
  await tx.query(
    `update outdial.state_intents i set ended_at = $3, outcome = 'superseded'
     where ended_at is null and target = 'active' and campaign_id = any (${textColumn("$2")})
       and stop_mark < (select seq from outdial.stops_given where stop_id = $1)
       and not exists (select from outdial.stop_campaigns where stop_id = $1 and campaign_id = i.campaign_id and outcome = 'resumed')`,
    [id, joinTexts(pauses.map(({ campaignId }) => campaignId)), now],
  );
  tx.audit(pauses.map((pause) => pauseEntry({ id, actor, reason }, pause)));
}

/** Emergency stops and what they did. */
export class StopLedger extends Ledger {
  /**
   * Begins a stop. A stop of everything ends the open ones and does the rest of their work, unless a later one has replaced it
   * before the database heard of it. An existing stop stays as it is.
   * @returns whether it was begun
   */
  begin(stop: EnteredStop, audit: readonly AuditInput[]): Promise<boolean> {
    const now = new Date(this.store.now());
    return this.store.commit(
      async (tx) => {
        const made = await tx.change(
          `insert into outdial.stops (id, actor, reason, scope, executor, created_at, superseded_by, ended_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
          [
            stop.id,
            storable(stop.actor),
            stop.reason === null ? null : storable(stop.reason),
            stop.scope === null ? null : JSON.stringify(stop.scope),
            stop.executor,
            new Date(stop.createdAt),
            stop.supersededBy,
            stop.endedAt === null ? null : new Date(stop.endedAt),
          ],
        );
        if (made !== 1) return false;
        await insertGiven(tx, stop, now);
        if (stop.scope === null && stop.endedAt === null)
          await tx.query(
            `update outdial.stops set ended_at = $2, superseded_by = $1, executor = null
             where ended_at is null and id <> $1 and created_at <= $3`,
            [stop.id, now, new Date(stop.createdAt)],
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
   * Writes how far a stop is, with the pauses that it made: campaigns that a person has resumed stay as they are, and starts that
   * were asked for before the stop end with its pauses.
   * @returns the campaigns of the stop that a person has resumed. Throws StoreError `not_owner`
   */
  record(
    { id, actor, reason, executor }: Pick<Stop, "id" | "actor" | "reason"> & { readonly executor: string },
    rows: readonly StopRow[],
    pauses: readonly StopPause[],
    problem: ListProblem | null,
  ): Promise<{ readonly campaignId: string; readonly message: string | null }[]> {
    const now = new Date(this.store.now());
    return this.store.commit(
      async (tx) => {
        const mine = await tx.change(
          "update outdial.stops set list_problem = $3 where id = $1 and executor = $2 and ended_at is null",
          [id, executor, problem === null ? null : JSON.stringify(problem)],
        );
        if (mine !== 1) throw notCarriedOut(id, executor);
        await insertRows(tx, id, rows, now);
        await insertPauses(tx, { id, actor, reason }, pauses, now);
        return tx.query<{ campaignId: string; message: string | null }>(
          `select campaign_id as "campaignId", message from outdial.stop_campaigns where stop_id = $1 and outcome = 'resumed'`,
          [id],
        );
      },
      { urgent: true },
    );
  }

  /** Ends a stop that a later one has replaced, with the pauses that it made before; the database may have heard of it late. */
  async replaced(stop: Stop, pauses: readonly StopPause[]): Promise<void> {
    const now = new Date(this.store.now());
    await this.store.commit(
      async (tx) => {
        await tx.query(
          "update outdial.stops set ended_at = $3, superseded_by = $2, executor = null where id = $1 and ended_at is null",
          [stop.id, stop.supersededBy, stop.endedAt === null ? now : new Date(stop.endedAt)],
        );
        await insertPauses(tx, stop, pauses, now);
      },
      { urgent: true },
    );
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

  /** Enters a stop that a process without a store carried out to its end, with what came of its campaigns; once. */
  async over(stop: EnteredStop, problem: ListProblem | null, rows: readonly StopRow[]): Promise<void> {
    const at = new Date(stop.endedAt ?? this.store.now());
    await this.store.commit(async (tx) => {
      const { id, actor, reason, scope, createdAt } = stop;
      const made = await tx.change(
        `insert into outdial.stops (id, actor, reason, scope, created_at, list_problem, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
        [
          id,
          storable(actor),
          reason === null ? null : storable(reason),
          scope === null ? null : JSON.stringify(scope),
          new Date(createdAt),
          problem === null ? null : JSON.stringify(problem),
          at,
        ],
      );
      if (made !== 1) return;
      await insertGiven(tx, stop, new Date(this.store.now()));
      await insertRows(tx, id, rows, at);
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
   * What this database knows of campaigns, those that may dial first, the latest sign first. Signs that one may dial: the last
   * reading showed it in another state than paused, or one within the last hour did and it was not looked at by itself since;
   * outdial set it active within the last day; a start of it is under way, or was sent within the last hour and has no answer. Last come those that are paused and may have calls under
   * way: within the last hour a reading showed some, or outdial paused it and did not see them end. One that lists do not name any
   * more counts until a person says that it is gone.
   */
  async evidence(): Promise<StopEvidence[]> {
    return this.store.query<StopEvidence>(
      `with changes as (
         select campaign_id, target, coalesce(asked_at, created_at) as at, id, confirmed_at is not null as confirmed from outdial.state_intents
         where coalesce(asked_at, created_at) > $2::timestamptz and outcome in ('changed', 'already')
         union all
         select campaign_id, target, at, lpad(id::text, 20, '0'), false from outdial.state_changes where at > $2),
       last_changes as (select distinct on (campaign_id) * from changes order by campaign_id, at desc, id desc),
       stopped as (
         select distinct on (c.campaign_id) c.campaign_id, c.confirmed, c.updated_at as at
         from outdial.stops s join outdial.stop_campaigns c on c.stop_id = s.id
         where s.created_at > $2 and c.updated_at > $3 and c.outcome in ('changed', 'already', 'failed', 'unknown')
         order by c.campaign_id, c.updated_at desc),
       calls as (
         select campaign_id, at from last_changes where target = 'paused' and at > $3 and not confirmed
         union all
         select k.id, r.received_at from outdial.known_campaigns k cross join lateral
           (select active_calls, received_at from outdial.metric_readings where campaign_id = k.id order by ordered_at desc, id desc limit 1) r
         where k.gone_at is null and r.active_calls > 0 and r.received_at > $3),
       signs as (
         select id, status <> 'paused' or coalesce(active_at > $3::timestamptz, false) as dials,
           case when status <> 'paused' then status_at else active_at end as at, true as expected, false as starts
         from outdial.known_campaigns where gone_at is null
         union all
         select campaign_id, true, coalesce(asked_at, created_at), true, false from outdial.state_intents
         where target = 'active' and ended_at is null and coalesce(asked_at, created_at) > $2
         union all
         select campaign_id, true, sent_at, false, true from outdial.starts where counts_until > $1
         union all
         select campaign_id, true, at, true, false from last_changes where target = 'active'
         union all
         select campaign_id, true, null, false, false from stopped where not confirmed
         union all
         select campaign_id, true, null, false, false from calls
         where not exists (select from stopped s where s.campaign_id = calls.campaign_id and s.confirmed and s.at >= calls.at)
         union all
         select unnest(array[primary_id, backup_id]), phase in ('activating', 'verifying'), $1::timestamptz, phase in ('activating', 'verifying'), false
         from outdial.failover_pairs where removed_at is null
         union all
         select e ->> 'id', true, a.created_at, true, false from outdial.campaign_applies a,
           json_array_elements(case when json_typeof(a.plan -> 'entries') = 'array' then a.plan -> 'entries' else '[]'::json end) e
         where a.ended_at is null and e ->> 'id' is not null
         union all
         select campaign_id, false, null, false, false from outdial.campaign_policies
         union all
         select campaign_id, false, null, false, false from outdial.state_intents)
       select id as "campaignId", bool_or(dials) as "mayDial", max(at) filter (where dials) as at, bool_or(expected) as expected,
         bool_or(starts) as "mayStart"
       from signs group by id order by bool_or(dials) desc, max(at) filter (where dials) desc nulls last, id`,
      [0, DAY_MS, HOUR_MS].map((ago) => new Date(this.store.now() - ago)),
      { urgent: true },
    );
  }
}

async function insertRows(tx: Tx, id: string, rows: readonly StopRow[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map((row) => ({ ...row, message: row.message === null ? null : storable(row.message) }));
  await tx.query(
    `insert into outdial.stop_campaigns as c (stop_id, campaign_id, source, outcome, shown, confirmed, active_calls, message, code, settled, updated_at)
     select $1, r."campaignId", r.source, r.outcome, r.shown, r.confirmed, r."activeCalls", r.message, r.code, r.settled, $3
     from json_to_recordset($2) as r ("campaignId" text, source text, outcome text, shown boolean, confirmed boolean,
       "activeCalls" float8, message text, code text, settled boolean)
     on conflict (stop_id, campaign_id) do update set outcome = excluded.outcome, shown = excluded.shown, confirmed = excluded.confirmed,
       active_calls = excluded.active_calls, message = excluded.message, code = excluded.code, settled = excluded.settled,
       updated_at = excluded.updated_at
     where c.outcome is distinct from 'resumed'`,
    [id, JSON.stringify(given), at],
  );
}

/** The audit entry of a pause that a stop made. */
export const pauseEntry = (
  { id, actor, reason }: Pick<Stop, "id" | "actor" | "reason">,
  { campaignId, key, outcome, at }: StopPause,
): AuditInput => ({
  actor,
  action: "campaign.pause",
  subject: campaignId,
  details: { key, outcome, stop: id, at: new Date(at).toISOString(), ...(reason === null ? {} : { reason }) },
});

function notCarriedOut(id: string, executor: string): StoreError {
  return new StoreError("not_owner", `the stop ${id} is no longer carried out by ${executor}`);
}

// Types of emergency stops.

/** How a stop knows of a campaign. */
type StopSource = "listed" | "known" | "named";

/**
 * The result for a campaign in a stop: `listed` as paused, and not looked at by itself; `seen` paused when it was looked at by
 * itself after the stop was given, so that nothing was sent; `resumed` by a person after the stop, so that it is left alone.
 */
type StopOutcome = "listed" | "seen" | "changed" | "already" | "failed" | "unknown" | "resumed";

/** Why a list of campaigns may be incomplete. */
export interface ListProblem {
  readonly message: string;
  readonly code: string;
}

/** A stop. */
export interface Stop {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
  /** The campaigns to stop; null for all of the tenant. */
  readonly scope: readonly string[] | null;
  readonly createdAt: Instant;
  /** The replica that carries it out; null for none. */
  readonly executor: string | null;
  /** Number of replicas that have taken it. */
  readonly run: number;
  readonly listProblem: ListProblem | null;
  /** The later stop of everything that replaces this one. */
  readonly supersededBy: string | null;
  readonly endedAt: Instant | null;
}

/** A campaign of a stop. */
export interface StoppedCampaign {
  readonly campaignId: string;
  readonly source: StopSource;
  /** Null before the first attempt. */
  readonly outcome: StopOutcome | null;
  /** Whether the tenant showed it as paused at the last look; null when that could not be read. */
  readonly shown: boolean | null;
  /** Paused, without calls under way. */
  readonly confirmed: boolean;
  readonly activeCalls: number | null;
  readonly message: string | null;
  readonly code: string | null;
  /** No further attempts are made. */
  readonly settled: boolean;
  readonly updatedAt: Instant;
}

/** The state of a campaign in a stop, to be written. */
export type StopRow = Omit<StoppedCampaign, "updatedAt">;

/** A pause that a stop made, for the audit log and for what was last done to the campaign. */
export interface StopPause {
  readonly campaignId: string;
  /** The idempotency key that was sent. */
  readonly key: string;
  readonly outcome: "changed" | "already";
  /** When the tenant answered. */
  readonly at: Instant;
}

/** What is known of a campaign that may exist, whatever the tenant's list says. */
export interface StopEvidence {
  readonly campaignId: string;
  /** Something says that it may dial: it was seen or set active, or a start of it is under way. */
  readonly mayDial: boolean;
  /** When that was last true; null when nothing says so. */
  readonly at: Instant | null;
  /** A start of it was sent within the last hour and the tenant has not answered it, as far as outdial knows: it may still be on its way. */
  readonly mayStart: boolean;
  /** The last list that was read whole had it, or it may dial: a list without it lacks something. */
  readonly expected: boolean;
}
