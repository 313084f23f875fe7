// What each thing costs when a year of rows is stored: the same work at three sizes, counted exactly (blocks that a statement reads, bytes, rows, commits,
// requests at once), with the exponent (slope of the cost over the rows stored; 0 is flat) and the ceiling that it may reach. Seconds stand beside some
// lines, for people: they are not judged. `ratio` is the number of lines above their ceiling.

import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { openOutdial } from "../src/index.ts";
import { createRandom } from "../src/kernel/index.ts";
import { createDeliveryWorker } from "../src/operations/index.ts";
import { createSandbox, defaultScenario } from "../src/sandbox/index.ts";
import { openStore } from "../src/store/index.ts";
import { benchFolder, rounded, sized } from "./support.ts";

/** Jobs stored; of calls and events there are four times as many. */
const SIZES = [sized(10_000, 250), sized(50_000, 500), sized(250_000, 1_000)] as const;
const DAY = 86_400_000;

interface Line {
  readonly what: string;
  readonly unit: string;
  readonly at: readonly number[];
  /** Over the sizes, when it was measured at more than one. */
  readonly exponent?: number;
  readonly ceiling: number;
  readonly holds: boolean;
}

const lines: Line[] = [];
/** @param sizes what the figures are measured at; @param more above this the line does not hold, or below it with `atLeast` */
function line(
  what: string,
  unit: string,
  sizes: readonly number[],
  at: readonly number[],
  ceiling: number,
  atLeast = false,
): void {
  const [first, last] = [at[0] ?? Number.NaN, at.at(-1) ?? Number.NaN];
  const grown = Math.log((sizes.at(-1) ?? 1) / (sizes[0] ?? 1));
  const exponent = rounded(Math.log(Math.max(last, 1) / Math.max(first, 1)) / grown, 2);
  const holds = at.every((figure) => (atLeast ? figure >= ceiling : figure <= ceiling));
  const one: Line = {
    what,
    unit,
    at: at.map((figure) => rounded(figure, 2)),
    ...(grown > 0 ? { exponent } : {}),
    ceiling,
    holds,
  };
  lines.push(one);
  const shown = one.at.map((figure) => figure.toLocaleString("en")).join(" / ");
  process.stderr.write(
    `${holds ? "   " : "ABOVE"} ${what}: ${shown} ${unit}${one.exponent === undefined ? "" : `, exponent ${one.exponent}`}, ${atLeast ? "at least" : "at most"} ${ceiling}\n`,
  );
}

await using stack = new AsyncDisposableStack();
const folder = stack.use(await benchFolder());
const clock = { now: Date.now, sleep: (ms: number) => setTimeout(ms) };
const store = await openStore({ dir: `${folder.path}/.outdial`, clock });
stack.defer(() => store.close());
const client = new pg.Client({ connectionString: store.url });
await client.connect();
stack.defer(() => client.end());
const number = async (text: string) => Number(((await client.query<{ n: string }>(text)).rows[0] ?? { n: Number.NaN }).n);

// The statements of a piece of work, as the driver sends them.

interface Sent {
  readonly text: string;
  readonly values: unknown[];
}
let sent: Sent[] | undefined;
// oxlint-disable-next-line typescript/unbound-method -- called with the client that it is asked of
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function noted(this: pg.Client, ...args: unknown[]) {
  const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
  const text = typeof first === "string" ? first : first.text;
  const values = (typeof first === "string" ? second : first.values) ?? second ?? [];
  if (sent !== undefined && /^\s*(select|with|update|insert|delete)\b/i.test(text)) sent.push({ text, values });
  return Reflect.apply(query, this, args);
} as typeof query;

interface Plan {
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
}

/** Blocks that the statements of a piece of work read, by running each again and undoing it. */
async function blocks(work: () => Promise<unknown>): Promise<number> {
  const statements: Sent[] = [];
  sent = statements;
  try {
    await work();
  } finally {
    sent = undefined;
  }
  let sum = 0;
  for (const { text, values } of statements) {
    await client.query("begin");
    const { rows } = await client.query<{ "QUERY PLAN": readonly { readonly Plan: Plan }[] }>(
      `explain (analyze, buffers, timing off, format json) ${text}`,
      values,
    );
    await client.query("rollback");
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
    sum += (plan?.["Shared Hit Blocks"] ?? 0) + (plan?.["Shared Read Blocks"] ?? 0);
  }
  return sum;
}

// 1. Bytes: the log of an event, and numbers of a registry; before there is much else, so that nothing else writes.

const EVENTS = [sized(1_000, 200), sized(4_000, 400), sized(16_000, 800)] as const;
const wal = () => number("select pg_current_wal_lsn() - '0/0'::pg_lsn as n");
const eventLog: number[] = [];
const BODY = "x".repeat(340);
for (const count of EVENTS) {
  const before = await wal();
  for (let n = 0; n < count; n += 100)
    await store.outbox.add(
      Array.from({ length: 100 }, (_, i) => ({
        eventId: `evt_${count}_${n + i}`,
        endpoint: "bytes",
        subject: `call_${count}_${n + i}`,
        type: "DISPOSITION_ASSIGNED",
        body: BODY,
      })),
    );
  for (;;) {
    const claimed = await store.outbox.claimDue({ endpoint: "bytes", limit: 256, by: "bench", claimMs: 60_000 });
    if (claimed.length === 0) break;
    await store.outbox.markDelivered(claimed.map(({ id }) => ({ id, status: 204 })));
  }
  eventLog.push(((await wal()) - before) / count);
}
line("log of an event, written, claimed and delivered", "bytes", EVENTS, eventLog, 2_000);

const NUMBERS = [sized(1_000_000, 20_000), sized(2_000_000, 40_000), sized(4_000_000, 80_000)] as const;
const stored: number[] = [];
const logged: number[] = [];
for (const count of NUMBERS) {
  const file = await store.facts.beginRegistryFile({ registry: "US", asOf: "2026-06-10", sourceName: "bench", actor: "bench" });
  const before = await wal();
  // Three of ten numbers of each prefix are listed, as in the registry.
  await client.query(
    `insert into outdial.registry_blocks_${file} (block, bits)
     select number / 10000, bit_or(set_bit(repeat('0', 10000)::bit(10000), (number % 10000)::int, 1))
     from (select 12120000000 + n * 10 / 3 as number from generate_series(1, ${count}) n) listed group by 1`,
  );
  logged.push(((await wal()) - before) / count);
  stored.push((await number(`select pg_total_relation_size('outdial.registry_blocks_${file}') as n`)) / count);
  await store.facts.discardRegistryFile(file);
}
line("a number of a registry, stored", "bytes", NUMBERS, stored, 4);
line("a number of a registry, log", "bytes", NUMBERS, logged, 4);

// 2. Polls, gauges, pages: jobs, events, received events and entries of the audit log at three sizes, a handful of each under way.

/** Adds rows up to a size. Ended ones lie a minute apart; what is under way, stands still or was given up does not grow with them. */
async function fill(from: number, to: number): Promise<void> {
  const each = (rows: number) => `from generate_series(${from * rows} + 1, ${to * rows}) n`;
  const at = "now() - n * interval '1 minute'";
  await client.query(
    `insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, total_rows, counts, created_at, started_at, finished_at)
     select 'job_' || 10000000 - n, case when n % 2 = 0 then 'tag' else 'retrieve' end, 'camp_' || n % 200, 'bench.csv', 'sha256:' || n, '{}', 'bench', 'done', 100, '{}', ${at}, ${at}, ${at} ${each(1)}`,
  );
  await client.query(
    `insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, page_limit) select 'job_' || 10000000 - n, 'camp_' || n % 200, n, n, 1000 ${each(1)} where n % 2 = 1`,
  );
  await client.query(
    `insert into outdial.outbox (event_id, endpoint, subject, type, body, status, attempts, created_at, delivered_at)
     select 'evt_' || n, 'bi', 'call_' || n, 'DISPOSITION_ASSIGNED', repeat('x', 340), 'delivered', 1, ${at}, ${at} ${each(4)}`,
  );
  await client.query(
    `insert into outdial.delivered_counts as c values ('bi', ${(to - from) * 4}) on conflict (endpoint) do update set delivered = c.delivered + excluded.delivered`,
  );
  await client.query(
    `insert into outdial.inbound_events (channel, event_id, type, occurred_at, received_at, body, status, attempts, settled_at)
     select 'dialer', 'evt_' || n, 'call.ended', ${at}, ${at}, repeat('x', 200), 'done', 1, ${at} ${each(1)}`,
  );
  if (from === 0) {
    await client.query(
      `insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, counts, created_at)
       select 'job_open_' || n, 'tag', 'camp_rare', 'bench.csv', 'sha256:open' || n, '{}', 'bench', (array['running', 'stopped', 'partly_failed', 'ready'])[n], '{}', now() from generate_series(1, 4) n`,
    );
    await client.query(
      `insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, next_attempt_at)
       select 'evt_open_' || n, 'bi', 'call_open_' || n, 'DISPOSITION_ASSIGNED', repeat('x', 340), case when n > 90 then 'dead' else 'pending' end, now(), case when n > 90 then null else now() end from generate_series(1, 100) n`,
    );
    await client.query(
      `insert into outdial.inbound_events (channel, event_id, type, occurred_at, received_at, body, next_attempt_at)
       select 'dialer', 'evt_open_' || n, 'call.ended', now(), now(), '{}', now() from generate_series(1, 100) n`,
    );
  }
  for (let n = from; n < to; n += 2_000)
    await store.audit.append(
      Array.from({ length: Math.min(2_000, to - n) }, (_, i) => ({
        actor: "bench",
        action: "disposition.assign",
        subject: `call_${n + i}`,
        job: `job_${n}`,
        details: { campaign: "camp_1", code: "SALE", result: "tagged", statusCode: 200, latencyMs: 100 },
      })),
    );
  await client.query("vacuum analyze");
}

const looks: readonly (readonly [what: string, ceiling: number, look: () => Promise<unknown>])[] = [
  [
    "jobs left behind, each 5 s on each replica",
    100,
    () => store.jobs.listJobs({ kinds: ["tag"], status: ["ready", "running", "stopped"], limit: 100 }),
  ],
  ["gauge of open jobs", 100, () => store.health.openJobs()],
  ["/attention: events by receiver", 50, () => store.outbox.counts()],
  ["gauge of received events", 200, () => store.inbound.counts()],
  ["events about one thing", 50, () => store.outbox.listDeliveries({ subject: "call_100" })],
  [
    "retrievals of one campaign that have not ended",
    100,
    () => store.retrievals.list({ campaignId: "camp_7", status: ["running"], limit: 1 }),
  ],
  ["a page of one campaign's retrievals", 500, () => store.retrievals.list({ campaignId: "camp_7", limit: 20 })],
  ["jobs of a rare status", 100, () => store.jobs.listJobs({ status: ["partly_failed"], limit: 50 })],
  ["audit by an actor who did nothing", 100, () => store.audit.list({ actor: "nobody" })],
  ["audit by an action that there was not", 100, () => store.audit.list({ action: "nothing" })],
  ["audit by a result that there was not", 100, () => store.audit.list({ result: "nothing" })],
  ["audit of one subject", 100, () => store.audit.list({ subject: "call_10" })],
  [
    "a claim of 64 due events",
    1_000,
    async () => {
      const claimed = await store.outbox.claimDue({ endpoint: "bi", limit: 64, by: "bench", claimMs: 60_000 });
      await store.outbox.release(
        "bench",
        claimed.map(({ id }) => id),
      );
    },
  ],
  ["audit verify --new, a day's thousandth behind it", 500, () => store.audit.verify({ resumes: true })],
];
const read = looks.map((): number[] => []);
const whole: number[] = [];
for (const [i, size] of SIZES.entries()) {
  await fill(SIZES[i - 1] ?? 0, size);
  const begun = performance.now();
  const verdict = await store.audit.verify({ by: "bench" });
  if (!verdict.ok) throw new Error(verdict.message);
  whole.push((performance.now() - begun) / verdict.size);
  await store.audit.append(Array.from({ length: 100 }, (_, n) => ({ actor: "bench", action: "tested", subject: `new_${n}` })));
  for (const [n, [, , look]] of looks.entries()) read[n]?.push(await blocks(look));
}
for (const [n, [what, ceiling]] of looks.entries()) line(what, "blocks", SIZES, read[n] ?? [], ceiling);
line(
  "audit verify, all: µs an entry (not judged)",
  "µs",
  SIZES,
  whole.map((ms) => ms * 1_000),
  Number.POSITIVE_INFINITY,
);

// 3. Appending single entries: commits for them, by how many write at once.

const WRITERS = [1, 8, 100] as const;
const EACH = sized(50, 3);
const commits: number[] = [];
const perSecond: number[] = [];
for (const writers of WRITERS) {
  const before = await number("select count(*) as n from outdial.audit_checkpoints");
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < EACH; n++) await store.audit.append([{ actor: "bench", action: "tested", subject: `w${writer}_${n}` }]);
    }),
  );
  perSecond.push((writers * EACH) / ((performance.now() - begun) / 1000));
  commits.push((writers * EACH) / ((await number("select count(*) as n from outdial.audit_checkpoints")) - before));
}
line("audit entries a commit, 8 writers that wait for each", "entries", [8], commits.slice(1, 2), 6, true);
line("audit entries a commit, 100 writers that wait for each", "entries", [100], commits.slice(2), 80, true);
line("audit entries a second by 1, 8, 100 writers (not judged)", "a second", WRITERS, perSecond, 0, true);

// 4. Claims behind one subject, and the first claim after a replay.

const behind: number[] = [];
const HELD = [sized(500, 50), sized(2_000, 100), sized(8_000, 200)] as const;
for (const [i, held] of HELD.entries()) {
  await client.query(
    `insert into outdial.outbox (event_id, endpoint, subject, type, body, created_at, next_attempt_at)
     select 'evt_held_' || n, 'held', 'one', 'DISPOSITION_ASSIGNED', '{}', now(), now() from generate_series(${HELD[i - 1] ?? 0} + 1, ${held}) n`,
  );
  behind.push(await blocks(() => store.outbox.claimDue({ endpoint: "held", limit: 64, by: `bench ${held}`, claimMs: 1 })));
}
line("a claim while all events are behind one subject", "blocks", HELD, behind, 1_000);
const REPLAYED = [sized(1_000, 50), sized(10_000, 100), sized(100_000, 200)] as const;
const first: number[] = [];
for (const count of REPLAYED) {
  const endpoint = `replayed-${count}`;
  await client.query(
    `insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at)
     select 'evt_${count}_' || n, '${endpoint}', 'call_${count}_' || n, 'DISPOSITION_ASSIGNED', '{}', 'dead', now() from generate_series(1, ${count}) n`,
  );
  await store.outbox.replay({ endpoint });
  first.push(await blocks(() => store.outbox.claimDue({ endpoint, limit: 64, by: "bench", claimMs: 60_000 })));
}
line("first claim of 64 events after a replay", "blocks", REPLAYED, first, 2_000);

// 5. Delivery: how many requests are open at once to a receiver that takes its time.

const OPEN = 128;
await client.query("delete from outdial.outbox");
await client.query(
  `insert into outdial.outbox (event_id, endpoint, subject, type, body, created_at, next_attempt_at)
   select 'evt_slow_' || n, 'slow', 'call_slow_' || n, 'DISPOSITION_ASSIGNED', '{}', now(), now() from generate_series(1, ${OPEN * 4}) n`,
);
let open = 0;
let most = 0;
const worker = createDeliveryWorker({
  outbox: store.outbox,
  switches: store.endpoints,
  endpoints: {
    slow: {
      url: "http://127.0.0.1:1/",
      secret: `whsec_${Buffer.from("a secret of the bench, 24 byte").toString("base64")}`,
      concurrency: OPEN,
    },
  },
  clock,
  random: createRandom(1, "bench"),
  members: { id: "bench", isDead: () => Promise.resolve(false), isTrusted: () => true },
  fetch: async () => {
    open += 1;
    most = Math.max(most, open);
    await setTimeout(100);
    open -= 1;
    return new Response(null, { status: 204 });
  },
});
const delivering = performance.now();
const { delivered } = await worker.drain();
const seconds = (performance.now() - delivering) / 1000;
await worker.stop();
if (delivered !== OPEN * 4) throw new Error(`${delivered} of ${OPEN * 4} events were delivered`);
line(`requests open at once to a receiver with concurrency ${OPEN}`, "requests", [OPEN], [most], 100, true);
line("events a second, 100 ms each (not judged)", "a second", [OPEN], [delivered / seconds], 0, true);

// 6. Repeated pulls of the same hour: rows of the lake written for each call.

const CALLS = [sized(1_000, 40), sized(2_000, 80), sized(4_000, 160)] as const;
const PULLS = sized(20, 2);
const landed: number[] = [];
{
  await using pulls = new AsyncDisposableStack();
  const own = pulls.use(await benchFolder());
  const { campaigns, ...world } = defaultScenario();
  const [made] = campaigns;
  if (made === undefined) throw new Error("the sandbox's world has no campaign");
  const names = CALLS.map((count) => `camp_${count}`);
  const sandbox = createSandbox({
    scenario: {
      ...world,
      limits: "off",
      campaigns: [...campaigns, ...names.map((id) => ({ ...made, id, name: id }))],
      generateCalls: CALLS.map((count) => ({ campaignId: `camp_${count}`, count, days: 1, prefix: `c${count}_`, digits: 7 })),
    },
  });
  pulls.defer(() => sandbox.close());
  const { url } = await sandbox.listen();
  const { outcomes } = pulls.use(
    await openOutdial({
      makeStore: true,
      tenantUrl: url,
      credentials: sandbox.ready,
      dir: own.path,
      limits: "off",
      actor: "bench",
      environment: {},
    }),
  );
  const beside = await openStore({ dir: own.path, clock });
  pulls.defer(() => beside.close());
  const database = new pg.Client({ connectionString: beside.url });
  await database.connect();
  pulls.defer(() => database.end());
  const to = Date.now();
  for (const campaignId of names) {
    let calls: number | null = 0;
    for (let n = 0; n < PULLS; n++) ({ calls } = await outcomes.pull({ campaignId, from: to - DAY, to }));
    const { rows } = await database.query<{ n: string }>("select sum(rows) as n from outdial.lake_files where campaign_id = $1", [
      campaignId,
    ]);
    landed.push(Number(rows[0]?.n) / (calls ?? Number.NaN));
  }
}
line(`rows of the lake written for each call, ${PULLS} pulls of it, with merges`, "rows", CALLS, landed, 3);

const above = lines.filter(({ holds }) => !holds).length;
process.stdout.write(`${JSON.stringify({ ratio: above, below: 1, sizes: SIZES, lines })}\n`);
