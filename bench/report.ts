// Seconds of a report over 10,000,000 calls, and how it does against the same SQL typed into DuckDB over the same files.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createRandom } from "../src/kernel/index.ts";
import {
  type AskedScope,
  allRead,
  DOCUMENTED_MAP,
  factsStatement,
  type LakeFile,
  localTime,
  openLake,
  type ReportScope,
  reportOutcomes,
} from "../src/outcomes/index.ts";
import { createMemoryCatalog } from "../test/support/memory-catalog.ts";
import { benchFolder, median, rounded, sized } from "./support.ts";

const ROWS = sized(10_000_000, 20_000);
const DAYS = sized(60, 2);
const RUNS = sized(5, 1);
const DAY = 86_400_000;
const START = Date.parse("2026-03-01T00:00:00Z");
const CAMPAIGNS = ["camp_1", "camp_2"];
const SETTINGS = { memory_limit: "1GB", threads: "2" };

/** Columns as the lake's files have them; values that look like a campaign's: few codes, lists and attempts, 300 agents. */
const GENERATED = `select 'call_' || lpad(i::varchar, 8, '0') as call_id, 'camp_' || (1 + hash(i, 1) % ${CAMPAIGNS.length}) as campaign_id,
  (['CONVERTED', 'APPOINTMENT_SET', 'INTERESTED', 'CALLBACK_REQUESTED', 'NOT_INTERESTED', 'BUSY', 'NO_ANSWER', 'NO_ANSWER', 'NO_ANSWER', 'DISCONNECTED', 'WRONG_NUMBER', 'DISP_9'])[1 + (hash(i, 2) % 12)::int] as disposition_code,
  epoch_ms(($START + (i::double / ${ROWS} * ${DAYS} * ${DAY})::bigint))::timestamptz as start_time, start_time + to_seconds(hash(i, 3) % 600) as end_time,
  (hash(i, 3) % 600)::double as duration_seconds, 'OUTBOUND' as direction, 'agent_' || (hash(i, 4) % 300) as agent_id, 'contact_' || (hash(i, 5) % 2000000) as contact_id,
  'list_' || (hash(i, 6) % 12) as list_id, (1 + hash(i, 7) % 5)::int as attempt, null::varchar as raw, unhex(md5(i::varchar) || md5('x' || i::varchar)) as digest,
  end_time + interval 1 hour as observed_at, 'job_bench' as run_id`;

await using folder = await benchFolder();
const root = join(folder.path, "lake");
const hand = await (
  await DuckDBInstance.create(":memory:", { ...SETTINGS, temp_directory: join(folder.path, "spill") })
).connect();
await hand.run("set TimeZone = 'UTC'");
const files: LakeFile[] = [];
for (let day = 0; day < DAYS; day++) {
  const name = new Date(START + day * DAY).toISOString().slice(0, 10);
  const [first, last] = [Math.ceil((day * ROWS) / DAYS), Math.ceil(((day + 1) * ROWS) / DAYS)];
  await hand.run(
    `create or replace temp table rows as ${GENERATED.replace("$START", String(START))} from range(${first}, ${last}) r(i) order by start_time`,
  );
  for (const campaignId of CAMPAIGNS) {
    const path = `calls/campaign=${campaignId}/day=${name}/head-v2-bench-${day}.parquet`;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await hand.run(
      `copy (from rows where campaign_id = '${campaignId}') to '${join(root, path)}' (format parquet, compression zstd)`,
    );
    files.push({ path, kind: "head", campaignId, day: name, rows: 0, bytes: 0 });
  }
}
await hand.run("drop table rows");

const lake = openLake({
  root,
  catalog: createMemoryCatalog(files),
  random: createRandom(1, "bench"),
  now: () => Date.now(),
  memoryLimit: SETTINGS.memory_limit,
  threads: Number(SETTINGS.threads),
});
const asked: AskedScope = {
  campaigns: undefined,
  from: START,
  to: START + DAYS * DAY,
  map: DOCUMENTED_MAP,
  time: localTime("America/New_York"),
};
const scope: ReportScope = { ...asked, coverage: allRead(asked) };
const typed = factsStatement(scope, ["campaign", "attempt", "list", "agent"]);
await hand.run(`create view calls as from read_parquet('${root}/calls/**/*.parquet', hive_partitioning = false)`);

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

const ours: number[] = [];
const byHand: number[] = [];
let calls = 0;
// In turns, so that both see the same machine; the first of each warms the files.
for (let run = 0; run <= RUNS; run++) {
  const mine = await seconds(async () => {
    calls = (await reportOutcomes(lake, scope, { now: START + 100 * DAY })).calls ?? 0;
  });
  const theirs = await seconds(async () => (await hand.runAndReadAll(typed.sql, [...typed.parameters])).getRowObjectsJS());
  if (run > 0) {
    ours.push(mine);
    byHand.push(theirs);
  }
}
await lake.close();
if (calls !== ROWS) throw new Error(`the report counted ${calls} calls; ${ROWS} were generated`);
process.stdout.write(
  `${JSON.stringify({ rows: ROWS, seconds: rounded(median(ours)), byHandSeconds: rounded(median(byHand)), ratio: rounded(median(byHand) / median(ours)), atLeast: 0.8 })}\n`,
);
