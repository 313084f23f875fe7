// The lake on disk: what is written is read back, versions resolve, a merge is seen wholly or not at all, and leftovers go.

import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import {
  ComplianceHash,
  digestOf,
  type LakeCatalog,
  type OutcomeLake,
  type OutcomeRecord,
  openLake,
  type RecordQuery,
  withLake,
} from "../../../src/outcomes/index.ts";
import { workFolder } from "../../support/cli.ts";
import { collect } from "../../support/collect.ts";
import { createMemoryCatalog } from "../../support/memory-catalog.ts";

const DAY = 86_400_000;
const NOON = Date.parse("2026-03-02T12:00:00.000Z");
let folder: Awaited<ReturnType<typeof workFolder>>;
let catalog: LakeCatalog;
let lake: OutcomeLake;
/** What the catalog takes for the present time. */
let time: number;

beforeEach(async () => {
  folder = await workFolder();
  time = Date.now();
  catalog = createMemoryCatalog([], () => time);
  lake = openLake({ root: join(folder.path, "lake"), catalog, random: createRandom(1, "lake"), now: () => Date.now() });
});
afterEach(async () => {
  await lake.close();
  await folder[Symbol.asyncDispose]();
});

const record = (callId: string, more: Partial<OutcomeRecord> = {}): OutcomeRecord => {
  const startTime = more.startTime ?? NOON;
  const endTime = more.endTime ?? startTime + 90_500;
  return {
    callId,
    campaignId: "camp_1",
    dispositionCode: "BUSY",
    direction: "OUTBOUND",
    observedAt: NOON + DAY,
    runId: "job_1",
    ...more,
    startTime,
    endTime,
    durationSeconds: (endTime - startTime) / 1000,
  };
};
const land = async (...records: OutcomeRecord[]) => {
  const files = await lake.write(records, "test");
  await catalog.replace([], files);
  return files;
};
const all = (query: RecordQuery = {}) => collect(lake.records(query));
const codes = async (query = {}) => Object.fromEntries((await all(query)).map((one) => [one.callId, one.dispositionCode]));

async function parquetFiles(): Promise<string[]> {
  const names = await readdir(join(folder.path, "lake"), { recursive: true });
  return names.filter((name) => name.endsWith(".parquet"));
}

describe("records", () => {
  test("come back as they were written, whatever stands in them", async () => {
    const strange = record("a'b\"c\\\n\u0001é😀", {
      campaignId: "../../etc/passwd",
      agentId: "x'; DROP TABLE calls; --",
      contactId: "c",
      listId: "nul\u0000 inside",
      attempt: 2,
      raw: '{"phoneNumber":"+1","x":"\u2028"}',
      startTime: NOON + 0.0,
      endTime: NOON + 1,
    });
    const bare = record("plain", { startTime: NOON + 1 });
    await land(strange, bare);
    const [first, second] = await all();
    expect(first).toEqual({ ...strange, digest: digestOf(strange) });
    expect(second).toMatchObject({ ...bare, digest: digestOf(bare) });
    expect(digestOf(first as OutcomeRecord)).toBe(digestOf(strange));
  });

  test("of any campaign id lie under the lake's root, in partitions that hive readers understand", async () => {
    const ids = ["..", ".", "a/b", "/abs", "C:\\x", "\u0000", "%2e%2e", "x".repeat(256), "😀".repeat(64), "A", "a"];
    for (const campaignId of ids) await land(record(`of ${campaignId}`, { campaignId }));
    const files = await parquetFiles();
    expect(files).toHaveLength(ids.length);
    for (const file of files)
      expect(file).toMatch(/^calls\/campaign=[A-Za-z0-9_%-]+\/day=2026-03-02\/part-v2-test-\w+\.parquet$/);
    for (const campaignId of ids) expect((await all({ campaignId })).map((one) => one.campaignId)).toEqual([campaignId]);
    // What people said in calls is for this user alone.
    expect((await stat(join(folder.path, "lake"))).mode & 0o777).toBe(0o700);
  });

  test("are ordered by start and call id, in UTC days, and chosen by range, code and time of observation", async () => {
    const midnight = Date.parse("2026-03-03T00:00:00.000Z");
    await land(
      record("c", { startTime: midnight }),
      record("b"),
      record("a"),
      record("d", { startTime: midnight - 1, dispositionCode: "CONVERTED" }),
    );
    expect((await all()).map((one) => one.callId)).toEqual(["a", "b", "d", "c"]);
    expect((await lake.partitions()).map(({ day, rows }) => `${day}: ${rows}`)).toEqual(["2026-03-02: 3", "2026-03-03: 1"]);
    expect(await codes({ from: midnight - 1, to: midnight })).toEqual({ c: "BUSY", d: "CONVERTED" });
    expect(await codes({ codes: ["CONVERTED", "it's"] })).toEqual({ d: "CONVERTED" });
    expect(await codes({ codes: [] })).toEqual({});
    expect(await codes({ asOf: NOON })).toEqual({});
    expect(await all({ campaignId: "camp_2" })).toEqual([]);
  });

  test("are not seen before the catalog takes their file up", async () => {
    const files = await lake.write([record("a")], "test");
    expect(await all()).toEqual([]);
    await catalog.replace([], files);
    expect(await codes()).toEqual({ a: "BUSY" });
    expect(files[0]).toMatchObject({ kind: "part", rows: 1, runId: "job_1", campaignId: "camp_1", day: "2026-03-02" });
  });
});

test("a day of many calls is hashed in pieces, and gives what its records give, whether or not a call came twice", async () => {
  const random = createRandom(7, "many");
  // More than two slices, many calls at one instant, and times at both ends of the day.
  const starts = [NOON - DAY / 2, NOON + DAY / 2 - 1, ...Array.from({ length: 20_000 }, () => NOON + random.int(3_000))];
  const calls = starts.map((startTime, n) => record(`c${n}`, { startTime }));
  for (let n = 0; n < calls.length; n += 5_000) await land(...calls.slice(n, n + 5_000));
  const hashes = async (query: RecordQuery) => {
    const [fold, wanted] = [new ComplianceHash(), new ComplianceHash()];
    for await (const digests of lake.digests(query)) fold.add(digests);
    for (const one of await all(query)) wanted.add(digestOf(one));
    return { counts: [fold.count, wanted.count], hashes: [fold.digest(), wanted.digest()] };
  };
  const queries = [{ runId: "job_1" }, { runId: "job_1", from: NOON + 1_000, to: NOON + 2_000 }, {}];
  const before = await Promise.all(queries.map(hashes));
  for (const { counts, hashes: found } of before) {
    expect(counts[0]).toBe(counts[1]);
    expect(found[0]).toBe(found[1]);
  }
  expect(before.map(({ counts }) => counts[0])).toEqual([20_002, expect.any(Number), 20_002]);
  await land(record("c1", { startTime: NOON + 1_500, dispositionCode: "CONVERTED", observedAt: NOON + 2 * DAY }));
  for (const [n, query] of queries.entries()) {
    const { counts, hashes: found } = await hashes(query);
    expect(counts[0]).toBe(counts[1]);
    expect(found[0]).toBe(found[1]);
    expect(found[0]).not.toBe(before[n]?.hashes[0]);
  }
});

describe("versions of one call", () => {
  beforeEach(async () => {
    await land(record("a"), record("b"));
    await land(
      record("a", { dispositionCode: "CONVERTED", observedAt: NOON + 2 * DAY, runId: "job_2" }),
      record("c", { runId: "job_2", observedAt: NOON + 2 * DAY }),
    );
    await land(record("a", { dispositionCode: "INTERESTED", observedAt: NOON + DAY + 1, runId: "job_3" }));
  });

  const check = async () => {
    expect(await codes()).toEqual({ a: "CONVERTED", b: "BUSY", c: "BUSY" });
    expect(await codes({ asOf: NOON + DAY })).toEqual({ a: "BUSY", b: "BUSY" });
    expect(await codes({ runId: "job_1" })).toEqual({ a: "BUSY", b: "BUSY" });
    expect(await codes({ runId: "job_2" })).toEqual({ a: "CONVERTED", c: "BUSY" });
    expect(await codes({ codes: ["BUSY"] })).toEqual({ b: "BUSY", c: "BUSY" });
    expect(await lake.query("SELECT count(*) AS n, count(DISTINCT call_id) AS calls FROM versions")).toEqual([
      { n: 5, calls: 3 },
    ]);
    expect(await lake.query("SELECT count(*) AS n FROM calls")).toEqual([{ n: 3 }]);
  };

  test("resolve to the latest, before and after merging", async () => {
    await check();
    expect(await lake.compact({ minParts: 2 })).toEqual({ partitions: 1, filesBefore: 3, filesAfter: 2, skipped: 0 });
    await check();
    await land(record("b", { dispositionCode: "NO_ANSWER", observedAt: NOON + 3 * DAY }));
    expect(await codes()).toEqual({ a: "CONVERTED", b: "NO_ANSWER", c: "BUSY" });
    await lake.compact({ minParts: 1 });
    expect(await codes()).toEqual({ a: "CONVERTED", b: "NO_ANSWER", c: "BUSY" });
    expect((await catalog.files()).map(({ kind, rows }) => `${kind}: ${rows}`)).toEqual(["head: 3", "history: 3"]);
  });

  test("hash alike before and after merging", async () => {
    const hash = async (runId: string) => {
      const fold = new ComplianceHash();
      for await (const digests of lake.digests({ runId })) fold.add(digests);
      return fold.digest();
    };
    const before = await hash("job_2");
    await lake.compact({ minParts: 1 });
    expect(await hash("job_2")).toBe(before);
    const wanted = new ComplianceHash();
    for (const one of await all({ runId: "job_2" })) wanted.add(digestOf(one));
    expect(before).toBe(wanted.digest());
  });
});

describe("merging", () => {
  test("gives way to another writer and leaves its own files to nobody", async () => {
    await land(record("a"));
    await land(record("b"));
    const seen = await catalog.files();
    const slow: LakeCatalog = { files: async () => seen, replace: catalog.replace.bind(catalog), replacedWithin: async () => [] };
    const other = openLake({
      root: join(folder.path, "lake"),
      catalog: slow,
      random: createRandom(2, "lake"),
      now: () => Date.now(),
    });
    expect(await lake.compact({ minParts: 2 })).toMatchObject({ partitions: 1, filesAfter: 1 });
    const before = await parquetFiles();
    expect(await other.compact({ minParts: 2 })).toMatchObject({ partitions: 0, skipped: 1 });
    await other.close();
    expect(await parquetFiles()).toEqual(before);
    expect(await codes()).toEqual({ a: "BUSY", b: "BUSY" });
  });

  test.each([
    [
      "parts that follow each other, written in any order",
      [
        [40, 50],
        [0, 10],
        [10, 30],
      ],
    ],
    [
      "parts that overlap",
      [
        [0, 30],
        [20, 50],
        [10, 40],
      ],
    ],
  ])("%s become one file in order of start", async (_, parts) => {
    for (const minutes of parts)
      await land(...minutes.map((at, n) => record(`${String(at).padStart(2, "0")}/${n}`, { startTime: NOON + at * 60_000 })));
    expect(await lake.compact({ minParts: 2 })).toMatchObject({ partitions: 1, filesAfter: 1 });
    const [head] = await catalog.files();
    const rows = await lake.query<{ at: number }>(
      `SELECT epoch_ms(start_time) AS at FROM read_parquet('${join(folder.path, "lake", head?.path ?? "")}')`,
    );
    expect(rows.map(({ at }) => (at - NOON) / 60_000)).toEqual(parts.flat().sort((a, b) => a - b));
    expect(await all()).toHaveLength(6);
  });

  test("is seen wholly or not at all by readers at work meanwhile", async () => {
    for (let n = 0; n < 12; n++)
      await land(record(`call_${n}`, { startTime: NOON + n }), record("every", { observedAt: NOON + DAY + n }));
    const merging = new AbortController();
    const reading = (async () => {
      let reads = 0;
      for (; !merging.signal.aborted || reads < 5; reads++) expect(await all()).toHaveLength(13);
      return reads;
    })();
    for (let n = 0; n < 5; n++) {
      await lake.compact({ minParts: 1 });
      await land(record("every", { observedAt: NOON + 2 * DAY + n }));
    }
    merging.abort();
    expect(await reading).toBeGreaterThanOrEqual(5);
  });

  test("leaves files that the next sweep takes once they are old", async () => {
    await land(record("a"));
    await land(record("b"));
    await lake.compact({ minParts: 2 });
    expect(await parquetFiles()).toHaveLength(3);
    expect(await lake.sweep(3_600_000)).toEqual({ removed: 0 });
    const partition = join(folder.path, "lake/calls/campaign=camp_1/day=2026-03-02");
    await mkdir(join(folder.path, "lake/_staging"), { recursive: true });
    await writeFile(join(folder.path, "lake/_staging/torn.parquet"), "PAR1 and then the power went");
    await writeFile(join(partition, "notes.txt"), "not ours");
    const longAgo = new Date(Date.now() - DAY);
    for (const name of await parquetFiles()) await utimes(join(folder.path, "lake", name), longAgo, longAgo);
    await utimes(join(partition, "notes.txt"), longAgo, longAgo);
    // Whoever began to read before the merge still does.
    expect(await lake.sweep(3_600_000)).toEqual({ removed: 1 });
    expect(await parquetFiles()).toHaveLength(3);
    time += 3_600_001;
    expect(await lake.sweep(3_600_000)).toEqual({ removed: 2 });
    expect(await parquetFiles()).toHaveLength(1);
    expect(await readdir(partition)).toContain("notes.txt");
    expect(await codes()).toEqual({ a: "BUSY", b: "BUSY" });
  });
});

test("the lake is gone through once an hour, by whichever process comes first; a mark of the future counts for nothing", async () => {
  await land(record("a"));
  const root = join(folder.path, "lake");
  const other = openLake({ root, catalog, random: createRandom(3, "lake"), now: () => Date.now() });
  const old = async (name: string) => {
    await mkdir(join(root, "_staging"), { recursive: true });
    await writeFile(join(root, "_staging", name), "PAR1");
    await utimes(join(root, "_staging", name), new Date(Date.now() - DAY), new Date(Date.now() - DAY));
  };
  const mark = (at: number) => utimes(join(root, ".swept"), new Date(at), new Date(at));
  await old("first.parquet");
  expect(await lake.sweep(3_600_000, 3_600_000)).toEqual({ removed: 1 });
  await old("second.parquet");
  expect(await other.sweep(3_600_000, 3_600_000)).toEqual({ removed: 0 });
  await mark(Date.now() - 2 * 3_600_000);
  expect(await other.sweep(3_600_000, 3_600_000)).toEqual({ removed: 1 });
  await old("third.parquet");
  await mark(Date.now() + DAY);
  expect(await lake.sweep(3_600_000, 3_600_000)).toEqual({ removed: 1 });
  await other.close();
});

test("a sweep of a process whose clock is ahead leaves what others write now", async () => {
  await land(record("a"));
  await mkdir(join(folder.path, "lake/_staging"), { recursive: true });
  await writeFile(join(folder.path, "lake/_staging/coming.parquet"), "PAR1");
  const root = join(folder.path, "lake");
  const ahead = openLake({ root, catalog, random: createRandom(2, "lake"), now: () => Date.now() + DAY });
  expect(await ahead.sweep(3_600_000)).toEqual({ removed: 0 });
  await ahead.close();
  expect(await readdir(join(root, "_staging"))).toContain("coming.parquet");
});

test("a sweep keeps the files of a campaign whose folder is another one's in letters of the other size, as some file systems have it", async () => {
  await land(record("a"));
  const longAgo = new Date(Date.now() - DAY);
  for (const name of await parquetFiles()) await utimes(join(folder.path, "lake", name), longAgo, longAgo);
  const [own, others] = ["campaign=camp_1", "campaign=CAMP_1"].map((name) => join(folder.path, "lake/calls", name)) as [
    string,
    string,
  ];
  await rename(own, others);
  expect(await lake.sweep(3_600_000)).toEqual({ removed: 0 });
  await rename(others, own);
  expect(await all()).toHaveLength(1);
});

test("where the lake's folder is gone, or an empty one is left in its place, nothing is made; it goes on when it is back", async () => {
  const [at, away] = [join(folder.path, "lake"), join(folder.path, "away")];
  await land(record("a"));
  const staging = await lake.stagingPlace();
  const staged = join(staging.folder, "staged.parquet");
  await writeFile(staged, "written before it went");
  await rename(at, away);
  const gone = {
    code: "lake_unavailable",
    message: expect.stringMatching(/gone or empty; .*missing: .*\/lake\/calls\/.*\.parquet$/),
  };
  await expect(lake.write([record("b")], "test")).rejects.toMatchObject(gone);
  await expect(all()).rejects.toMatchObject(gone);
  const late = [{ kind: "part" as const, campaignId: "camp_1", day: "2026-03-02", rows: 1, runId: "job_1", temporary: staged }];
  await expect(withLake(() => lake.adopt(late, "test"))).rejects.toMatchObject({ code: "lake_unavailable" });
  expect(existsSync(at)).toBe(false);
  // A mount that went leaves its empty folder.
  await mkdir(at);
  await expect(lake.write([record("b")], "test")).rejects.toMatchObject(gone);
  expect(await readdir(at)).toEqual([]);
  await rm(at, { recursive: true });
  await rename(away, at);
  // Brought back from a backup, it may lack what nobody had to keep.
  await rm(join(at, "_staging"), { recursive: true });
  await land(record("b"));
  expect(await codes()).toEqual({ a: "BUSY", b: "BUSY" });
});

test("poison rows lie apart, readable by SQL", async () => {
  const files = await lake.quarantine(
    [{ campaignId: "camp_1", reason: "bad_end", detail: "endTime", callId: "x", row: "{}", observedAt: NOON, runId: "job_1" }],
    "test",
  );
  await catalog.replace([], files);
  await land(record("a"));
  expect(await all()).toHaveLength(1);
  expect(await lake.query("SELECT reason, call_id, observed_at FROM quarantine WHERE run_id = $1", ["job_1"])).toEqual([
    { reason: "bad_end", call_id: "x", observed_at: NOON },
  ]);
});

test("SQL gives plain values, also over an empty lake", async () => {
  expect(await lake.query("SELECT * FROM calls")).toEqual([]);
  expect(await lake.query("SELECT count(*) AS n FROM quarantine")).toEqual([{ n: 0 }]);
  await land(record("a", { attempt: 3 }));
  const [row] = await lake.query(
    "SELECT day, start_time, sum(attempt) AS total, avg(duration_seconds)::DECIMAL(9,2) AS mean, list_id FROM calls WHERE start_time >= epoch_ms($1::BIGINT) GROUP BY ALL",
    [NOON],
  );
  expect(row).toEqual({ day: "2026-03-02", start_time: NOON, total: 3, mean: 90.5, list_id: null });
});

test("exports hold the latest versions in every format, with what their codes mean at the time", async () => {
  const era = (from: number, to: number, category: "warm" | "cold") => ({
    version: "1",
    from,
    to,
    categories: new Map([["it's", category]]),
  });
  const forEver = Number.POSITIVE_INFINITY;
  const map = { id: "mine", eras: [era(-forEver, NOON + 1, "warm"), era(NOON + 1, forEver, "cold")] };
  await land(record("a"), record("b", { raw: '{"k":"v"}', dispositionCode: "it's" }));
  await land(record("c", { startTime: NOON + 1, dispositionCode: "it's" }));
  await land(record("a", { dispositionCode: 'comma, "quote"', observedAt: NOON + 2 * DAY }));
  const out = (name: string) => join(folder.path, "out", name);
  for (const format of ["parquet", "csv", "ndjson"] as const)
    expect(await lake.exportTo(out(`x.${format}`), format, map)).toBe(3);
  const { readFile } = await import("node:fs/promises");
  const csv = await readFile(out("x.csv"), "utf8");
  expect(csv.split("\n")[0]).toBe(
    "call_id,campaign_id,disposition_code,start_time,end_time,duration_seconds,direction,agent_id,contact_id,list_id,attempt,raw,digest,observed_at,run_id,category,mapped",
  );
  expect(csv).toContain('a,camp_1,"comma, ""quote""",2026-03-02T12:00:00.000Z,2026-03-02T12:01:30.500Z,90.5,OUTBOUND,');
  const rows = (await readFile(out("x.ndjson"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.map((row) => [row.call_id, row.start_time, row.category, row.mapped])).toEqual([
    ["a", "2026-03-02T12:00:00.000Z", "neutral", false],
    ["b", "2026-03-02T12:00:00.000Z", "warm", true],
    ["c", "2026-03-02T12:00:00.001Z", "cold", true],
  ]);
  expect(await lake.query(`SELECT call_id, start_time, category FROM read_parquet('${out("x.parquet")}') ORDER BY 1`)).toEqual([
    { call_id: "a", start_time: NOON, category: "neutral" },
    { call_id: "b", start_time: NOON, category: "warm" },
    { call_id: "c", start_time: NOON + 1, category: "cold" },
  ]);
  expect(await readdir(join(folder.path, "out"))).toHaveLength(3);
});
