// Stored requests of callers: idempotency keys with their answers, and dangerous actions that wait for a second person.

import { type Instant, newId, type RandomStream } from "../../kernel/index.ts";
import { KEYED, Ledger, type StoreCore } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { Bytes } from "../plain-types.ts";
import { type Approval, type ApprovalEnd, type ApprovalWithPlan, type KeyState, PERSON_PREFIX, type Principal } from "./types.ts";

/** A key is free again this long after its process died. */
const LOCK_MS = 120_000;
/** Answers are kept for a day. */
const KEEP_MS = 86_400_000;
const APPROVAL_MS = 3_600_000;

/** How it ended ($3), with the word of the person who decided before it. */
const WITH_WORD = "case when $3::text is null then message else concat_ws('; ', decided_by || ' said: ' || message, $3) end";
const INTERRUPTED =
  "The service ended, or lost the database, while it carried this out. The audit log and the page of what it is about show how far it came; ask for it again when it was not done.";

/** A token `t` that is good at the time $4. */
const IN_FORCE = "t.revoked_at is null and (t.expires_at is null or t.expires_at > $4)";
/** How it ended that began a job is how the job ended. */
const BEGUN = "case when state = 'approved' then coalesce(outdial.begun_state(job_id), state) else state end";
const APPROVAL = `id, operation, summary, confirm, request, requested_by as "requestedBy", requested_person as "requestedPerson", requested_token as "requestedToken", requested_at as "requestedAt",
  expires_at as "expiresAt", ${BEGUN} as state, decided_by as "decidedBy", decided_at as "decidedAt", job_id as "jobId",
  case when state = 'approved' and outdial.begun_state(job_id) <> 'approved'
    then concat_ws('; ', decided_by || ' said: ' || message, outdial.begun_message(job_id)) else message end as message`;

interface KeyRow {
  readonly requestHash: Bytes;
  readonly status: number | null;
  readonly body: string | null;
  readonly mine: boolean;
  readonly wrote: readonly { readonly action: string; readonly subject: string }[] | null;
  readonly locked: boolean;
}

/** Idempotency keys and approvals. */
export class ServiceRequests extends Ledger {
  readonly #random: RandomStream;
  /** Approvals that this process is carrying out. */
  readonly #here = new Set<string>();

  constructor(store: StoreCore, random: RandomStream) {
    super(store);
    this.#random = random;
  }

  /** Takes a key for a request, or returns the state of the request that has it. */
  async takeKey(principal: string, key: string, requestHash: Bytes): Promise<KeyState> {
    const now = this.store.now();
    const values = [principal, key, requestHash, new Date(now), new Date(now + LOCK_MS), new Date(now - KEEP_MS)];
    const [row] = await this.store.query<KeyRow>(
      `with taken as (
         insert into outdial.idempotency_keys (principal, key, request_hash, created_at, locked_until) values ($1, $2, $3, $4, $5)
         on conflict (principal, key) do update set request_hash = excluded.request_hash, status = null, body = null, wrote = null,
           created_at = excluded.created_at, locked_until = excluded.locked_until
         where idempotency_keys.created_at < $6
           or (idempotency_keys.status is null and idempotency_keys.locked_until < $4 and idempotency_keys.request_hash = $3
             and idempotency_keys.wrote is null)
         returning request_hash, status, body)
       select request_hash as "requestHash", status, body, true as mine, null::json as wrote, true as locked from taken
       union all
       select request_hash, status, body, false, wrote, locked_until >= $4 from outdial.idempotency_keys
       where principal = $1 and key = $2 and not exists (select from taken)`,
      values,
    );
    // Another request took it between the two parts of the statement.
    if (row === undefined) return { state: "busy" };
    if (row.mine) return { state: "mine" };
    if (!row.requestHash.equals(requestHash)) return { state: "other" };
    if (row.status === null || row.body === null)
      return row.wrote === null || row.locked ? { state: "busy" } : { state: "lost", wrote: row.wrote };
    return { state: "done", status: row.status, body: row.body };
  }

  /** Stores the answer of the request that took a key. */
  async completeKey(principal: string, key: string, answer: { readonly status: number; readonly body: string }): Promise<void> {
    await this.store.query("update outdial.idempotency_keys set status = $3, body = $4 where principal = $1 and key = $2", [
      principal,
      key,
      answer.status,
      answer.body,
    ]);
  }

  /** Carries out the request that has a key: what its transactions write is noted with the key. */
  async keyed<T>(principal: string, key: string, work: () => Promise<T>): Promise<T> {
    const keyed = { principal, key, over: false };
    try {
      return await KEYED.run(keyed, work);
    } finally {
      keyed.over = true;
    }
  }

  /** The answer of the request that has a key is lost: a key under which nothing was written is free again, another one says so. */
  async loseKey(principal: string, key: string): Promise<void> {
    await this.store.query(
      `with free as (delete from outdial.idempotency_keys where principal = $1 and key = $2 and status is null and wrote is null)
       update outdial.idempotency_keys set locked_until = $3 where principal = $1 and key = $2 and status is null and wrote is not null`,
      [principal, key, new Date(this.store.now() - 1)],
    );
  }

  /** Releases a key: the request was refused, and its caller knows. */
  async releaseKey(principal: string, key: string): Promise<void> {
    await this.store.query("delete from outdial.idempotency_keys where principal = $1 and key = $2 and status is null", [
      principal,
      key,
    ]);
  }

  /**
   * Stores a dangerous action that waits for a second person. The same plan requested twice by one person is stored once, as
   * first shown.
   */
  async askApproval(
    given: Pick<ApprovalWithPlan, "operation" | "summary" | "confirm" | "request" | "plan" | "requestedBy"> & {
      /** Who this is, when known. */
      readonly requestedPerson?: string | null;
      /** By which token, or in which session. */
      readonly requestedWith?: Pick<Principal, "tokenId" | "sessionId">;
    },
  ): Promise<Approval> {
    const now = this.store.now();
    const { operation, summary, confirm, request, plan, requestedBy, requestedPerson = null, requestedWith } = given;
    const token = [requestedWith?.tokenId ?? null, requestedWith?.sessionId ?? null];
    const [waiting] = await this.store.query<Approval>(
      `select ${APPROVAL} from outdial.approvals
       where operation = $1 and confirm = $2 and requested_by = $3 and state = 'pending' and expires_at > $4
         and requested_token is not distinct from coalesce($5, (select token_id from outdial.sessions where id = $6)) limit 1`,
      [operation, confirm, requestedBy, new Date(now), ...token],
    );
    if (waiting !== undefined) return waiting;
    const [added] = await this.store.query<Approval>(
      `insert into outdial.approvals (id, operation, summary, confirm, request, plan, requested_by, requested_at, expires_at, state, requested_person, requested_token)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, coalesce($11, (select token_id from outdial.sessions where id = $12))) returning ${APPROVAL}`,
      [
        newId("apr", now, this.#random),
        operation,
        summary,
        confirm,
        JSON.stringify(request),
        JSON.stringify(plan),
        requestedBy,
        new Date(now),
        new Date(now + APPROVAL_MS),
        requestedPerson,
        ...token,
      ],
    );
    if (added === undefined) throw new StoreError("invalid_state", "the approval was not stored");
    return added;
  }

  /** Approvals, newest first. `after` is the id of the last one of the page before. */
  listApprovals(query: {
    readonly pending: boolean;
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<Approval[]> {
    const { pending, limit, after } = query;
    return this.store.query<Approval>(
      `select ${APPROVAL} from outdial.approvals
       where (not $1 or (state = 'pending' and expires_at > $2 and (requested_token is null
           or exists (select from outdial.api_tokens t where t.id = requested_token and ${IN_FORCE.replace("$4", "$2")}))))
         and ($4::text is null or (requested_at, id) < (select requested_at, id from outdial.approvals where id = $4))
       order by requested_at desc, id desc limit $3`,
      [pending, new Date(this.store.now()), limit, after ?? null],
    );
  }

  /** Throws StoreError `not_found`. */
  async approval(id: string): Promise<ApprovalWithPlan> {
    const [row] = await this.store.query<ApprovalWithPlan>(`select ${APPROVAL}, plan from outdial.approvals where id = $1`, [id]);
    if (row === undefined) throw new StoreError("not_found", `there is no approval ${id}`);
    return row;
  }

  /**
   * Decides a waiting approval, with a reason; of two concurrent decisions exactly one succeeds. An approved action is carried
   * out by the process `executor` until `endApproval`.
   *
   * Nobody can approve their own request, whichever way they signed in: when the identity of one of the two is known, that of
   * both must be known.
   * @throws StoreError `invalid_state` when it was already decided, has expired, is or may be the decider's own, or the token by
   * which it was asked for has ended
   */
  async decideApproval(
    id: string,
    decision: {
      readonly state: "approved" | "rejected";
      readonly executor: string;
      readonly by: string;
      readonly person?: string | null;
      readonly message?: string | undefined;
    },
  ): Promise<Approval> {
    const now = new Date(this.store.now());
    const own = decision.state === "approved";
    const { person = null } = decision;
    // Before the row says so, so that nobody takes it for interrupted.
    if (own) this.#here.add(id);
    const decide = `update outdial.approvals set state = $2, decided_by = $3, decided_at = $4, message = $6, executor = case when $5 then $8 end
       where id = $1 and state = 'pending' and expires_at > $4 and (not $5 or (requested_by <> $3 and
           case when requested_person is null then $7::text is null else requested_person <> $7::text end
           and (requested_token is null or exists (select from outdial.api_tokens t where t.id = requested_token and ${IN_FORCE}))))
       returning ${APPROVAL}`;
    const { state, by, executor } = decision;
    const message = decision.message === undefined ? null : storable(decision.message);
    const row = await this.store.commit(async (tx) => {
      const [decided] = await tx.query<Approval>(decide, [id, state, by, now, own, message, person, executor]);
      if (decided !== undefined) tx.note({ action: `approval ${state}`, subject: id });
      return decided;
    });
    if (row !== undefined) return row;
    this.#here.delete(id);
    const found = await this.approval(id);
    const ended = own && found.state === "pending" ? await this.askerEnded(found) : undefined;
    if (ended !== undefined) throw new StoreError("invalid_state", ended);
    if (own && found.state === "pending" && found.requestedBy === decision.by)
      throw new StoreError("invalid_state", "another person must approve: this is your own request");
    if (own && found.state === "pending" && found.requestedPerson !== null && found.requestedPerson === person)
      throw new StoreError("invalid_state", `another person must approve: ${found.requestedBy} is you, signed in in another way`);
    if (own && found.state === "pending" && (found.requestedPerson === null) !== (person === null)) {
      const unknown = person === null ? decision.by : found.requestedBy;
      throw new StoreError("invalid_state", `another person must approve, and it is not known who ${unknown} is`, {
        advice: `Sign in through the provider, or use a token with an owner: outdial serve token add NAME --person ${PERSON_PREFIX}…`,
      });
    }
    throw new StoreError(
      "invalid_state",
      found.state === "pending" ? `approval ${id} has expired` : `approval ${id} is ${found.state}`,
    );
  }

  /** Why what was asked for may not be carried out for the one who asked, as a sentence without its full stop; undefined when it may. */
  async askerEnded({
    requestedBy,
    requestedToken,
  }: Pick<Approval, "requestedBy" | "requestedToken">): Promise<string | undefined> {
    if (requestedToken === null) return undefined;
    const [token] = await this.store.query<{ revoked: boolean; ended: boolean }>(
      `select revoked_at is not null as revoked, not (${IN_FORCE.replace("$4", "$2")}) as ended from outdial.api_tokens t where id = $1`,
      [requestedToken, new Date(this.store.now())],
    );
    if (token !== undefined && !token.ended) return undefined;
    const how = token?.revoked === true ? "was revoked" : "has ended";
    return `the token of ${requestedBy}, who asked for this, ${how}: it is not carried out in that name any more; whoever may can ask anew`;
  }

  /**
   * Records that an approved action was carried out, or how else it ended.
   * @param job that was begun: its end is that of the approval
   */
  async endApproval(id: string, end?: ApprovalEnd, job?: string): Promise<void> {
    this.#here.delete(id);
    await this.store.query(
      `update outdial.approvals set executor = null, state = $2, message = ${WITH_WORD}, job_id = $4 where id = $1`,
      [id, end?.state ?? "approved", end === undefined ? null : storable(end.message), job ?? null],
    );
  }

  /** Approvals since an instant whose outcome is not known, newest first; not those whose request was made again since. */
  unknownApprovals(since: Instant, limit: number): Promise<Approval[]> {
    return this.store.query<Approval>(
      `select ${APPROVAL} from outdial.approvals one
       where state in ('outcome_unknown', 'interrupted') and decided_at >= $1 and not exists (
         select from outdial.approvals later where later.operation = one.operation and later.requested_at > one.decided_at
           and later.request ->> 'params' = one.request ->> 'params' and later.state in ('approved', 'failed', 'outcome_unknown', 'interrupted'))
       order by requested_at desc, id desc limit $2`,
      [new Date(since), limit],
    );
  }

  /** Marks approvals whose process died while carrying them out. @returns those that were not marked before */
  async nameInterrupted(members: { readonly id: string; isDead(id: string): Promise<boolean> }): Promise<Approval[]> {
    const named: Approval[] = [];
    const atWork = await this.store.query<{ id: string; executor: string }>(
      "select id, executor from outdial.approvals where executor is not null",
    );
    for (const { id, executor } of atWork) {
      const left = executor === members.id ? !this.#here.has(id) : await members.isDead(executor);
      if (!left) continue;
      named.push(
        ...(await this.store.query<Approval>(
          `update outdial.approvals set executor = null, state = 'interrupted', message = ${WITH_WORD}
           where id = $1 and executor = $2 returning ${APPROVAL}`,
          [id, executor, INTERRUPTED],
        )),
      );
    }
    return named;
  }
}
