// What is asked often stays quick whatever was kept before: each statement that polls, gauges or pages is taken as the product sends it and explained by
// the server over tables that were filled by SQL. None reads a table that grows from one end to the other.

import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { scaled } from "../../support/scale.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

const JOBS = scaled(1_000_000, 60_000);
const EVENTS = scaled(1_000_000, 60_000);

let world: TestStore;
let client: pg.Client;

beforeAll(async () => {
  world = await openTestStore();
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
  const kinds = "(array['tag', 'retrieve', 'push', 'dispositions'])[1 + n % 4]";
  const now = `to_timestamp(${world.clock.now() / 1000})`;
  await client.query(`set session_replication_role = replica;
    insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, counts, created_at, finished_at)
      select 'job_' || lpad(n::text, 9, '0'), ${kinds}, 'camp_' || n % 200, 'calls.csv', md5(n::text), '{}', 'ops', case when n % 100 = 0 then 'partly_failed' else 'done' end,
        '{"tagged": 500}', ${now} - (${JOBS} - n) * interval '30 seconds', ${now} from generate_series(1, ${JOBS}) n;
    update outdial.jobs set status = (array['ready', 'running', 'stopped', 'cancelled', 'failed'])[1 + abs(hashtext(id)) % 5], finished_at = null
      where id in (select 'job_' || lpad((n * ${Math.floor(JOBS / 20)})::text, 9, '0') from generate_series(1, 20) n);
    insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, page_limit)
      select id, campaign_id, 1, 2, 100 from outdial.jobs where kind = 'retrieve';
    insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, next_attempt_at, delivered_at)
      select 'e' || n, (array['bi', 'crm', 'data-lake'])[1 + n % 3], 'call_' || n, 'DISPOSITION_ASSIGNED', repeat('x', 400),
        case when n % ${Math.floor(EVENTS / 30)} = 0 then 'pending' when n % ${Math.floor(EVENTS / 20)} = 1 then 'dead' else 'delivered' end,
        ${now} - (${EVENTS} - n) * interval '1 second', ${now}, ${now} from generate_series(1, ${EVENTS}) n;
    insert into outdial.delivered_counts select endpoint, count(*) from outdial.outbox where status = 'delivered' group by endpoint;
    insert into outdial.inbound_events (channel, event_id, type, occurred_at, received_at, body, status, next_attempt_at, settled_at)
      select 'dialer', 'i' || n, 'x', ${now}, ${now}, '{}', 'done', ${now}, ${now} from generate_series(1, ${EVENTS}) n`);
  await client.query("vacuum analyze");
}, 240_000);
afterAll(async () => {
  await client.end();
  await world.dispose();
});

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

/** The statements that reading something sends, as they are. */
async function statementsOf(ask: () => Promise<unknown>): Promise<readonly { text: string; values: unknown[] }[]> {
  const query = vi.spyOn(pg.Client.prototype, "query");
  await ask();
  const sent = query.mock.calls.map(([statement, values]: readonly unknown[]) =>
    typeof statement === "object" && statement !== null && "text" in statement
      ? { text: String(statement.text), values: "values" in statement && Array.isArray(statement.values) ? statement.values : [] }
      : { text: String(statement), values: Array.isArray(values) ? values : [] },
  );
  query.mockRestore();
  return sent.filter(({ text }) => /^\s*(select|with|update|insert|delete)\b/i.test(text));
}

/** Blocks that the server reads for it, and the large tables that it reads whole. */
async function costOf(ask: () => Promise<unknown>): Promise<{ readonly blocks: number; readonly scanned: readonly string[] }> {
  const sent = await statementsOf(ask);
  expect(sent.length).toBeGreaterThan(0);
  let blocks = 0;
  const scanned: string[] = [];
  for (const { text, values } of sent) {
    await client.query("begin");
    const { rows } = await client.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
      `explain (analyze, buffers, format json) ${text}`,
      values,
    );
    await client.query("rollback");
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
    if (plan === undefined) throw new Error(`no plan of ${text}`);
    blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    const look = (node: PlanNode): void => {
      const table = node["Relation Name"];
      if (node["Node Type"] === "Seq Scan" && table !== undefined && large.has(table)) scanned.push(table);
      node.Plans?.forEach(look);
    };
    look(plan);
  }
  return { blocks, scanned };
}

const large = new Set(["jobs", "retrievals", "outbox", "inbound_events"]);

const READS: Readonly<Record<string, { readonly most: number; readonly ask: (store: TestStore["store"]) => Promise<unknown> }>> =
  {
    "the look for jobs left behind": {
      most: 100,
      ask: ({ jobs }) =>
        jobs.listJobs({
          kinds: ["tag", "dispositions", "retrieve", "push"],
          status: ["ready", "running", "stopped"],
          limit: 500,
        }),
    },
    "the gauge of open jobs": { most: 100, ask: ({ health }) => health.openJobs() },
    "jobs that stand still": { most: 100, ask: ({ jobs }) => jobs.standingJobs({ kinds: ["tag", "push"], limit: 200 }) },
    "a page of jobs": { most: 100, ask: ({ jobs }) => jobs.listJobs({ limit: 50 }) },
    "a page of jobs by a rare status": { most: 100, ask: ({ jobs }) => jobs.listJobs({ status: ["cancelled"], limit: 50 }) },
    "a page of jobs by another status": { most: 100, ask: ({ jobs }) => jobs.listJobs({ status: ["partly_failed"], limit: 50 }) },
    // The fifty that wait or were given up lie in as many blocks where the server does not count them in the index alone, as 15 does.
    "the counts of events by receiver, for pages and Needs attention": { most: 60, ask: ({ outbox }) => outbox.counts() },
    "the gauges of events": {
      most: 60,
      ask: ({ outbox }) => outbox.counts({ endpoints: ["mail"], types: ["CAMPAIGN_ACTIVATED"] }),
    },
    "a page of deliveries": { most: 100, ask: ({ outbox }) => outbox.listDeliveries({ newestFirst: true, limit: 50 }) },
    "a claim of due events, with what it writes": {
      most: 200,
      ask: ({ outbox }) => outbox.claimDue({ endpoint: "bi", limit: 8, by: "nobody", claimMs: 1000 }),
    },
    "the gauge of the vendor's events": { most: 50, ask: ({ inbound }) => inbound.counts() },
    "the latest retrievals of a campaign": {
      most: 100,
      ask: ({ retrievals }) => retrievals.list({ campaignId: "camp_1", status: ["ready", "running", "stopped"], limit: 1 }),
    },
    // Twenty with their jobs and windows, a few blocks each, however many the campaign has.
    "a page of a campaign's retrievals": {
      most: 400,
      ask: ({ retrievals }) => retrievals.list({ campaignId: "camp_1", limit: 20 }),
    },
    "a page of all retrievals": { most: 400, ask: ({ retrievals }) => retrievals.list({ limit: 20 }) },
  };

test.each(Object.entries(READS))("%s reads no table that grows whole", async (_, { most, ask }) => {
  const { blocks, scanned } = await costOf(() => ask(world.store));
  expect(scanned).toEqual([]);
  expect(blocks).toBeLessThanOrEqual(most);
});

test("a statement that reads a table whole is seen", async () => {
  const { scanned } = await costOf(() => client.query("select count(body) from outdial.outbox where body like '%y'"));
  expect(scanned).toEqual(["outbox"]);
});
