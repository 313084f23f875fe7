// Times in Parquet files say that they are UTC: a reader in another zone sees the same instants, in the lake's files as in exports.
// Files from before, which did not say so, are read as they were meant, alone and among new ones.

import { rename } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import {
  ComplianceHash,
  DOCUMENTED_MAP,
  digestOf,
  type LakeCatalog,
  type LakeFile,
  type OutcomeLake,
  type OutcomeRecord,
  openLake,
} from "../../../src/outcomes/index.ts";
import { workFolder } from "../../support/cli.ts";
import { collect } from "../../support/collect.ts";
import { createMemoryCatalog } from "../../support/memory-catalog.ts";
import { scaled } from "../../support/scale.ts";

const HOUR = 3_600_000;
/** 01:30 UTC: the evening before in New York. */
const START = Date.parse("2026-03-02T01:30:00.250Z");
let folder: Awaited<ReturnType<typeof workFolder>>;
let reader: Awaited<ReturnType<DuckDBInstance["connect"]>>;
let lakes = 0;

beforeEach(async () => {
  folder = await workFolder();
  reader = await (await DuckDBInstance.create(":memory:")).connect();
  await reader.run("SET TimeZone = 'America/New_York'");
});
afterEach(async () => {
  reader.closeSync();
  await folder[Symbol.asyncDispose]();
});

interface Opened {
  readonly root: string;
  readonly lake: OutcomeLake;
  readonly catalog: LakeCatalog;
}

function open(): Opened {
  lakes += 1;
  const root = join(folder.path, `lake-${lakes}`);
  const catalog = createMemoryCatalog();
  return { root, catalog, lake: openLake({ root, catalog, random: createRandom(lakes, "zones"), now: () => Date.now() }) };
}

const record = (callId: string, startTime: number, more: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
  callId,
  campaignId: "camp_1",
  dispositionCode: "BUSY",
  direction: "OUTBOUND",
  startTime,
  endTime: startTime + 90_500,
  durationSeconds: 90.5,
  observedAt: START + 30 * HOUR,
  runId: "job_1",
  ...more,
});

const asked = async (sql: string) =>
  (await (await reader.run(sql)).getRowObjectsJson()) as Record<string, string | number | null>[];
const zonesOf = async (path: string) =>
  (await asked(`SELECT name, logical_type AS type FROM parquet_schema('${path}') WHERE logical_type LIKE '%TimestampType%'`)).map(
    ({ name, type }) => [name, /isAdjustedToUTC=(\d)/.exec(String(type))?.[1]],
  );
const startsOf = async (path: string) =>
  (await asked(`SELECT call_id, epoch_ms(start_time)::VARCHAR AS at FROM '${path}' ORDER BY ALL`)).map(({ call_id, at }) => [
    call_id,
    Number(at),
  ]);

/** Makes a file what it was before its times were marked. */
async function aged({ root, catalog }: Opened, file: LakeFile): Promise<LakeFile> {
  const path = file.path.replace("-v2-", "-v1-");
  const naive = ["start_time", "end_time", "observed_at"].map((name) => `${name} AT TIME ZONE 'UTC' AS ${name}`);
  const columns = file.kind === "quarantine" ? naive.slice(2) : naive;
  await reader.run(
    `COPY (SELECT * REPLACE (${columns.join(", ")}) FROM '${join(root, file.path)}') TO '${join(root, path)}.tmp' (FORMAT parquet)`,
  );
  await rename(join(root, `${path}.tmp`), join(root, path));
  const old = { ...file, path };
  await catalog.replace([file], [old]);
  return old;
}

const CALLS = ["start_time", "end_time", "observed_at"].map((name) => [name, "1"]);

test("parts, merged files, quarantine and exports are marked, and a reader in New York sees the instants", async () => {
  const opened = open();
  const { lake, catalog, root } = opened;
  const land = async (files: readonly LakeFile[]) => {
    await catalog.replace([], files);
    return join(root, files[0]?.path ?? "");
  };
  const part = await land(await lake.write([record("a", START)], "test"));
  expect(part).toContain("part-v2-");
  expect(await zonesOf(part)).toEqual(CALLS);
  expect(await startsOf(part)).toEqual([["a", START]]);
  expect(await asked(`SELECT typeof(start_time) AS type, start_time::VARCHAR AS text FROM '${part}'`)).toEqual([
    { type: "TIMESTAMP WITH TIME ZONE", text: "2026-03-01 20:30:00.25-05" },
  ]);
  // Readers skip by least and greatest.
  expect(
    await asked(`SELECT count(*)::INT AS n FROM '${part}' WHERE start_time = TIMESTAMPTZ '2026-03-02 01:30:00.25+00'`),
  ).toEqual([{ n: 1 }]);
  const odd = { runId: "job_1", campaignId: "camp_1", reason: "bad", detail: "x", callId: "q", row: "{}", observedAt: START };
  expect(await zonesOf(await land(await lake.quarantine([odd], "test")))).toEqual([["observed_at", "1"]]);

  await land(await lake.write([record("a", START, { dispositionCode: "CONVERTED", observedAt: START + 31 * HOUR })], "test"));
  await lake.compact({ minParts: 2 });
  const merged = (await catalog.files()).map(({ path, kind }) => [kind, join(root, path)] as const);
  expect(merged.map(([kind]) => kind).sort()).toEqual(["head", "history"]);
  for (const [, path] of merged) {
    expect(path).toContain("-v2-");
    expect(await zonesOf(path)).toEqual(CALLS);
    expect(await startsOf(path)).toEqual([["a", START]]);
  }

  const [parquet, csv] = [join(folder.path, "calls.parquet"), join(folder.path, "calls.csv")];
  await lake.exportTo(parquet, "parquet", DOCUMENTED_MAP);
  await lake.exportTo(csv, "csv", DOCUMENTED_MAP);
  expect(await zonesOf(parquet)).toEqual(CALLS);
  expect(await asked(`SELECT start_time FROM read_csv('${csv}', all_varchar = true)`)).toEqual([
    { start_time: "2026-03-02T01:30:00.250Z" },
  ]);
  const joined = `SELECT count(*)::INT AS n FROM '${parquet}' p JOIN read_csv('${csv}', all_varchar = true) c
    ON p.start_time = c.start_time::TIMESTAMPTZ AND p.end_time = c.end_time::TIMESTAMPTZ AND p.observed_at = c.observed_at::TIMESTAMPTZ`;
  expect(await asked(joined)).toEqual([{ n: 1 }]);
  await lake.close();
});

test("a lake of old files, of new ones and of both gives the same records, days, hashes and merged files", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ hours: fc.integer({ min: 0, max: 30 }), again: fc.boolean(), old: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      async (parts) => {
        const fresh = open();
        const mixed = open();
        const odd = {
          runId: "job_1",
          campaignId: "camp_1",
          reason: "bad",
          detail: "x",
          callId: "q",
          row: "{}",
          observedAt: START,
        };
        for (const [n, { hours, again, old }] of parts.entries()) {
          const at = START + hours * HOUR;
          const records = [record(again ? "again" : `c${n}`, again ? START : at, { observedAt: START + (40 + n) * HOUR })];
          for (const one of [fresh, mixed]) {
            const files = [...(await one.lake.write(records, "test")), ...(await one.lake.quarantine([odd], "test"))];
            await one.catalog.replace([], files);
            if (one === mixed && old) for (const file of files) await aged(mixed, file);
          }
        }
        const told = async ({ lake }: Opened) => {
          const hash = new ComplianceHash();
          for await (const digests of lake.digests()) hash.add(digests);
          const records = await collect(lake.records());
          return {
            records,
            sound: records.every((one) => one.digest === digestOf(one)),
            hash: hash.digest(),
            days: await lake.query(
              "SELECT day, count(*) AS calls, min(epoch_ms(start_time)) AS first FROM calls GROUP BY ALL ORDER BY ALL",
            ),
            range: await lake.query("SELECT call_id FROM versions WHERE start_time >= epoch_ms($1::BIGINT) ORDER BY ALL", [
              START + HOUR,
            ]),
            quarantine: await lake.query("SELECT observed_at, call_id FROM quarantine ORDER BY ALL"),
            asOf: await collect(lake.records({ asOf: START + 41 * HOUR })),
          };
        };
        const wanted = await told(fresh);
        expect(wanted.sound).toBe(true);
        expect(await told(mixed)).toEqual(wanted);
        await mixed.lake.compact({ minParts: 1 });
        expect(await told(mixed)).toEqual(wanted);
        const out = join(folder.path, `mixed-${lakes}.parquet`);
        await mixed.lake.exportTo(out, "parquet", DOCUMENTED_MAP);
        expect(await zonesOf(out)).toEqual(CALLS);
        const records = wanted.records.map(({ callId, startTime }) => [callId, startTime]);
        expect(await startsOf(out)).toEqual(records.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
        await Promise.all([fresh.lake.close(), mixed.lake.close()]);
      },
    ),
    { numRuns: scaled(100, 8), seed: Number(process.env["TEST_SEED"]) },
  );
});
