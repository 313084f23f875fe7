// Outcomes as the service's routes act on them.

import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, wilsonInterval } from "../../kernel/index.ts";
import { noteRequest, splitWindows } from "../../operations/index.ts";
import { classify, type OutcomeLake, type ReportScope } from "../../outcomes/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import type { Correlator } from "../correlation.ts";
import { planReport } from "../outcome-report.ts";
import type { OutcomesRuntime } from "../outcomes.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

type OutcomesPort = ReturnType<ServerPorts["work"]["outcomes"]>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No zone's clock changes within one. */
const QUARTER_MS = 900_000;

export function outcomesPort(
  { config, store }: Workplace,
  outcomes: Omit<OutcomesRuntime, keyof AsyncDisposable>,
  background: Background,
  correlator: Pick<Correlator, "current">,
): OutcomesPort {
  const { lake, retrieving } = outcomes;
  return {
    async report(question) {
      const planned = await planReport(config, question);
      const [report, heat] = await Promise.all([planned.report({ lake, store }), heatOf(lake, planned.scope)]);
      return { report, heat };
    },
    async plan(input) {
      const { request, warnings } = await retrieving.check(input);
      return { request, warnings, windows: splitWindows(request).length };
    },
    async submit(request, by) {
      const { retrieval, earlier } = await retrieving.submit(request, by);
      if (!earlier) await noteRequest(store.audit, retrieval.jobId, by, correlator.current);
      background.start(retrieval.jobId, () => retrieving.run(retrieval.jobId));
      return { jobId: retrieval.jobId, earlier };
    },
    retrievals: (query) => outcomes.retrievals(query),
    async verify(jobId) {
      const verdict = await outcomes.verify(await retrieving.find(jobId));
      return verdict === undefined ? undefined : { whole: verdict.ok, calls: verdict.found.calls };
    },
    schedules: () => outcomes.schedules(),
    async setSchedule({ input, everyMs, overlapMs }, by) {
      const { request } = await retrieving.check(input);
      const { campaignId, codes, limit: pageLimit, from, to } = request;
      await store.retrievalSchedules.set({ campaignId, codes, pageLimit, everyMs, overlapMs, firstMs: to - from, actor: by });
    },
    removeSchedule: (campaignId) => outcomes.removeSchedule(campaignId),
    async *export({ format, ...query }, by) {
      const details = { ...query, format, target: "service" };
      await store.audit.append([{ actor: by, action: "outcomes.export", subject: query.campaignId ?? "all campaigns", details }]);
      const folder = await mkdtemp(join(tmpdir(), "outdial-export-"));
      try {
        const file = join(folder, "calls");
        await lake.exportTo(file, format, query);
        for await (const chunk of createReadStream(file, { encoding: "utf8" })) yield String(chunk);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

type Heat = Awaited<ReturnType<OutcomesPort["report"]>>["heat"];

/** Calls and successes by weekday and hour of the scope's wall clock, Monday first. */
async function heatOf(lake: OutcomeLake, scope: ReportScope): Promise<Heat> {
  const { campaigns, from, to, map, time } = scope;
  const named = campaigns === undefined ? "" : ` and campaign_id in (${campaigns.map((_, i) => `$${i + 3}`).join(", ")})`;
  const rows = await lake.query<{ quarter: number | bigint; code: string; calls: number | bigint }>(
    `select epoch_ms(start_time) // ${QUARTER_MS} as quarter, disposition_code as code, count(*) as calls from calls
     where start_time >= epoch_ms($1::BIGINT) and start_time < epoch_ms($2::BIGINT)${named} group by all`,
    [from, to, ...(campaigns ?? [])],
    { from, to: to - 1 },
  );
  const cells = new Map<number, { calls: number; successes: number }>();
  for (const { quarter, code, calls } of rows) {
    const at: Instant = Number(quarter) * QUARTER_MS;
    const local = at + time.offset(at);
    const weekday = ((Math.floor(local / DAY_MS) + 3) % 7) + 1;
    const place = weekday * 24 + Math.floor((local % DAY_MS) / HOUR_MS);
    const cell = cells.get(place) ?? { calls: 0, successes: 0 };
    cell.calls += Number(calls);
    if (classify(map, code, at).category === "success") cell.successes += Number(calls);
    cells.set(place, cell);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([place, { calls, successes }]) => ({
      weekday: Math.floor(place / 24),
      hour: place % 24,
      calls,
      conversion: { ...wilsonInterval(successes, calls) },
    }));
}
