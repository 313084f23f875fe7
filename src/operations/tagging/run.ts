// One tagging job while it runs in this process: sends chunk by chunk within the budget, commits as results come in, settles what is open.
//
// An item's way:  planned ─intent durable→ may have been sent ─reply→ result durable (ledger + audit + event in one transaction)
// A process that dies leaves items in any of these states; whoever goes on finds the results in the ledger and knows from the
// chunk's intent mark which of the others may have been sent.

import { type Clock, Histogram, messageOf } from "../../kernel/index.ts";
import { type CallReader, type DispositionWriter, TenantError } from "../../tenant/index.ts";
import { OperationError } from "../error.ts";
import type { Assignment } from "./assignment.ts";
import { Committer } from "./committer.ts";
import type { OpenItem, TagLedger } from "./ledger.ts";
import { conflictProblem, type PlannedRow } from "./plan.ts";
import { type FinishedItem, finishedItem, ITEM_RESULTS, type ItemResult, refusedItem } from "./result.ts";
import { Semaphore } from "./semaphore.ts";

/** How often what is open is gone over: an item that meets a second failure while it is settled gets another chance. */
const SETTLE_ROUNDS = 3;

/** Why a job stopped before its end. */
export interface StopReason {
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** What the sending of one chunk measured. */
export interface ChunkReport {
  readonly attempts: ReturnType<Histogram["toJSON"]>;
  readonly items: ReturnType<Histogram["toJSON"]>;
  readonly retries: number;
  readonly rateLimited: number;
  readonly stop?: StopReason;
}

/** Counts for a progress display; cheap to read at any time. */
export interface RunProgress {
  readonly counts: Record<ItemResult, number>;
  readonly inFlight: number;
  readonly retries: number;
  readonly rateLimited: number;
  readonly phase: "sending" | "settling" | "finished";
}

export interface RunDependencies {
  readonly ledger: TagLedger;
  readonly writer: DispositionWriter;
  readonly reader: CallReader;
  readonly clock: Clock;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Ends the run early; what is under way is finished and committed first. */
  readonly signal?: AbortSignal | undefined;
}

type SendRow = Extract<PlannedRow, { kind: "send" }>;

/** An item on its way. `sentBefore`: an earlier process may have sent it. */
interface Send {
  readonly assignment: Assignment;
  readonly sentBefore: boolean;
}

/** What a chunk measures while it is sent. */
interface Measuring {
  readonly attempts: Histogram;
  readonly items: Histogram;
  retries: number;
  rateLimited: number;
}

export class TagRun {
  readonly #jobId: string;
  readonly #deps: RunDependencies;
  readonly #places: Semaphore;
  readonly #committer: Committer;
  readonly #counts = Object.fromEntries(ITEM_RESULTS.map((result) => [result, 0])) as Record<ItemResult, number>;
  #inFlight = 0;
  #retries = 0;
  #rateLimited = 0;
  #phase: RunProgress["phase"] = "sending";
  #stop: StopReason | undefined;
  /** Items in a row that the vendor did not answer: a vendor that is away stops the job instead of failing every row. */
  #unanswered = 0;

  constructor(jobId: string, deps: RunDependencies) {
    this.#jobId = jobId;
    this.#deps = deps;
    this.#places = new Semaphore(deps.concurrency);
    this.#committer = new Committer((batch) => deps.ledger.commit(jobId, batch), deps.clock);
  }

  progress(): RunProgress {
    return {
      counts: { ...this.#counts },
      inFlight: this.#inFlight,
      retries: this.#retries,
      rateLimited: this.#rateLimited,
      phase: this.#phase,
    };
  }

  /** Adds what the ledger held before this run, so that progress shows the whole job. */
  countEarlier(counts: Partial<Record<ItemResult, number>>): void {
    for (const result of ITEM_RESULTS) this.#counts[result] += counts[result] ?? 0;
  }

  /** Brings every row of a chunk to its result. Never rejects for what happened to an item; rejects when the ledger does. */
  async sendChunk(no: number): Promise<ChunkReport> {
    const chunk = await this.#deps.ledger.chunk(this.#jobId, no);
    const measured: Measuring = { attempts: new Histogram(), items: new Histogram(), retries: 0, rateLimited: 0 };
    const sends: Promise<void>[] = [];
    const notStored: Send[] = [];
    // One mark for the whole chunk: a wait on the database between sends would leave the tenant idle.
    const rows = !chunk.done && (await this.#announce(no, chunk.rows.length)) ? chunk.rows : [];
    for (const [index, row] of rows.entries()) {
      if (chunk.finished.has(lineOf(row))) continue;
      const local = localResult(row, chunk.conflicts.get(lineOf(row)));
      if (local !== undefined) {
        this.#finish(no, local);
        continue;
      }
      if (this.#committer.full) await this.#committer.room();
      await this.#places.acquire();
      if (this.#committer.broken || this.#stopped()) {
        this.#places.release();
        break;
      }
      sends.push(
        this.#send(no, { assignment: (row as SendRow).assignment, sentBefore: index < chunk.intentUpto }, measured, notStored),
      );
    }
    await Promise.all(sends);
    await this.#sendAgain(no, notStored, measured);
    await this.#committer.flush();
    if (this.#stop === undefined && !chunk.done) await this.#deps.ledger.closeChunk(this.#jobId, no);
    return {
      attempts: measured.attempts.toJSON(),
      items: measured.items.toJSON(),
      retries: measured.retries,
      rateLimited: measured.rateLimited,
      ...(this.#stop === undefined ? {} : { stop: this.#stop }),
    };
  }

  /** Reads back what was sent without an answer, and the status of locked calls. Gives the reason when it had to stop. */
  async settle(): Promise<StopReason | undefined> {
    this.#phase = "settling";
    for (let round = 0; round < SETTLE_ROUNDS && this.#stop === undefined; round++) {
      if ((await this.#settleRound()) === 0) break;
    }
    this.#phase = "finished";
    return this.#stop;
  }

  /** Goes once over the open items. @returns how many are still open */
  async #settleRound(): Promise<number> {
    let stillOpen = 0;
    for (let after = 0; ; ) {
      const open = await this.#deps.ledger.openItems(this.#jobId, after, 100);
      if (open.length === 0) return stillOpen;
      for (const item of open) {
        after = item.line;
        if (item.settled) continue;
        if (this.#stopped()) return stillOpen;
        if (!(await this.#settleItem(item))) stillOpen += 1;
      }
    }
  }

  #stopped(): boolean {
    if (this.#stop === undefined && this.#deps.signal?.aborted === true) {
      this.#stop = {
        code: "interrupted",
        message: "interrupted; what was under way is recorded",
        advice: "Run the same command again to go on.",
      };
    }
    return this.#stop !== undefined;
  }

  /** Makes the intent durable; false when the job was cancelled meanwhile. */
  async #announce(no: number, upto: number): Promise<boolean> {
    try {
      await this.#deps.ledger.advanceIntent(this.#jobId, no, upto);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof OperationError) || thrown.code !== "job_state") throw thrown;
      this.#stop ??= { code: "cancelled", message: thrown.message };
      return false;
    }
  }

  #finish(chunkNo: number, item: FinishedItem): void {
    this.#counts[item.result] += 1;
    this.#committer.add(chunkNo, item);
  }

  /** Sends what was surely not stored once more. When the job has stopped it stays without a result, for the next run. */
  async #sendAgain(no: number, notStored: readonly Send[], measured: Measuring): Promise<void> {
    const sends: Promise<void>[] = [];
    for (const send of notStored) {
      await this.#places.acquire();
      if (this.#committer.broken || this.#stopped()) {
        this.#places.release();
        break;
      }
      sends.push(this.#send(no, send, measured, undefined));
    }
    await Promise.all(sends);
  }

  /** Sends one item and notes its result; with `notStored`, an item that was surely not stored goes there instead. */
  async #send(no: number, send: Send, measured: Measuring, notStored: Send[] | undefined): Promise<void> {
    const { assignment, sentBefore } = send;
    this.#inFlight += 1;
    try {
      const outcome = await this.#deps.writer.assign(assignment.callId, bodyOf(assignment), { lane: "tagging" });
      for (const latency of outcome.attemptLatenciesMs) measured.attempts.record(latency);
      measured.items.record(outcome.latencyMs);
      measured.retries += Math.max(0, outcome.attempts - 1);
      measured.rateLimited += outcome.rateLimited;
      this.#retries += Math.max(0, outcome.attempts - 1);
      this.#rateLimited += outcome.rateLimited;
      this.#watchVendor(outcome.result === "unknown" || outcome.result === "failed", outcome.message);
      if (outcome.result === "failed" && notStored !== undefined) notStored.push(send);
      else this.#finish(no, finishedItem(assignment, outcome, sentBefore));
    } catch (thrown) {
      this.#stop ??= stopReason(thrown);
    } finally {
      this.#inFlight -= 1;
      this.#places.release();
    }
  }

  #watchVendor(unanswered: boolean, message: string | undefined): void {
    this.#unanswered = unanswered ? this.#unanswered + 1 : 0;
    if (this.#unanswered < Math.max(20, 2 * this.#deps.concurrency)) return;
    this.#stop ??= {
      code: "vendor_unavailable",
      message: `the tenant did not answer ${this.#unanswered} calls in a row${message === undefined ? "" : ` (${message})`}`,
      advice: "Run the same command again when the tenant answers; what is not settled is settled first.",
    };
  }

  /** @returns true when nothing is left to do for the item */
  async #settleItem(open: OpenItem): Promise<boolean> {
    const row = await this.#deps.ledger.row(this.#jobId, open.line);
    if (row?.kind !== "send") return true;
    try {
      const settled = open.result === "locked" ? await this.#withStatus(row.assignment) : await this.#readBack(row.assignment);
      if (settled.result === "unknown") return false;
      if (settled.result !== open.result) {
        this.#counts[open.result] -= 1;
        this.#counts[settled.result] += 1;
      }
      await this.#deps.ledger.settle(this.#jobId, settled);
      return true;
    } catch (thrown) {
      // A read-back that fails leaves the item as it is: unknown stays unknown, and says so. Missing rights stop the job.
      if (!(thrown instanceof TenantError)) throw thrown;
      const stop = stopReason(thrown);
      if (stop.code === "missing_scope" || stop.code === "unauthorized") this.#stop ??= stop;
      else this.#watchVendor(true, messageOf(thrown));
      return false;
    }
  }

  /** A locked call with its status, which says why it is locked. */
  async #withStatus(assignment: Assignment): Promise<FinishedItem> {
    const call = await this.#deps.reader.read(assignment.callId, { lane: "tagging" });
    this.#watchVendor(false, undefined);
    return { ...sentItem(assignment, "locked"), statusCode: 409, callStatus: call?.status ?? "not_found" };
  }

  /** Reads the call; when the disposition is not there, sends it once more. */
  async #readBack(assignment: Assignment): Promise<FinishedItem> {
    const call = await this.#deps.reader.read(assignment.callId, { lane: "tagging" });
    this.#watchVendor(false, undefined);
    if (call === undefined)
      return { ...sentItem(assignment, "not_found"), statusCode: 404, reason: "the call is not known to the tenant" };
    if (call.disposition !== undefined && sameDisposition(assignment, call.disposition)) {
      return { ...sentItem(assignment, "tagged"), reason: "settled by reading back", callStatus: call.status };
    }
    const outcome = await this.#deps.writer.assign(assignment.callId, bodyOf(assignment), { lane: "tagging" });
    const item = finishedItem(assignment, outcome, true);
    if (item.result === "unknown" || item.result === "failed") this.#watchVendor(true, item.reason);
    return { ...item, callStatus: call.status };
  }
}

function lineOf(row: PlannedRow): number {
  return row.kind === "send" ? row.assignment.line : row.line;
}

/** The result of a row that is not sent, or undefined for one that is. */
function localResult(row: PlannedRow, conflictsWith: number | undefined): FinishedItem | undefined {
  if (row.kind === "refused") return refusedItem(row);
  if (row.kind === "duplicate") {
    return {
      line: row.line,
      callId: row.callId,
      code: row.code,
      result: "duplicate",
      reason: `the same as line ${row.firstLine}`,
      attempts: 0,
    };
  }
  if (conflictsWith === undefined) return undefined;
  const { line, callId, dispositionCodeId: code } = row.assignment;
  return refusedItem({ line, callId, code, problems: [conflictProblem(conflictsWith)] });
}

/** The body on the wire: the array is called `tag` and is left out when empty (contract §2.1). */
function bodyOf({ dispositionCodeId, notes, reasonCodeId, tags }: Assignment): Parameters<DispositionWriter["assign"]>[1] {
  return {
    dispositionCodeId,
    notes,
    ...(reasonCodeId === undefined ? {} : { reasonCodeId }),
    ...(tags.length === 0 ? {} : { tag: [...tags] }),
  };
}

function sentItem(assignment: Assignment, result: ItemResult): FinishedItem {
  return {
    line: assignment.line,
    callId: assignment.callId,
    code: assignment.dispositionCodeId,
    ...(assignment.reasonCodeId === undefined ? {} : { reasonCode: assignment.reasonCodeId }),
    result,
    attempts: 0,
  };
}

function stopReason(thrown: unknown): StopReason {
  if (thrown instanceof TenantError) {
    return { code: thrown.code, message: thrown.message, ...(thrown.advice === undefined ? {} : { advice: thrown.advice }) };
  }
  return { code: "internal", message: messageOf(thrown) };
}

/** Whether what the tenant stores is what we asked for. */
function sameDisposition(
  wanted: Assignment,
  stored: {
    readonly dispositionCodeId: string;
    readonly reasonCodeId?: string | null | undefined;
    readonly notes?: string | null | undefined;
    readonly tag?: readonly string[] | null | undefined;
  },
): boolean {
  const tags = stored.tag ?? [];
  return (
    stored.dispositionCodeId === wanted.dispositionCodeId &&
    (stored.reasonCodeId ?? "") === (wanted.reasonCodeId ?? "") &&
    (stored.notes ?? "") === wanted.notes &&
    tags.length === wanted.tags.length &&
    tags.every((tag, index) => tag === wanted.tags[index])
  );
}
