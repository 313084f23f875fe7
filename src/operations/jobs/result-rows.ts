// The result rows of a job, as `--out` and `jobs show` write them.

import { type InteractionChange, type ItemResult, type Job, type JobItem, PUSH, type Store } from "../../store/index.ts";
import type { Entry } from "../interactions/entry.ts";
import { parseEntries } from "../interactions/result.ts";
import { DISPOSITIONS } from "../interactions/service.ts";

/** One line of `--out`. */
export interface ResultRow {
  readonly line: number;
  /** The call of a tagging row, or of a record of a push. */
  readonly callId?: string;
  /** The campaign of a record of a push. */
  readonly campaignId?: string;
  /** The interaction of a correction. */
  readonly interactionId?: string;
  readonly result: ItemResult;
  readonly statusCode?: number;
  readonly reason?: string;
  readonly attempts: number;
  readonly latencyMs?: number;
  /** For a locked call: the status that locks it. */
  readonly callStatus?: string;
  /** The tenant's last 5xx body: bounded, without secrets and telephone numbers. */
  readonly vendorBody?: string;
  /** For a correction: the entries when its last write was recorded. */
  readonly before?: readonly Entry[];
  /** For a correction: what that write was to store. */
  readonly intended?: readonly Entry[];
  /** For a correction: the entries last read. */
  readonly stored?: readonly Entry[];
}

/** Lines per query. */
const PAGE = 500;

/** Which rows of a job. */
export interface RowsQuery {
  /** Only rows with this result. */
  readonly only?: ItemResult | undefined;
  /** Only rows after this line. */
  readonly after?: number | undefined;
  /** Most rows. */
  readonly most?: number | undefined;
}

/** The rows of a job by line, in constant memory. */
export async function* resultRows(
  store: Store,
  { id, kind }: Pick<Job, "id" | "kind">,
  { only, after, most }: RowsQuery,
): AsyncGenerator<ResultRow> {
  if (kind === PUSH) {
    if (only === undefined || only === "refused") yield* refusedRecords(store, id, after, most);
    return;
  }
  const items = store.jobs.iterateItems(id, {
    ...(only === undefined ? {} : { results: [only] }),
    ...(after === undefined ? {} : { after }),
    ...(most === undefined ? {} : { most }),
  });
  if (kind !== DISPOSITIONS) {
    for await (const item of items) yield rowOf(item, { callId: item.callId ?? "" });
    return;
  }
  let page: JobItem[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < PAGE) continue;
    yield* interactionRows(store, id, page);
    page = [];
  }
  yield* interactionRows(store, id, page);
}

/** The records that the CRM refused in a push; the others are only counted. */
async function* refusedRecords(store: Store, id: string, behind = 0, most = Number.POSITIVE_INFINITY): AsyncGenerator<ResultRow> {
  let left = most;
  for (let after = behind; left > 0; ) {
    const limit = Math.min(PAGE, left);
    const page = await store.crmPushes.refusals(id, { after, limit });
    for (const { line, campaignId, callId, status, reason } of page)
      yield { line, campaignId, callId, result: "refused", statusCode: status, reason, attempts: 1 };
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    left -= page.length;
    after = last.line;
  }
}

async function* interactionRows(store: Store, id: string, page: readonly JobItem[]): AsyncGenerator<ResultRow> {
  const first = page[0]?.line ?? 0;
  const changes = new Map<number, InteractionChange>();
  for (const change of await store.interactionChanges.between(id, first, page.at(-1)?.line ?? first))
    changes.set(change.line, change);
  for (const item of page) {
    const change = changes.get(item.line);
    const [before, intended, stored] = [change?.before, change?.intended, change?.stored].map(parseEntries);
    yield {
      ...rowOf(item, { interactionId: item.callId ?? "" }),
      ...(before === undefined ? {} : { before }),
      ...(intended === undefined ? {} : { intended }),
      ...(stored === undefined ? {} : { stored }),
    };
  }
}

function rowOf(item: JobItem, id: Pick<ResultRow, "callId" | "interactionId">): ResultRow {
  const { line, result, attempts, statusCode, reason, latencyMs, callStatus, vendorBody } = item;
  return {
    line,
    ...id,
    result,
    attempts,
    ...(statusCode === null ? {} : { statusCode }),
    ...(reason === null ? {} : { reason }),
    ...(latencyMs === null ? {} : { latencyMs }),
    ...(callStatus === null ? {} : { callStatus }),
    ...(vendorBody === null ? {} : { vendorBody }),
  };
}
