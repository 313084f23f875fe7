// The service with 1,000 campaigns at the documented limits, two services on one database: what the background takes of the tenant's
// budget, how many requests it takes to show one campaign that somebody opens, and how long the API takes while another client has used the budget up,
// against a bare hono route that answers with as many bytes: of what the pages read mixed, and of each read by itself. 50,000 jobs are in the store.
// And how long a service that begins with 200 campaigns on five lists takes, and with 1,000 on fifty, on both profiles, and with how many requests, until
// their calling windows are known. It is told first, on stderr.

import { Hono } from "hono";
import { median, rounded, sized } from "./support.ts";
import { fillJobs, openBenchWorld, serveBare, startClients } from "./support-service.ts";

const CAMPAIGNS = sized(1000, 20);
const WATCHED_MS = sized(60_000, 1);
const CLIENTS = 5;
const REQUESTS = sized(600, 20);
const OF_EACH = sized(200, 10);
const JOBS = sized(50_000, 50);
const ROUNDS = sized(3, 1);
const FEW = { campaigns: sized(200, 8), lists: sized(5, 2) };
const MANY = { campaigns: sized(1000, 12), lists: sized(50, 3) };
/** It is waited for so long at most until all is known, s. */
const LONGEST_S = 1200;
/** So often another client tries to take what is left of the budget, ms. */
const TAKEN_MS = 100;

const CONFIGURATION = {
  dialerConfig: {
    type: "predictive" as const,
    predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 5, callRate: 1, abandonmentThreshold: 0.03 },
  },
  complianceConfig: {
    timeZone: "America/New_York",
    dialingRules: { startTime: "10:00:00", endTime: "20:00:00", allowedDays: ["Monday" as const] },
  },
};

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly failed: number;
}

const idOf = (n: number) => `camp_${String(n).padStart(4, "0")}`;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const known: Awaited<ReturnType<typeof knownAfter>>[] = [];
for (const size of [FEW, MANY])
  for (const given of [
    { profile: "rest", isWhole: true },
    { profile: "rest", isWhole: false },
    { profile: "acd", isWhole: true },
  ] as const) {
    known.push(await knownAfter({ ...size, ...given }));
    process.stderr.write(`${JSON.stringify(known.at(-1))}\n`);
  }

await using stack = new AsyncDisposableStack();
const world = stack.use(
  await openBenchWorld({
    scenario: {
      campaigns: Array.from({ length: CAMPAIGNS }, (_, n) => ({
        id: idOf(n),
        name: `Campaign ${n}`,
        status: n % 3 === 0 ? ("paused" as const) : ("active" as const),
        contactListId: "list_1",
      })),
      contactLists: [{ id: "list_1", generate: { count: 200, consentRate: 0.5, zones: ["America/New_York"] } }],
    },
  }),
);
const service = stack.use(await world.open({}));
const second = stack.use(await world.beside());
await fillJobs(service.store.url, JOBS);
const { token } = await service.store.access.addToken({ name: "bench", role: "viewer", expiresAt: null, by: "bench" });
const asked = async (origin: string, path: string) => {
  const reply = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.text();
};
for (;;) {
  const { items } = JSON.parse(await asked(service.url, "/api/v1/campaigns")) as { items: unknown[] };
  if (items.length === CAMPAIGNS) break;
  await sleep(500);
}

// What the background takes while somebody has the list and one campaign open, at each of the two.
const { control } = world.sandbox;
const opened = idOf(CAMPAIGNS / 2);
const since = control.requests({ limit: 1 })[0]?.seq ?? 0;
const begun = performance.now();
for (; performance.now() - begun < WATCHED_MS; await sleep(sized(5000, 1)))
  for (const { url } of [service, second]) {
    await asked(url, "/api/v1/campaigns");
    await asked(url, `/api/v1/campaigns/${opened}`);
  }
const minutes = (performance.now() - begun) / 60_000;
const sent = control.requests({ since, limit: 100_000 });
const perMinute = Object.fromEntries(
  [...Map.groupBy(sent, ({ operation }) => operation ?? "none")].map(([operation, all]) => [
    operation,
    rounded(all.length / minutes, 1),
  ]),
);
const ofOpened = sent.filter(({ path }) => path.includes(opened));
const refused = sent.filter(({ status }) => status === 429).length;

// Another client takes whatever the budget gives.
const { ready, tokenPath } = world.sandbox;
const { tenantUrl } = world;
const granted = await fetch(`${tenantUrl}${tokenPath}`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ grant_type: "client_credentials", client_id: ready.clientId, client_secret: ready.clientSecret }),
});
if (!granted.ok) throw new Error(`no token: ${granted.status} ${await granted.text()}`);
const { access_token: foreign } = (await granted.json()) as { access_token: string };
const enough = new AbortController();
// Whatever the service asks of a campaign; a watch that was short has not asked yet.
const askedOfOne = () =>
  ofOpened[0]?.path ?? control.requests({ limit: 100_000 }).find(({ path }) => path.includes("camp_"))?.path;
let taking = askedOfOne();
for (; taking === undefined; taking = askedOfOne()) await sleep(50);
const taken = { passed: 0, refused: 0 };
const takes = (async () => {
  while (!enough.signal.aborted) {
    const reply = await fetch(`${tenantUrl}${taking}`, {
      headers: { authorization: `Bearer ${foreign}` },
    });
    await reply.body?.cancel();
    taken[reply.status === 429 ? "refused" : "passed"] += 1;
    if (reply.status === 429) await sleep(TAKEN_MS);
  }
})();
while (taken.refused < 5) await sleep(50);
const some = (path: (n: number) => string) => Array.from({ length: 50 }, (_, n) => path((n * 20) % CAMPAIGNS));
const READS = {
  campaigns: some(() => "/api/v1/campaigns"),
  campaign: some((n) => `/api/v1/campaigns/${idOf(n)}`),
  attention: some(() => "/api/v1/attention"),
  jobs: some(() => "/api/v1/jobs?limit=20"),
  outcomes: some(() => "/api/v1/outcomes/retrievals"),
  schedules: some(() => "/api/v1/outcomes/schedules"),
  abandonment: some((n) => `/api/v1/compliance/abandonment?campaign=${idOf(n)}`),
  rules: some(() => "/api/v1/compliance/pack/freshness"),
  dialer: some(() => "/api/v1/dialer"),
} as const;
const names = Object.keys(READS) as (keyof typeof READS)[];
const paths = Array.from({ length: 50 }, (_, n) => names.map((name) => READS[name][n] ?? "")).flat();
const bodies = await Promise.all(paths.slice(0, names.length).map((path) => asked(service.url, path)));
const app = new Hono();
app.get("/bare/:n", (c) => c.body(bodies[Number(c.req.param("n"))] ?? ""));
await using bare = await serveBare(app);
using clients = startClients();
const common = { kind: "read", token, clients: CLIENTS, count: REQUESTS } as const;
const api: Times[] = [];
const plain: Times[] = [];
const ofEach = new Map(names.map((name) => [name, [] as Times[]]));
for (let round = 0; round <= ROUNDS; round++) {
  const one = await clients.run<Times>({ ...common, origin: bare.origin, paths: bodies.map((_, n) => `/bare/${n}`) });
  const other = await clients.run<Times>({ ...common, origin: service.url, paths });
  if (other.failed > 0) throw new Error(`${other.failed} reads failed`);
  for (const name of names) {
    const each = await clients.run<Times>({ ...common, count: OF_EACH, origin: service.url, paths: READS[name] });
    if (each.failed > 0) throw new Error(`${each.failed} reads of ${name} failed`);
    if (round > 0) ofEach.get(name)?.push(each);
  }
  if (round > 0) {
    plain.push(one);
    api.push(other);
  }
}
enough.abort();
await takes;
const of = (times: readonly Times[], pick: (one: Times) => number) => rounded(median(times.map(pick)), 1);
process.stdout.write(
  `${JSON.stringify({
    p99Ratio: rounded(of(api, ({ p99 }) => p99) / of(plain, ({ p99 }) => p99), 2),
    apiP99Ms: of(api, ({ p99 }) => p99),
    apiP50Ms: of(api, ({ p50 }) => p50),
    bareP99Ms: of(plain, ({ p99 }) => p99),
    p99MsOf: Object.fromEntries([...ofEach].map(([name, times]) => [name, of(times, ({ p99 }) => p99)])),
    wholeListBytes: bodies[0]?.length,
    perMinute,
    openedCampaign: Object.fromEntries(
      [...Map.groupBy(ofOpened, ({ operation }) => operation ?? "none")].map(([name, all]) => [name, all.length]),
    ),
    watchedMinutes: rounded(minutes, 2),
    refused,
    taken,
    known,
  })}\n`,
);

interface Begun {
  readonly campaigns: number;
  readonly lists: number;
  readonly profile: "rest" | "acd";
  /** Whether the tenant's list of campaigns tells their configuration; else the windows are made by the rules alone first. */
  readonly isWhole: boolean;
}

/**
 * How long it takes until calling windows of all campaigns of a new tenant are known, also by the rules alone, and the requests of that time. The time of the
 * processor, of service and sandbox together, tells how much of it other programs took.
 */
async function knownAfter({ campaigns, lists, profile, isWhole }: Begun) {
  const scenario = {
    campaigns: Array.from({ length: campaigns }, (_, n) => ({
      id: idOf(n),
      name: `Campaign ${n}`,
      status: "active" as const,
      contactListId: `list_${n % lists}`,
      ...(isWhole ? CONFIGURATION : {}),
    })),
    contactLists: Array.from({ length: lists }, (_, n) => ({
      id: `list_${n}`,
      generate: { count: 200, consentRate: 0.5, zones: ["America/New_York"] },
    })),
  };
  await using fresh = await openBenchWorld({ scenario }, profile);
  const begin = performance.now();
  const seconds = () => rounded((performance.now() - begin) / 1000, 0);
  const before = process.cpuUsage();
  await using begun = await fresh.open({});
  const { token: own } = await begun.store.access.addToken({ name: "bench", role: "viewer", expiresAt: null, by: "bench" });
  const read = async (path: string) =>
    (await fetch(`${begun.url}${path}`, { headers: { authorization: `Bearer ${own}` } })).json();
  let looked = 0;
  while (looked < campaigns && seconds() < LONGEST_S) {
    await sleep(500);
    const { items } = (await read("/api/v1/campaigns")) as { items: readonly { known: { windows: { at: string | null } } }[] };
    looked = items.filter(({ known: { windows } }) => windows.at !== null).length;
  }
  const windows = seconds();
  // And until what needs attention lacks nothing: also the figures, and the windows of contacts further down the lists.
  let attention = { covers: { known: 0, of: 0 }, missing: [] as unknown };
  do {
    if (attention.covers.of > 0) await sleep(500);
    attention = ((await read("/api/v1/attention")) as { known: typeof attention }).known;
  } while (attention.covers.known < campaigns && campaigns === FEW.campaigns && seconds() < LONGEST_S);
  const all = fresh.sandbox.control.requests({ limit: 100_000 });
  const nameOf = (one: (typeof all)[number]) => one.operation ?? one.path.replace(/\/\d+/g, "/N");
  const requests = Object.fromEntries([...Map.groupBy(all, nameOf)].map(([name, of]) => [name, of.length]));
  const { user, system } = process.cpuUsage(before);
  const processorSeconds = rounded((user + system) / 1e6, 0);
  const { covers, missing } = attention;
  return {
    campaigns,
    lists,
    profile,
    isWhole,
    looked,
    seconds: windows,
    attention: { seconds: seconds(), ...covers, missing },
    processorSeconds,
    sent: all.length,
    requests,
  };
}
