// Operations of bulk tagging: validate a file, make a job from it, run the job to its end.

import { type CallReader, type Capabilities, type DispositionWriter, requireSupported } from "../../tenant/port.ts";
import { campaignIds, suggesting } from "../campaigns/nearest.ts";
import {
  JobRunner,
  type JobSource,
  type PlanReport,
  type PlanSink,
  type RowJob,
  type RowJobsParts,
  type RowLedger,
  SeenKeys,
  submitJob,
} from "../jobs/index.ts";
import { indexMatrix, type MatrixIndex } from "./assignment.ts";
import { type Instead, insteadIn, recordWork, requireWay, taggerWork } from "./instead.ts";
import { type PlannedTag, planTagging } from "./plan.ts";
import { type ReadOptions, readTagRows } from "./read-rows.ts";
import type { FinishedTag } from "./result.ts";
import { tagWork } from "./work.ts";

/** The kind of a tagging job, in the ledger and for the engine. */
export const TAG = "tag";

/** Chunks that are under way at once. */
const OVERLAP = 3;

/** An input to tag, and how to read it. */
export interface TagSource extends JobSource {
  readonly read: ReadOptions;
}

/**
 * Validates a whole input against the campaign's matrix. Nothing is sent, nothing is stored.
 * @param expectedRows a hint for the size of the memory of calls seen; any number of rows works
 */
export async function validateTagging(
  source: TagSource,
  matrix: MatrixIndex,
  sink: PlanSink = {},
  expectedRows = 1_000_000,
): Promise<PlanReport> {
  return planTagging(readTagRows(source.bytes(), source.read), matrix, sink, SeenKeys.for(expectedRows));
}

/** Reads the disposition matrix of a campaign. Throws TenantError `unsupported` when the tenant's profile has none. */
export async function readMatrix(
  { dispositionCatalog: catalog, campaignProvisioning }: MatrixSource,
  campaignId: string,
): Promise<MatrixIndex> {
  requireSupported("read the dispositions of a campaign", catalog.capability);
  const ids = () => campaignIds(campaignProvisioning);
  return indexMatrix(campaignId, await suggesting(campaignId, ids, () => catalog.matrix(campaignId)));
}

/** Source of a campaign's dispositions, and of the list of campaigns. */
type MatrixSource = Pick<Capabilities, "dispositionCatalog" | "campaignProvisioning">;

interface TaggingDependencies extends RowJobsParts {
  /** The ledger for the jobs of a campaign, written in the name of this replica. */
  readonly ledgerOf: (campaignId: string, instead: Instead | undefined) => RowLedger<PlannedTag, FinishedTag>;
  readonly matrices: MatrixSource;
  readonly writer: DispositionWriter;
  readonly reader: CallReader;
}

/** Tagging files as jobs: plan, run, find. Errors: OperationError. */
export class Tagging extends JobRunner<PlannedTag, FinishedTag> {
  readonly #deps: TaggingDependencies;

  constructor(deps: TaggingDependencies) {
    const { writer, reader } = deps;
    const works = { tag: tagWork(writer, reader), record: tagWork(writer, reader), set: tagWork(writer, reader) };
    if (writer.tagger !== undefined) {
      Object.assign(works.tag, taggerWork(writer.tagger));
      Object.assign(works.record, recordWork(writer.tagger));
    }
    super({
      ...deps,
      kind: TAG,
      overlap: OVERLAP,
      workOf: ({ campaignId, options }) => {
        const instead = insteadIn(options);
        return { ledger: deps.ledgerOf(campaignId ?? "", instead), work: works[instead ?? "set"] };
      },
    });
    this.#deps = deps;
  }

  /**
   * Makes a job from an input. The same input for the same campaign is recognised by its content: the earlier job is returned,
   * unless `again`. `actor`: who asks for it; this process's own actor by default.
   * @throws OperationError `invalid_input` when the input as a whole cannot be read
   */
  submit(
    source: TagSource,
    campaignId: string,
    options: { again?: boolean; actor?: string; instead?: Instead | undefined; onProgress?: (rows: number) => void },
  ): Promise<{ job: RowJob; earlier: boolean }> {
    const { writer, matrices, actor } = this.#deps;
    const { instead } = options;
    const { read } = source;
    return submitJob(
      { ...this.#deps, actor: options.actor ?? actor, kind: TAG, ledger: this.#deps.ledgerOf(campaignId, instead) },
      {
        source,
        readAs: {
          format: read.format,
          mapping: read.mapping,
          delimiter: read.delimiter,
          ...(instead !== undefined && { instead }),
        },
        campaignId,
        options: instead === undefined ? null : { instead },
        again: options.again === true,
        onProgress: options.onProgress,
        prepare: async () => {
          requireWay(writer, instead);
          const matrix = await readMatrix(matrices, campaignId);
          return (bytes, sink) => planTagging(readTagRows(bytes, read), matrix, sink);
        },
      },
    );
  }
}
