// Reads of the API under 50 parallel clients with 1,000,000 rows in the ledger, against a bare hono route that answers with as many bytes.

import { Hono } from "hono";
import pg from "pg";
import { median, rounded, sized } from "./support.ts";
import { openBenchService, serveBare, startClients } from "./support-service.ts";

const ROWS = sized(1_000_000, 2000);
const JOBS = 20;
const CLIENTS = 50;
const REQUESTS = sized(3000, 100);
const ROUNDS = sized(3, 1);
const RESULT = "case when line % 50 = 0 then 'locked' when line % 97 = 0 then 'refused' else 'tagged' end";

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly failed: number;
}

const jobId = (n: number) => `job_bench_${String(n).padStart(3, "0")}`;

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let n = 0; n < JOBS; n++) {
      await client.query(
        `insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, total_rows, counts, created_at,
           started_at, finished_at)
         values ($1, 'tag', 'camp_primary_001', 'bench.csv', $2, '{}', 'bench', 'partly_failed', $3, $4, now(), now(), now())`,
        [jobId(n), `sha256:${n}`, ROWS / JOBS, { tagged: ROWS / JOBS }],
      );
      await client.query(
        `insert into outdial.job_items (job_id, line, call_id, result, status_code, attempts, latency_ms, finished_at)
         select $1, line, 'call_' || line, ${RESULT}, 200, 1, 12.5, now() from generate_series(1, $2::int) as line`,
        [jobId(n), ROWS / JOBS],
      );
    }
    await client.query("analyze outdial.jobs, outdial.job_items");
  } finally {
    await client.end();
  }
}

await using opened = await openBenchService();
const { service, token } = opened;
await fill(service.store.url);
const paths = Array.from({ length: JOBS }, (_, n) => [
  "/api/v1/jobs?limit=20",
  `/api/v1/jobs/${jobId(n)}`,
  `/api/v1/jobs/${jobId(n)}/rows?result=refused&limit=50`,
  `/api/v1/jobs/${jobId(n)}/rows?limit=50`,
]).flat();
const bodies = await Promise.all(
  paths.slice(0, 4).map(async (path) => {
    const reply = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.text();
  }),
);
const app = new Hono();
app.get("/bare/:n", (c) => c.body(bodies[Number(c.req.param("n"))] ?? ""));
await using bare = await serveBare(app);
using clients = startClients();
const common = { kind: "read", token, clients: CLIENTS, count: REQUESTS } as const;
const api: Times[] = [];
const plain: Times[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const one = await clients.run<Times>({ ...common, origin: bare.origin, paths: bodies.map((_, n) => `/bare/${n}`) });
  const other = await clients.run<Times>({ ...common, origin: service.url, paths });
  if (other.failed > 0) throw new Error(`${other.failed} reads failed`);
  // The first round warms both up.
  if (round > 0) {
    plain.push(one);
    api.push(other);
  }
}
const of = (times: readonly Times[], pick: (one: Times) => number) => median(times.map(pick));
process.stdout.write(
  `${JSON.stringify({
    p99Ratio: rounded(of(api, ({ p99 }) => p99) / of(plain, ({ p99 }) => p99), 2),
    apiP99Ms: rounded(
      of(api, ({ p99 }) => p99),
      1,
    ),
    apiP50Ms: rounded(
      of(api, ({ p50 }) => p50),
      1,
    ),
    bareP99Ms: rounded(
      of(plain, ({ p99 }) => p99),
      1,
    ),
    apiPerSecond: rounded(
      of(api, ({ perSecond }) => perSecond),
      0,
    ),
    barePerSecond: rounded(
      of(plain, ({ perSecond }) => perSecond),
      0,
    ),
    clients: CLIENTS,
    rows: ROWS,
  })}\n`,
);
