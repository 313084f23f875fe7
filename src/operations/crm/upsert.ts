// Sends records to the CRM in batches. A refused batch is halved until only the refused record is left; the others are sent.
// Acknowledged records are stored batch by batch, so a push that was killed can be continued, and a record that is sent twice has
// the same key.

import { createHash, hash } from "node:crypto";
import { type Clock, canonicalJson, type RandomStream } from "../../kernel/index.ts";
import { classify, type LakeRange, type OutcomeLake, type OutcomeMap, type OutcomeRecord } from "../../outcomes/index.ts";
import type { CrmPushLedger, CrmPushProgress, CrmRefusal, CrmSettled, CrmVersion } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { callsIn } from "../retrieval/compared.ts";
import type { Leave } from "../run/leave.ts";
import type { CrmAnswer, CrmSender } from "./sender.ts";

/** Which records are sent, and how. */
export interface CrmPushScope extends LakeRange {
  /** Most records per request. */
  readonly batch: number;
  /** Also sends records that the CRM refused before. */
  readonly again: boolean;
}

/** What a push of records works with. */
interface CrmPushDependencies {
  readonly lake: Pick<OutcomeLake, "records" | "partitions" | "query">;
  readonly ledger: Pick<CrmPushLedger, "settled" | "acknowledge" | "refuse" | "progress">;
  readonly sender: CrmSender;
  readonly map: OutcomeMap;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly jobId: string;
  readonly executor: string;
  readonly actor: string;
  /** Whether the push may continue: a process that lost it, or that is ending, sends nothing. */
  readonly leave: Leave;
  /** The progress when this run began. */
  readonly before: CrmPushProgress;
  readonly onProgress: (progress: CrmPushProgress) => void;
}

/** Calls per look-up in the ledger. */
const LOOKUP = 5_000;
const ACCEPTED: ReadonlySet<number> = new Set([200, 201, 202, 204]);
/** Statuses about the content; all others are about the receiver. */
const REFUSED: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);
/**
 * Waits before the second, third, … attempt, ms: less than a minute in all, then the push pauses; a service continues it later.
 */
const WAITS = [1_000, 3_000, 9_000, 27_000] as const;
const LONGEST_RETRY_AFTER_MS = 60_000;
/** When so many single records are refused before one was accepted, the records are not the reason. */
const HOPELESS = 20;

/** How long the answer to a running request is awaited when a push is told to end, ms. */
const WIRE_MS = 2_000;

/**
 * Updates the CRM from the lake: every call whose present version it has not acknowledged is sent. Records from an earlier run of
 * the same push count as sent by it. Throws OperationError `receiver_refuses` when the CRM refuses everything, or the sender;
 * `receiver_unavailable` when it is away; StoreError `not_owner`; and the reason of `leave`.
 */
export async function pushToCrm(deps: CrmPushDependencies, scope: CrmPushScope): Promise<CrmPushProgress> {
  const push = new Push(deps, scope, await callsIn(deps.lake, rangeOf(scope)));
  const campaigns = new Set((await deps.lake.partitions(rangeOf(scope))).map(({ campaignId }) => campaignId));
  for (const campaignId of [...campaigns].sort()) await push.campaign(campaignId);
  return push.progress();
}

function rangeOf({ campaignId, from, to }: LakeRange): LakeRange {
  return { campaignId, from, to };
}

class Push {
  readonly #deps: CrmPushDependencies;
  readonly #scope: CrmPushScope;
  readonly #counts = { calls: 0, unchanged: 0, acknowledged: 0, refused: 0, refusedBefore: 0 };
  readonly #total: number;
  #requests: number;
  #unanswered: number;
  /** Refused single records, held back until one record was accepted. */
  #doubtful: CrmRefusal[] = [];
  #waiting: CrmUpsert[] = [];

  constructor(deps: CrmPushDependencies, scope: CrmPushScope, total: number) {
    this.#deps = deps;
    this.#total = total;
    this.#unanswered = deps.before.unanswered;
    this.#scope = scope;
    this.#requests = deps.before.requests;
  }

  progress(): CrmPushProgress {
    const { announced } = this.#deps.before;
    return { announced, ...this.#counts, requests: this.#requests, unanswered: this.#unanswered, total: this.#total };
  }

  get #held() {
    const { jobId, executor } = this.#deps;
    return { jobId, executor, progress: this.progress() };
  }

  async campaign(campaignId: string): Promise<void> {
    let page: CrmUpsert[] = [];
    for await (const record of this.#deps.lake.records({ ...rangeOf(this.#scope), campaignId })) {
      page.push(crmUpsert(record, this.#deps.map));
      if (page.length < LOOKUP) continue;
      await this.#take(campaignId, page);
      page = [];
    }
    await this.#take(campaignId, page);
    await this.#send(this.#waiting.splice(0));
    await this.#settleDoubts();
  }

  /** Queues records that the CRM does not have, and sends full batches. */
  async #take(campaignId: string, page: readonly CrmUpsert[]): Promise<void> {
    if (page.length === 0) return;
    const { ledger, jobId, onProgress } = this.#deps;
    const calls = page.map(({ record }) => record.call_id);
    const settled = await ledger.settled(jobId, campaignId, calls);
    for (const upsert of page) {
      this.#counts.calls += 1;
      const known = standingOf(upsert, settled.get(upsert.record.call_id), this.#scope.again);
      if (known === undefined) this.#waiting.push(upsert);
      else this.#counts[known] += 1;
    }
    onProgress(this.progress());
    const { batch } = this.#scope;
    while (this.#waiting.length >= batch) await this.#send(this.#waiting.splice(0, batch));
  }

  /** Sends a batch, and halves it while it is refused. */
  async #send(batch: readonly CrmUpsert[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    const answer = await this.#ask(batch);
    if (ACCEPTED.has(answer.status)) {
      this.#counts.acknowledged += batch.length;
      await this.#deps.ledger.acknowledge(this.#held, batch.map(versionOf));
      await this.#settleDoubts();
    } else if (batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      await this.#send(batch.slice(0, half));
      await this.#send(batch.slice(half));
    } else {
      this.#doubtful.push({ ...versionOf(first), status: answer.status, reason: answer.text.slice(0, 500) });
      if (this.#counts.acknowledged > 0) await this.#settleDoubts();
      else if (this.#doubtful.length >= HOPELESS) {
        throw new OperationError(
          "receiver_refuses",
          `the CRM refused each of the first ${HOPELESS} records, the last one with ${answer.status}: ${answer.text.slice(0, 200)}`,
          {
            advice:
              "Look at its answer: the reason is the form of the records or the account, not single records. No record is marked as refused.",
          },
        );
      }
    }
    this.#deps.onProgress(this.progress());
  }

  /** Records refusals once it is certain that the CRM accepts records at all, or that no more will come. */
  async #settleDoubts(): Promise<void> {
    const refusals = this.#doubtful.splice(0);
    if (refusals.length === 0) return;
    const { ledger, actor, jobId } = this.#deps;
    this.#counts.refused += refusals.length;
    await ledger.refuse(
      this.#held,
      refusals,
      refusals.map(({ campaignId, callId, digest, status, reason }) => ({
        actor,
        action: "crm.refused",
        subject: callId,
        job: jobId,
        details: { campaign: campaignId, key: digest, statusCode: status, error: reason },
      })),
    );
  }

  /** One request, with retries while the CRM is away or busy. @returns an answer that accepts or refuses */
  async #ask(batch: readonly CrmUpsert[]): Promise<Extract<CrmAnswer, { kind: "answered" }>> {
    const { clock, jobId, executor } = this.#deps;
    const id = `crm_${createHash("sha256")
      .update(batch.map(({ idempotency_key }) => idempotency_key).join())
      .digest("hex")
      .slice(0, 40)}`;
    const body = JSON.stringify({ type: "OUTCOME_RECORDS", records: batch });
    for (let attempt = 0; ; attempt++) {
      await this.#mayGoOn();
      this.#requests += 1;
      this.#unanswered = batch.length;
      const progress = this.progress();
      this.#deps.onProgress(progress);
      // Before sending, so that a process that finds this push without its process knows what the CRM may have.
      await this.#deps.ledger.progress({ jobId, executor, progress });
      const answer = await this.#post(id, body);
      // A receiver that failed, or whose answer was lost, may have them nevertheless.
      const isPage = answer.kind === "answered" && answer.isPage;
      if (answer.kind === "answered" && answer.status < 500 && !isPage) this.#unanswered = 0;
      const isAccepted = answer.kind === "answered" && ACCEPTED.has(answer.status) && !isPage;
      if (answer.kind === "answered" && (isAccepted || REFUSED.has(answer.status))) return answer;
      this.#deps.onProgress(this.progress());
      const said = answer.kind === "none" ? answer.reason : `${answer.status} ${answer.text}`.trim().slice(0, 300);
      const isBusy = answer.kind === "none" || answer.status === 429 || answer.status >= 500;
      if (!isBusy) {
        throw new OperationError(
          "receiver_refuses",
          `the CRM does not accept records from outdial: it answered ${isPage ? `with an HTML page (${answer.status}): ` : ""}${said}`,
          {
            advice: "Check webhooks.crm.recordsUrl and the signing secret. Redirects are not followed.",
          },
        );
      }
      const wait = WAITS[attempt];
      if (wait === undefined) {
        throw new OperationError("receiver_unavailable", `the CRM does not answer: ${said}`, {
          advice: `The records that it has acknowledged are recorded. A service continues its own pushes after a minute, then after growing pauses, for three days; outdial jobs resume ${jobId} continues at once.`,
        });
      }
      const asked = answer.kind === "answered" ? retryAfter(answer.retryAfter, clock.now()) : 0;
      await this.#pause(Math.max(asked, wait * (0.9 + 0.2 * this.#deps.random.next())));
    }
  }

  /** Waits until it is known that the push still belongs to this process. Throws the reason when it must end. */
  async #mayGoOn(): Promise<void> {
    const { leave } = this.#deps;
    await leave.confirmed();
    leave.halt.throwIfAborted();
  }

  async #pause(ms: number): Promise<void> {
    const { clock, leave } = this.#deps;
    await clock.sleep(ms, leave.halt).catch(() => undefined);
    leave.halt.throwIfAborted();
  }

  /**
   * Sends a body. When the push is told to end in the meantime, the answer is awaited for a short time, so that it is recorded.
   */
  async #post(id: string, body: string): Promise<CrmAnswer> {
    const { sender, clock, leave } = this.#deps;
    const over = new AbortController();
    const cut = new AbortController();
    const onHalt = () =>
      void clock.sleep(WIRE_MS, over.signal).then(
        () => cut.abort(leave.halt.reason),
        () => undefined,
      );
    leave.halt.addEventListener("abort", onHalt, { once: true });
    try {
      return await sender.send(id, body, clock.now(), cut.signal);
    } finally {
      leave.halt.removeEventListener("abort", onHalt);
      over.abort();
    }
  }
}

/** How a call counts that is not sent; undefined for one that is. */
function standingOf(
  { idempotency_key: digest }: CrmUpsert,
  known: CrmSettled | undefined,
  again: boolean,
): "acknowledged" | "unchanged" | "refused" | "refusedBefore" | undefined {
  if (known?.acknowledged === digest) return known.isOurs === true ? "acknowledged" : "unchanged";
  if (known?.refusedOfOurs === digest) return "refused";
  return known?.refused === digest && !again ? "refusedBefore" : undefined;
}

function versionOf({ record, idempotency_key }: CrmUpsert): CrmVersion {
  return {
    campaignId: record.campaign_id,
    callId: record.call_id,
    startTime: Date.parse(record.start_time),
    digest: idempotency_key,
  };
}

/** Both forms of Retry-After as ms, bounded; 0 when there is none. */
function retryAfter(header: string | undefined, now: number): number {
  const text = header?.trim() ?? "";
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : 0;
}

// The record of one call for the CRM, with the key that makes repeated sending harmless. Pure.

/**
 * One upsert: for each `call_id` of a campaign the CRM keeps the record that was sent last, and ignores a key that it has seen.
 */
interface CrmUpsert {
  /** SHA-256 (hex) of the record's canonical JSON (RFC 8785): equal for equal content. */
  readonly idempotency_key: string;
  readonly record: CrmRecord;
}

interface CrmRecord {
  readonly campaign_id: string;
  readonly call_id: string;
  readonly disposition_code: string;
  readonly category: string;
  /** False: the map does not know the code; it counts as neutral. */
  readonly mapped: boolean;
  /** ISO 8601, UTC. */
  readonly start_time: string;
  readonly end_time: string;
  readonly duration_seconds: number;
  readonly direction: string;
  readonly agent_id?: string;
  readonly contact_id?: string;
  readonly list_id?: string;
  readonly attempt?: number;
}

/** The upsert of a call. Further fields of the vendor stay in the lake. */
function crmUpsert(outcome: OutcomeRecord, map: OutcomeMap): CrmUpsert {
  const { category, mapped } = classify(map, outcome.dispositionCode, outcome.startTime);
  const { agentId, contactId, listId, attempt } = outcome;
  const record: CrmRecord = {
    campaign_id: outcome.campaignId,
    call_id: outcome.callId,
    disposition_code: outcome.dispositionCode,
    category,
    mapped,
    start_time: new Date(outcome.startTime).toISOString(),
    end_time: new Date(outcome.endTime).toISOString(),
    duration_seconds: outcome.durationSeconds,
    direction: outcome.direction,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    ...(contactId === undefined ? {} : { contact_id: contactId }),
    ...(listId === undefined ? {} : { list_id: listId }),
    ...(attempt === undefined ? {} : { attempt }),
  };
  return { idempotency_key: hash("sha256", canonicalJson(record)), record };
}
