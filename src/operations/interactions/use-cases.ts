// Use cases of closed interactions: show one, preview a correction, correct. Every correction is a job, even of one row.

import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import type { PlanReport, PlanSink } from "../jobs/index.ts";
import type { ResultRow } from "../jobs/result-rows.ts";
import { type RowRunOptions, runOne, runRows, sourceOfRows } from "../jobs/rows.ts";
import type { JobRecordsUseCases } from "../jobs/use-cases.ts";
import type { CorrectionMade, CorrectionView, InteractionView } from "../views/schemas/interactions.ts";
import type { JobDetail } from "../views/schemas/jobs.ts";
import type { Policy } from "./entry.ts";
import {
  type CorrectionSource,
  type Corrections,
  previewCorrection,
  readInteraction,
  readTree,
  validateCorrections,
} from "./service.ts";
import { type ExclusiveRules, indexTree } from "./tree.ts";

/**
 * A requested correction. `timestamp` in ISO 8601, default now; `policy` default append; `etag` a version tag from `show`:
 * nothing is written when the interaction has another version.
 */
export interface InteractionFix {
  readonly code: string;
  readonly agentId: string;
  readonly description?: string | undefined;
  readonly timestamp?: string | undefined;
  readonly policy?: Policy | undefined;
  readonly etag?: string | undefined;
}

/** Shows closed interactions and says what corrections would store. Errors: OperationError, TenantError. */
export class InteractionUseCases {
  readonly #context: Pick<Context, "tenant" | "clock">;
  readonly #exclusive: ExclusiveRules;

  /** @param exclusive mutually exclusive codes */
  constructor(context: Pick<Context, "tenant" | "clock">, exclusive: ExclusiveRules) {
    this.#context = context;
    this.#exclusive = exclusive;
  }

  /** The dispositions of an interaction, with the codes that explain them. Throws TenantError. */
  async show(id: string): Promise<InteractionView> {
    const { tag, dispositions } = await readInteraction(this.#desk, id);
    const tree = indexTree(await this.#desk.tree());
    return {
      interactionId: id,
      tag,
      dispositions: dispositions.map((one) => ({ ...one })),
      codes: Object.fromEntries([...tree].map(([code, node]) => [code, { ...node }])),
    };
  }

  /** What a correction would store now; writes nothing. Throws TenantError. */
  async preview(
    id: string,
    { code, agentId, description = "", timestamp, policy = "append", etag = "" }: InteractionFix,
  ): Promise<CorrectionView> {
    const at = timestamp ?? new Date(this.#context.clock.now()).toISOString();
    const row = { line: 1, interactionId: id, code, description, agentId, timestamp: at, policy, etag };
    const { now, merge, problems } = await previewCorrection(this.#desk, row, this.#exclusive);
    const after = merge?.kind === "write" ? merge.dispositions : now.dispositions;
    return {
      interactionId: id,
      before: now.dispositions.map((one) => ({ ...one })),
      after: after.map((one) => ({ ...one })),
      problems: problems.map((one) => ({ ...one })),
    };
  }

  /** Checks a whole input against the tree of codes; sends nothing and reads no interaction. */
  async check(corrections: InteractionCorrections, sink: PlanSink = {}): Promise<PlanReport> {
    return validateCorrections(correctionsSource(corrections, this.now()), await readTree(this.#desk), sink);
  }

  protected now(): number {
    return this.#context.clock.now();
  }

  get #desk() {
    return this.#context.tenant.capabilities.interactionDispositions;
  }
}

/** A correction of a given interaction. */
export interface InteractionCorrection extends InteractionFix {
  readonly interactionId: string;
}

/** Corrections in memory, or a file of them. */
export type InteractionCorrections = readonly InteractionCorrection[] | CorrectionSource;

/** The same with a store, so that corrections can be made. */
export class CorrectionUseCases extends InteractionUseCases {
  readonly #actor: string;
  readonly #store: Context["store"];
  readonly #corrections: Corrections;
  readonly #records: JobRecordsUseCases;

  constructor(
    context: Pick<Context, "tenant" | "clock" | "actor" | "store">,
    exclusive: ExclusiveRules,
    corrections: Corrections,
    records: JobRecordsUseCases,
  ) {
    super(context, exclusive);
    this.#actor = context.actor;
    this.#store = context.store;
    this.#corrections = corrections;
    this.#records = records;
  }

  /** The corrections that were made from this store, the latest first. */
  made(asked: { readonly interactionId?: string | undefined; readonly limit: number }): Promise<readonly CorrectionMade[]> {
    return correctionsMade(this.#store, asked);
  }

  /**
   * Corrects interactions, durably, to the end of the list. An equal list returns its existing results and continues where it
   * stopped. @returns the job; `rows` of the jobs gives the result of each. Throws OperationError `invalid_input`, TenantError
   */
  run(corrections: InteractionCorrections, { by = this.#actor, ...options }: RowRunOptions = {}): Promise<JobDetail> {
    return runRows(this.#corrections, this.#records, correctionsSource(corrections, this.now()), { ...options, by });
  }

  /** Corrects one interaction: a job of one row. Throws OutdialError with the code of what stopped it before it had a result. */
  one(correction: InteractionCorrection, { by = this.#actor }: Pick<RowRunOptions, "by"> = {}): Promise<ResultRow> {
    return runOne(this.#corrections, this.#records, correctionsSource([correction], this.now()), by);
  }
}

/**
 * Throws OperationError `invalid_input`. A default time is not part of a correction's content, so that an equal one is
 * recognised.
 */
export function correctionsSource(corrections: InteractionCorrections, now: number): CorrectionSource {
  if ("bytes" in corrections) return corrections;
  // An empty tag would be taken for permission to write upon any version.
  if (corrections.some(({ etag }) => etag === ""))
    throw new OperationError("invalid_input", "the etag is empty; leave it out to correct any version");
  const rows = corrections.map(({ interactionId, code, description, agentId, timestamp, policy, etag }) => ({
    interaction_id: interactionId,
    code,
    description: description ?? "",
    agent_id: agentId,
    timestamp: timestamp ?? "",
    policy: policy ?? "append",
    ...(etag === undefined ? {} : { etag }),
  }));
  const name = corrections.length === 1 ? `interaction ${corrections[0]?.interactionId}` : `${corrections.length} interactions`;
  const source = sourceOfRows(name, rows);
  return { ...source, read: { ...source.read, timestamp: new Date(now).toISOString() } };
}

/** The corrections that were made from a store, the latest first; needs no tenant. */
export async function correctionsMade(
  { interactionChanges }: Pick<Context["store"], "interactionChanges">,
  asked: Parameters<CorrectionUseCases["made"]>[0],
): Promise<readonly CorrectionMade[]> {
  const found = await interactionChanges.latest(asked);
  return found.map(({ announcedAt, interactionId, actor, jobId, line, before, intended, stored }) => {
    const at = new Date(announcedAt).toISOString();
    return { interactionId, at, actor, jobId, line, before, intended, stored };
  });
}
