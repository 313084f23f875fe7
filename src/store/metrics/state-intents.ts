// Intents to pause or resume campaigns: durable before anything is sent, so that a repetition sends the same key in any process.

import { DAY_MS, HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, storable, textColumn } from "../database/arrays.ts";

/** The target state of a campaign. */
export type TargetState = "active" | "paused";
/** `superseded`: the opposite was requested, or the tenant's answer to its key is no longer valid. */
export type IntentOutcome = "changed" | "already" | "failed" | "superseded";

/** An intent. */
export interface StateIntent {
  readonly id: string;
  readonly campaignId: string;
  readonly target: TargetState;
  /** Sent with every attempt. */
  readonly idempotencyKey: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly createdAt: Instant;
  /** When it was last requested: a request for the same continues an open intent. */
  readonly askedAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: IntentOutcome | null;
  readonly message: string | null;
  /** The replica that carries it out; null when none does. */
  readonly executor: string | null;
  /** The latest stop when it was asked for: see `StopLedger.mark`. */
  readonly stopMark: number;
}

/** A change of state that outdial made or began. */
export interface MadeChange {
  readonly campaignId: string;
  readonly target: TargetState;
  readonly actor: string;
  readonly reason: string | null;
  /** When it was requested or sent. */
  readonly at: Instant;
}

/** An intent to write before the request is sent. */
export type NewStateIntent = Pick<StateIntent, "id" | "campaignId" | "target" | "idempotencyKey" | "actor" | "reason"> & {
  /** The replica that carries it out. */
  readonly executor?: string | undefined;
  /**
   * Id of the intent that is continued: nothing is begun when it is no longer open, or when an emergency stop was given after a
   * resume.
   */
  readonly goesOn?: string | undefined;
  /** The latest stop when a resume was asked for; default: the latest now. A stop after it calls the resume off. */
  readonly stopMark?: number | undefined;
};

const COLUMNS = `id, campaign_id as "campaignId", target, idempotency_key as "idempotencyKey", actor, reason, created_at as "createdAt",
  coalesce(asked_at, created_at) as "askedAt", ended_at as "endedAt", outcome, message, executor, stop_mark::float8 as "stopMark"`;

/** The latest stop as `mark`, see `StopLedger.mark`. */
export const LATEST_STOP = "select coalesce(max(seq), 0)::float8 as mark from outdial.stops_given";

/** Stops `g` that call an intent `i` to resume off: given after it was asked for, and nobody has resumed the campaign after them. */
const STOPS_OF_INTENT = `outdial.stops_given g where g.seq > i.stop_mark
  and (g.scope is null or exists (select from json_array_elements_text(g.scope) one where one = i.campaign_id))
  and not exists (select from outdial.stop_campaigns where stop_id = g.stop_id and campaign_id = i.campaign_id and outcome = 'resumed')`;

/** An intent that was begun. */
export interface BegunIntent {
  readonly intent: StateIntent;
  /** It was open before. */
  readonly reused: boolean;
  /** Of a pause: a start of the campaign was sent within the last hour, and the tenant has not answered it. */
  readonly mayStart: boolean;
}

/** A start that was accepted and is shown in force is on its way no more; one without an answer may still be. */
const IN_FORCE = "delete from outdial.starts where key = $1 and accepted";

/** Writes and reads intents. */
export class StateIntents extends Ledger {
  /**
   * The open intent of this campaign and target; created when there is none. An open one of the opposite target ends as
   * superseded, and resuming a campaign removes it from running emergency stops that were given before that was asked for.
   * @returns undefined when the intent to continue is no longer open, or a stop applies to it
   * @throws StoreError `audit_set_back` for an intent to resume, on a database that was set back; a pause is never refused
   */
  begin(wanted: NewStateIntent): Promise<BegunIntent | undefined> {
    if (wanted.target === "active") this.store.hold.check();
    const now = new Date(this.store.now());
    return this.store.commit(async (tx) => {
      const campaign = storable(wanted.campaignId);
      await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 13))", [campaign]);
      if (wanted.goesOn !== undefined) {
        // A person requested it before the stop: the stop applies.
        const open = await tx.change(
          `select from outdial.state_intents i where id = $1 and ended_at is null and (target = 'paused' or not exists (select from ${STOPS_OF_INTENT}))`,
          [wanted.goesOn],
        );
        if (open !== 1) return undefined;
      }
      const mark = wanted.stopMark ?? (await tx.query<{ mark: number }>(LATEST_STOP))[0]?.mark ?? 0;
      if (wanted.target === "active" && wanted.goesOn === undefined)
        await tx.query(
          `insert into outdial.stop_campaigns as c (stop_id, campaign_id, source, outcome, message, settled, updated_at)
           select id, $1, 'known', 'resumed', $2, true, $3 from outdial.stops
           where ended_at is null and id in (select stop_id from outdial.stops_given where seq <= $4)
             and (scope is null or exists (select from json_array_elements_text(scope) one where one = $1))
           on conflict (stop_id, campaign_id) do update
             set outcome = 'resumed', message = excluded.message, settled = true, confirmed = false, shown = null, updated_at = excluded.updated_at`,
          [campaign, storable(`${wanted.actor} asked to resume it after the stop`), now, mark],
        );
      const [open] = await tx.query<StateIntent>(
        `select ${COLUMNS} from outdial.state_intents where campaign_id = $1 and ended_at is null`,
        [campaign],
      );
      const mayStart =
        wanted.target === "paused" &&
        (await tx.change("select from outdial.starts where campaign_id = $1 and counts_until > $2 limit 1", [campaign, now])) > 0;
      if (open?.target === wanted.target) {
        await tx.query(
          `update outdial.state_intents set asked_at = case when $4::text is null then $2 else asked_at end,
             stop_mark = case when $4::text is null then $5 else stop_mark end, executor = $3 where id = $1`,
          [open.id, now, wanted.executor ?? null, wanted.goesOn ?? null, mark],
        );
        return { intent: open, reused: true, mayStart };
      }
      if (open !== undefined)
        await tx.query("update outdial.state_intents set ended_at = $2, outcome = 'superseded' where id = $1", [open.id, now]);
      const [intent] = await tx.query<StateIntent>(
        `insert into outdial.state_intents (id, campaign_id, target, idempotency_key, actor, reason, created_at, executor, stop_mark)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
        [
          wanted.id,
          campaign,
          wanted.target,
          wanted.idempotencyKey,
          storable(wanted.actor),
          wanted.reason === null ? null : storable(wanted.reason),
          now,
          wanted.executor ?? null,
          mark,
        ],
      );
      if (intent === undefined) throw new TypeError("an insert that returned no row");
      return { intent, reused: false, mayStart };
    });
  }

  /**
   * Ends an intent with its audit entry. One that another process has ended stays as it is, so that the audit log has its end
   * only once; for one that was superseded in the meantime, the audit entry still says what was sent.
   */
  end(
    id: string,
    {
      outcome,
      message,
      confirmed,
    }: { readonly outcome: IntentOutcome; readonly message: string | null; readonly confirmed: boolean },
    entries: readonly AuditInput[],
  ): Promise<void> {
    const now = new Date(this.store.now());
    return this.store.commit(async (tx) => {
      const ended = await tx.change(
        `update outdial.state_intents set ended_at = $2, outcome = $3, message = $4, confirmed_at = $5
         where id = $1 and ended_at is null`,
        [id, now, outcome, message === null ? null : storable(message), confirmed ? now : null],
      );
      if (confirmed) {
        const [own] = await tx.query<{ key: string }>(
          "select idempotency_key as key from outdial.state_intents where id = $1 and target = 'active'",
          [id],
        );
        if (own !== undefined) await tx.query(IN_FORCE, [own.key]);
      }
      if (ended === 1) return tx.audit(entries);
      const [there] = await tx.query<{ outcome: string }>("select outcome from outdial.state_intents where id = $1", [id]);
      if (there?.outcome === "superseded" && outcome !== "superseded")
        tx.audit(entries.map((entry) => ({ ...entry, details: { ...entry.details, superseded: true } })));
    });
  }

  /** Whether an intent to resume is still to be carried out; `stopped`: who gave an emergency stop since. */
  async standing(id: string): Promise<{ readonly isOpen: boolean; readonly stopped: string | null }> {
    const [row] = await this.store.query<{ isOpen: boolean; stopped: string | null }>(
      `select ended_at is null as "isOpen", (select g.actor from ${STOPS_OF_INTENT} order by g.seq desc limit 1) as stopped
       from outdial.state_intents i where id = $1`,
      [id],
    );
    return row ?? { isOpen: false, stopped: null };
  }

  /** Open intents that a replica carries out, alive or not, oldest first. */
  underWay(): Promise<StateIntent[]> {
    return this.store.query<StateIntent>(
      `select ${COLUMNS} from outdial.state_intents where ended_at is null and executor is not null order by created_at, id`,
    );
  }

  /**
   * Takes an open intent of a dead replica, or of this one; one of several callers succeeds. @param audit appended when it was
   * taken
   */
  claim(seen: Pick<StateIntent, "id" | "executor">, executor: string, audit: readonly AuditInput[]): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const taken = await tx.change(
        "update outdial.state_intents set executor = $3 where id = $1 and executor = $2 and ended_at is null",
        [seen.id, seen.executor, executor],
      );
      if (taken === 1) tx.audit(audit);
      return taken === 1;
    });
  }

  /** No replica carries the intent out any more: its outcome is unknown, and the caller was told so. */
  async leave(id: string, executor: string): Promise<void> {
    await this.store.query("update outdial.state_intents set executor = null where id = $1 and executor = $2", [id, executor]);
  }

  /**
   * For each campaign the latest change that took effect or still may, by whatever part of outdial: intents that neither failed
   * nor were superseded, and changes recorded by `made`.
   */
  latestOfEach(campaignIds: readonly string[]): Promise<MadeChange[]> {
    return this.store.query<MadeChange>(
      `select distinct on ("campaignId") "campaignId", target, actor, reason, at from (
         select campaign_id as "campaignId", target, actor, reason, coalesce(asked_at, created_at) as at, id from outdial.state_intents
         where campaign_id = any (${textColumn("$1")}) and (outcome is null or outcome not in ('failed', 'superseded'))
         union all
         select campaign_id, target, actor, reason, at, lpad(id::text, 20, '0') from outdial.state_changes
         where campaign_id = any (${textColumn("$1")})) as changes
       order by "campaignId", at desc, id desc`,
      [joinTexts(campaignIds)],
    );
  }

  /** Notes that a start is about to be sent. @returns the note's id */
  startSent(campaignId: string, key: string): Promise<string> {
    const now = this.store.now();
    return this.store.commit(async (tx) => {
      await tx.query("delete from outdial.starts where sent_at < $1", [new Date(now - DAY_MS)]);
      const [note] = await tx.query<{ id: string }>(
        "insert into outdial.starts (campaign_id, key, sent_at, counts_until) values ($1, $2, $3, $4) returning id::text",
        [storable(campaignId), key, new Date(now), new Date(now + HOUR_MS)],
      );
      if (note === undefined) throw new TypeError("an insert that returned no row");
      return note.id;
    });
  }

  /** The tenant has answered a start, or it never went out. @param key whose other requests are answered by it, too */
  async startAnswered(note: string, key?: string): Promise<void> {
    await this.store.query("delete from outdial.starts where id = $1::bigint or key = $2", [note, key ?? null]);
  }

  /** A start that was accepted is shown in force. */
  async startInForce(key: string): Promise<void> {
    await this.store.query(IN_FORCE, [key]);
  }

  /** The tenant has accepted a start and carries it out later: its note counts for so long yet, ms, unless it is shown in force before. */
  async startAccepted(note: string, lateMs: number): Promise<void> {
    const until = new Date(this.store.now() + lateMs);
    await this.store.query("update outdial.starts set accepted = true, counts_until = $2 where id = $1::bigint", [note, until]);
  }

  /** Records changes that were made without an intent. */
  made(changes: readonly MadeChange[]): Promise<void> {
    return this.store.commit((tx) => insertMade(tx, changes));
  }

  /** Intents of a campaign, newest first. */
  list(campaignId: string, limit: number): Promise<StateIntent[]> {
    return this.store.query<StateIntent>(
      `select ${COLUMNS} from outdial.state_intents where campaign_id = $1 order by created_at desc, id desc limit $2`,
      [storable(campaignId), limit],
    );
  }
}

/** Records changes that were made without an intent. */
export async function insertMade(tx: Tx, changes: readonly MadeChange[]): Promise<void> {
  for (const { campaignId, target, actor, reason, at } of changes)
    await tx.query("insert into outdial.state_changes (campaign_id, target, actor, reason, at) values ($1, $2, $3, $4, $5)", [
      storable(campaignId),
      target,
      storable(actor),
      reason === null ? null : storable(reason),
      new Date(at),
    ]);
}
