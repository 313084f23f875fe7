// The lake in object storage: two machines with folders of their own read and merge one lake; what the storage does wrong is told.

import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import { bucketPlace, type LakeCatalog, type OutcomeLake, type OutcomeRecord, openLake } from "../../../src/outcomes/index.ts";
import { CAMPAIGN } from "../../support/calls.ts";
import { workFolder } from "../../support/cli.ts";
import { collect } from "../../support/collect.ts";
import { createMemoryCatalog } from "../../support/memory-catalog.ts";
import { outcomesScenario } from "../../support/outcomes.ts";
import { type ObjectStorage, REGION, startS3 } from "../../support/s3.ts";
import { startWorld } from "../../support/world.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOON = Date.parse("2026-03-02T12:00:00.000Z");
const PREFIX = "lakes/prod";
let folder: Awaited<ReturnType<typeof workFolder>>;
let storage: ObjectStorage;
let catalog: LakeCatalog;
let open: OutcomeLake[];
/** What the catalog takes for the present time. */
let time: number;

interface Machine {
  readonly seed: number;
  readonly prefix?: string;
  readonly key?: string;
  readonly keptBytes?: number;
  readonly now?: () => number;
}
const cacheOf = ({ seed }: Machine) => join(folder.path, `machine-${seed}`);
/** The lake as one machine sees it. */
function machine(given: Machine): OutcomeLake {
  const { seed, prefix = PREFIX, key = storage.keys.id, keptBytes = 1e9, now = () => Date.now() } = given;
  const place = bucketPlace({
    endpoint: storage.endpoint,
    region: REGION,
    bucket: storage.bucket,
    prefix,
    keys: async () => ({ ...storage.keys, id: key }),
    folder: cacheOf(given),
    keptBytes,
    now,
  });
  const lake = openLake({ root: place, catalog, random: createRandom(seed, "lake"), now });
  open.push(lake);
  return lake;
}

beforeEach(async () => {
  folder = await workFolder();
  storage = await startS3(join(folder.path, "storage"));
  time = Date.now();
  catalog = createMemoryCatalog([], () => time);
  open = [];
});
afterEach(async () => {
  for (const lake of open) await lake.close();
  await storage[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const record = (callId: string, more: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
  callId,
  campaignId: "camp_1",
  dispositionCode: "BUSY",
  direction: "OUTBOUND",
  observedAt: NOON + DAY,
  runId: "job_1",
  startTime: NOON,
  endTime: NOON + 90_500,
  durationSeconds: 90.5,
  ...more,
});
const land = async (lake: OutcomeLake, ...records: OutcomeRecord[]) => catalog.replace([], await lake.write(records, "test"));
const idsIn = async (lake: OutcomeLake, query = {}) => (await collect(lake.records(query))).map(({ callId }) => callId);
const filesIn = async (path: string) =>
  (await readdir(path, { recursive: true }).catch(() => [])).filter((name) => name.endsWith(".parquet"));
const keysIn = async () => ((await storage.client.listObjects()) ?? []).map(({ Key }) => Key);
const asked = (method: string) => storage.asked.filter((one) => one.startsWith(`${method} `) && one.includes(".parquet"));

test("what one machine writes another reads, each file fetched once, with whatever a campaign is called", async () => {
  const [one, two] = [machine({ seed: 1 }), machine({ seed: 2 })];
  const ids = ["..", "a/b", "C:\\x", "%2e%2e", "x".repeat(256), "😀", "a b+c?d#e"];
  for (const campaignId of ids) await land(one, record(`of ${campaignId}`, { campaignId }));
  expect(storage.asked.filter((path) => !path.includes(` /${storage.bucket}/${PREFIX}/`))).toEqual([]);
  await Promise.all([idsIn(two), idsIn(two)]);
  for (const campaignId of ids) expect(await idsIn(two, { campaignId })).toEqual([`of ${campaignId}`]);
  expect(asked("PUT")).toHaveLength(ids.length);
  expect(asked("GET")).toHaveLength(ids.length);
  // What the folder lost is fetched again.
  await rm(cacheOf({ seed: 2 }), { recursive: true });
  expect((await idsIn(machine({ seed: 2 }))).length).toBe(ids.length);
  expect(asked("GET")).toHaveLength(2 * ids.length);
});

test("a merge on one machine is what the other reads next; a sweep takes what is old and leaves what is not the lake's", async () => {
  const [one, two] = [machine({ seed: 1 }), machine({ seed: 2 })];
  await land(one, record("a"), record("b"));
  await land(two, record("a", { dispositionCode: "CONVERTED", observedAt: NOON + 2 * DAY }));
  await one.query("SELECT 1");
  expect(await one.compact({ minParts: 2 })).toEqual({ partitions: 1, filesBefore: 2, filesAfter: 2, skipped: 0 });
  expect(await two.query("SELECT call_id, disposition_code FROM calls ORDER BY call_id")).toEqual([
    { call_id: "a", disposition_code: "CONVERTED" },
    { call_id: "b", disposition_code: "BUSY" },
  ]);
  const [first] = await catalog.files();
  const own = `${PREFIX}/${first?.path.replace(/[^/]*$/, "")}`;
  await storage.client.putObject(`${own}notes.txt`, "not ours");
  await storage.client.putObject(`lakes/other/${first?.path}`, "another lake's");
  // Of those merged, readers that began before may still need two.
  expect(await one.sweep(HOUR)).toEqual({ removed: 0 });
  expect(await keysIn()).toHaveLength(6);
  time += 2 * HOUR;
  expect(await one.sweep(-DAY)).toEqual({ removed: 2 });
  expect(await keysIn()).toHaveLength(4);
  expect(await idsIn(machine({ seed: 3 }))).toEqual(["a", "b"]);
});

test("two merges at once leave one result, and nothing of the other", async () => {
  const [one, two] = [machine({ seed: 1 }), machine({ seed: 2 })];
  await land(one, record("a"));
  await land(one, record("b"));
  const done = await Promise.all([one.compact({ minParts: 2 }), two.compact({ minParts: 2 })]);
  expect(done.map(({ skipped }) => skipped).reduce((sum, n) => sum + n)).toBeLessThanOrEqual(1);
  expect(await idsIn(machine({ seed: 3 }))).toEqual(["a", "b"]);
  const listed = (await catalog.files()).map(({ path }) => path);
  expect(listed).toHaveLength(1);
  expect(await filesIn(join(cacheOf({ seed: 1 }), "_staging"))).toEqual([]);
});

test.each<[string, ObjectStorage["fault"]]>([
  [
    "breaks off",
    (request, response) => {
      if (request.method !== "GET") return false;
      response.writeHead(200, { "content-length": "5000" });
      response.write("PAR1");
      response.socket?.destroy();
      return true;
    },
  ],
  [
    "is another file",
    (request, response) => {
      if (request.method !== "GET") return false;
      response.end("PAR1, but not what was written");
      return true;
    },
  ],
  [
    "is refused now and then",
    (_, response) => {
      response.writeHead(503).end();
      return true;
    },
  ],
])("an answer that %s is asked for again, and never taken for the file", async (_, fault) => {
  await land(machine({ seed: 1 }), record("a"));
  const two = machine({ seed: 2 });
  let left = 2;
  storage.fault = (request, response) => left-- > 0 && fault?.(request, response) === true;
  expect(await idsIn(two)).toEqual(["a"]);
  const three = machine({ seed: 3 });
  storage.fault = fault;
  await expect(idsIn(three)).rejects.toMatchObject({
    code: "lake_unavailable",
    message: expect.stringMatching(
      /^the lake cannot be used: (?:looking|reading calls\/.*) at s3:\/\/calls-[^/]*\/lakes\/prod: /,
    ),
  });
  storage.fault = undefined;
  expect(await idsIn(three)).toEqual(["a"]);
  expect(await filesIn(join(cacheOf({ seed: 3 }), "_staging"))).toEqual([]);
});

test("a file that is gone, another prefix and a wrong key are told apart, without the key", async () => {
  await land(machine({ seed: 1 }), record("a"));
  const elsewhere = machine({ seed: 2, prefix: "lakes/staging" });
  await expect(idsIn(elsewhere)).rejects.toMatchObject({
    code: "lake_unavailable",
    message: expect.stringContaining("gone or empty"),
  });
  await expect(elsewhere.write([record("b")], "test")).rejects.toMatchObject({ code: "lake_unavailable" });
  const locked = machine({ seed: 3, key: "NOBODY" });
  const refused = (await idsIn(locked).catch((thrown: unknown) => thrown)) as Error;
  expect(refused).toMatchObject({ code: "lake_unavailable", message: expect.stringContaining("403") });
  expect(JSON.stringify([refused, refused.message, refused.stack])).not.toContain(storage.keys.secret);
  const two = machine({ seed: 4 });
  await land(two, record("c"));
  const [first] = await catalog.files();
  await storage.client.deleteObject(`${PREFIX}/${first?.path}`);
  await expect(idsIn(machine({ seed: 2 }))).rejects.toMatchObject({ code: "lake_unavailable" });
  const fresh = machine({ seed: 5 });
  await land(two, record("d"));
  await expect(fresh.query("SELECT * FROM calls")).rejects.toMatchObject({
    code: expect.stringMatching(/lake_files_missing|lake_unavailable/),
    message: expect.stringContaining(first?.path ?? ""),
  });
});

test("the folder of a machine keeps no more than it may, but what was lately asked for", async () => {
  const one = machine({ seed: 1, keptBytes: 1 });
  await land(one, record("a"));
  await land(one, record("b", { startTime: NOON + DAY }));
  const cached = () => filesIn(cacheOf({ seed: 1 }));
  await one.sweep(HOUR);
  expect(await cached()).toHaveLength(2);
  const longAgo = new Date(Date.now() - DAY);
  for (const name of await cached()) await utimes(join(cacheOf({ seed: 1 }), name), longAgo, longAgo);
  await writeFile(join(cacheOf({ seed: 1 }), "notes.txt"), "not ours");
  await one.sweep(HOUR);
  expect(await cached()).toHaveLength(0);
  expect(await readdir(cacheOf({ seed: 1 }))).toContain("notes.txt");
  const later = machine({ seed: 1, keptBytes: 1, now: () => Date.now() + HOUR });
  expect(await idsIn(later)).toEqual(["a", "b"]);
});

test("outdial.yaml says where the bucket is; calls that one machine pulled another verifies, reports and exports", async () => {
  const scenario = { generateCalls: [{ campaignId: CAMPAIGN, count: 60, days: 2, prefix: "call_", digits: 7 }] };
  await using world = await startWorld({ sandbox: { scenario: outcomesScenario(0, scenario) } });
  const settings = (cache: string) => `outcomes:
  lake: s3://${storage.bucket}/prod/
  s3: { endpoint: "${storage.endpoint}", region: ${REGION}, cache: ${cache} }
`;
  const secret = join(world.folder, "key-secret");
  await writeFile(secret, `${storage.keys.secret}\n`);
  const env = { ...world.environment, OUTDIAL_LAKE_KEY_ID: storage.keys.id, OUTDIAL_LAKE_KEY_SECRET_FILE: secret };
  const outdial = (...args: string[]) => world.run(["outcomes", ...args], { env });
  await world.configure(settings("one"));
  const without = await world.run(["outcomes", "pull", "--campaign", CAMPAIGN, "--last", "3d"]);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("OUTDIAL_LAKE_KEY_ID is not set")]);
  const pulled = await outdial("pull", "--campaign", CAMPAIGN, "--last", "3d", "--json");
  expect(pulled.stderr).toContain("60 calls");
  await world.configure(settings("two"));
  const verified = await outdial("verify");
  expect(verified.stdout).toContain("60 calls, unchanged");
  const exported = await outdial("export", "--format", "csv");
  expect(exported.stdout.trimEnd().split("\n")).toHaveLength(61);
  expect(await filesIn(join(world.folder, "two"))).not.toEqual([]);
  expect((await keysIn()).every((key) => key.startsWith("prod/calls/campaign="))).toBe(true);
  for (const { stdout, stderr } of [without, pulled, verified, exported])
    expect(stdout + stderr).not.toContain(storage.keys.secret);
});
