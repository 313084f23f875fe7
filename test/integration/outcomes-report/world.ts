// What the tests of reports work with: a lake in a folder of its own, records put into it, a store of reported figures in memory.

import { join } from "node:path";
import { createRandom } from "../../../src/kernel/index.ts";
import {
  allRead,
  DOCUMENTED_MAP,
  localTime,
  type OutcomeLake,
  type OutcomeRecord,
  openLake,
  type ReportedFigure,
  type ReportedFigures,
  type ReportScope,
} from "../../../src/outcomes/index.ts";
import { workFolder } from "../../support/cli.ts";
import { createMemoryCatalog } from "../../support/memory-catalog.ts";

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
/** A Monday. */
export const MONDAY = Date.parse("2026-03-02T00:00:00.000Z");

export interface ReportWorld extends AsyncDisposable {
  readonly lake: OutcomeLake;
  land(...records: readonly OutcomeRecord[]): Promise<void>;
}

export async function openReportWorld(): Promise<ReportWorld> {
  const folder = await workFolder();
  const catalog = createMemoryCatalog();
  const lake = openLake({ root: join(folder.path, "lake"), catalog, random: createRandom(1, "lake"), now: () => Date.now() });
  return {
    lake,
    async land(...records) {
      await catalog.replace([], await lake.write(records, "test"));
    },
    async [Symbol.asyncDispose]() {
      await lake.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export function outcome(callId: string, more: Partial<OutcomeRecord> = {}): OutcomeRecord {
  const startTime = more.startTime ?? MONDAY + 12 * HOUR;
  const endTime = more.endTime ?? startTime + 90_000;
  return {
    callId,
    campaignId: "camp_1",
    dispositionCode: "BUSY",
    direction: "OUTBOUND",
    observedAt: MONDAY + 8 * DAY,
    runId: "job_1",
    ...more,
    startTime,
    endTime,
    durationSeconds: (endTime - startTime) / 1000,
  };
}

/** The week from `MONDAY` on, all campaigns, UTC. */
export function week(more: Partial<ReportScope> = {}): ReportScope {
  const asked = {
    campaigns: undefined,
    from: MONDAY,
    to: MONDAY + 7 * DAY,
    map: DOCUMENTED_MAP,
    time: localTime("UTC"),
    ...more,
  };
  return { ...asked, coverage: allRead(asked) };
}

/** Reported figures as the store keeps them. */
export function memoryFigures(): ReportedFigures & { readonly kept: readonly ReportedFigure[] } {
  const kept: ReportedFigure[] = [];
  return {
    kept,
    async latest({ scope, definition, from, to }) {
      const ours = kept.filter((one) => one.scope === scope && one.definition === definition && one.from >= from && one.to <= to);
      return [...new Map(ours.map((one) => [`${one.from} ${one.to}`, one])).values()];
    },
    async keep(figures) {
      kept.push(...figures);
    },
  };
}
