// Sends records to the CRM in batches. A refused batch is halved until only the refused record is left; the others are sent. Acknowledged records are
// stored batch by batch, so a killed push continues where it was, and a record that is sent twice has the same key both times.

import { createHash } from "node:crypto";
import type { Clock, RandomStream } from "../../kernel/index.ts";
import type { LakeRange, OutcomeLake, OutcomeMap } from "../../outcomes/index.ts";
import type { AuditInput, CrmLedger, CrmRefusal, CrmVersion } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { type CrmUpsert, crmUpsert } from "./record.ts";
import type { CrmAnswer, CrmSender } from "./sender.ts";

export interface CrmPushOptions extends LakeRange {
  /** Records in a request at most, 500 by default. */
  readonly batch?: number | undefined;
  /** Sends once more what the CRM refused before. */
  readonly again?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((report: CrmPushReport) => void) | undefined;
  readonly onRefused?: ((refusal: CrmRefusal) => Promise<void> | void) | undefined;
}

export interface CrmPushReport {
  /** Calls looked at. */
  readonly calls: number;
  /** Of them, those whose present version the CRM had already. */
  readonly unchanged: number;
  readonly acknowledged: number;
  /** Refused now, */
  readonly refused: number;
  /** and refused before in the same version, so not sent. */
  readonly refusedBefore: number;
  readonly requests: number;
}

export interface CrmPushDependencies {
  readonly lake: Pick<OutcomeLake, "records" | "partitions">;
  readonly ledger: Pick<CrmLedger, "settled" | "acknowledge" | "refuse">;
  readonly sender: CrmSender;
  readonly map: OutcomeMap;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
}

const BATCH = 500;
/** Calls held against the ledger at once. */
const LOOKUP = 5_000;
const ACCEPTED: ReadonlySet<number> = new Set([200, 201, 202, 204]);
/** Statuses that speak of what was sent; all others speak of the receiver. */
const REFUSED: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);
/** Waits before the second, third, … attempt, ms: a minute in all, then the push stops and can be run again. */
const WAITS = [1_000, 3_000, 9_000, 27_000] as const;
const LONGEST_RETRY_AFTER_MS = 60_000;
/** So many single records refused before a single one was accepted: then it is not the records. */
const HOPELESS = 20;

/**
 * Brings the CRM up to the lake: every call whose present version it has not acknowledged is sent.
 * Throws OperationError `receiver_refuses` when the CRM refuses whatever is sent, or the sender; `receiver_unavailable` when it is away.
 */
export async function pushToCrm(deps: CrmPushDependencies, options: CrmPushOptions = {}): Promise<CrmPushReport> {
  const push = new Push(deps, options);
  try {
    const campaigns = new Set((await deps.lake.partitions(rangeOf(options))).map(({ campaignId }) => campaignId));
    for (const campaignId of [...campaigns].sort()) await push.campaign(campaignId);
  } finally {
    await push.note();
  }
  return push.report();
}

function rangeOf({ campaignId, from, to }: LakeRange): LakeRange {
  return { campaignId, from, to };
}

class Push {
  readonly #deps: CrmPushDependencies;
  readonly #options: CrmPushOptions;
  readonly #signal: AbortSignal;
  readonly #counts = { calls: 0, unchanged: 0, acknowledged: 0, refused: 0, refusedBefore: 0, requests: 0 };
  /** Single records refused, held back until one record was accepted. */
  #doubtful: CrmRefusal[] = [];
  #waiting: CrmUpsert[] = [];

  constructor(deps: CrmPushDependencies, options: CrmPushOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  report(): CrmPushReport {
    return { ...this.#counts };
  }

  async campaign(campaignId: string): Promise<void> {
    let page: CrmUpsert[] = [];
    for await (const record of this.#deps.lake.records({ ...rangeOf(this.#options), campaignId })) {
      page.push(crmUpsert(record, this.#deps.map));
      if (page.length < LOOKUP) continue;
      await this.#take(campaignId, page);
      page = [];
    }
    await this.#take(campaignId, page);
    await this.#send(this.#waiting.splice(0));
    await this.#settleDoubts();
  }

  /** Queues what the CRM does not have, and sends full batches. */
  async #take(campaignId: string, page: readonly CrmUpsert[]): Promise<void> {
    if (page.length === 0) return;
    const settled = await this.#deps.ledger.settled(
      campaignId,
      page.map(({ record }) => record.call_id),
    );
    for (const upsert of page) {
      const known = settled.get(upsert.record.call_id);
      this.#counts.calls += 1;
      if (known?.acknowledged === upsert.idempotency_key) this.#counts.unchanged += 1;
      else if (known?.refused === upsert.idempotency_key && this.#options.again !== true) this.#counts.refusedBefore += 1;
      else this.#waiting.push(upsert);
    }
    const size = this.#options.batch ?? BATCH;
    while (this.#waiting.length >= size) await this.#send(this.#waiting.splice(0, size));
  }

  /** Sends a batch, halving it while it is refused. */
  async #send(batch: readonly CrmUpsert[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    const answer = await this.#ask(batch);
    if (ACCEPTED.has(answer.status)) {
      await this.#deps.ledger.acknowledge(batch.map(versionOf));
      this.#counts.acknowledged += batch.length;
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
              "Look at what it says: this is about the form of the records or the account, not about single records. None is noted as refused.",
          },
        );
      }
    }
    this.#options.onProgress?.(this.report());
  }

  /** Notes refusals, once it is sure that the CRM accepts records at all, or that there are no more. */
  async #settleDoubts(): Promise<void> {
    const refusals = this.#doubtful.splice(0);
    if (refusals.length === 0) return;
    await this.#deps.ledger.refuse(
      refusals,
      refusals.map(({ campaignId, callId, digest, status, reason }) => ({
        actor: this.#deps.actor,
        action: "crm.refused",
        subject: callId,
        details: { campaign: campaignId, key: digest, statusCode: status, error: reason },
      })),
    );
    this.#counts.refused += refusals.length;
    for (const refusal of refusals) await this.#options.onRefused?.(refusal);
  }

  /** One request, with retries while the CRM is away or busy. @returns an answer that accepts or refuses */
  async #ask(batch: readonly CrmUpsert[]): Promise<Extract<CrmAnswer, { kind: "answered" }>> {
    const { sender, clock } = this.#deps;
    const id = `crm_${createHash("sha256")
      .update(batch.map(({ idempotency_key }) => idempotency_key).join())
      .digest("hex")
      .slice(0, 40)}`;
    const body = JSON.stringify({ type: "OUTCOME_RECORDS", records: batch });
    for (let attempt = 0; ; attempt++) {
      this.#signal.throwIfAborted();
      this.#counts.requests += 1;
      const answer = await sender.send(id, body, clock.now(), this.#signal);
      if (answer.kind === "answered" && (ACCEPTED.has(answer.status) || REFUSED.has(answer.status))) return answer;
      const said = answer.kind === "none" ? answer.reason : `${answer.status} ${answer.text}`.trim().slice(0, 300);
      const isBusy = answer.kind === "none" || answer.status === 429 || answer.status >= 500;
      if (!isBusy) {
        throw new OperationError("receiver_refuses", `the CRM does not take records from here: it answered ${said}`, {
          advice: "Check webhooks.crm.recordsUrl and the signing secret. Redirects are not followed.",
        });
      }
      const wait = WAITS[attempt];
      if (wait === undefined) {
        throw new OperationError("receiver_unavailable", `the CRM is away: ${said}`, {
          advice: "What it has acknowledged is noted; run the push again to go on.",
        });
      }
      const asked = answer.kind === "answered" ? retryAfter(answer.retryAfter, clock.now()) : 0;
      await clock.sleep(Math.max(asked, wait * (0.9 + 0.2 * this.#deps.random.next())), this.#signal);
    }
  }

  /** Writes what this push came to into the audit log. */
  async note(): Promise<void> {
    if (this.#counts.requests === 0) return;
    const { actor, record } = this.#deps;
    const { campaignId } = this.#options;
    await record({ actor, action: "crm.push", subject: campaignId ?? "all campaigns", details: { ...this.#counts } });
  }
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
