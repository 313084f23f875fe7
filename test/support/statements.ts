// Every statement that the product sends during a run of the tests is explained by the server at its end: none may read a table that grows from one end
// to the other. Indexes alone are looked at, not sizes: a plan that has to read the whole although it was told not to has nothing better.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

/** Name of the environment variable with the folder in which the processes of a run note what they sent. */
const FOLDER = "OUTDIAL_TEST_STATEMENTS";
const KINDS = /^\s*(select|with|update|insert|delete)\b/i;

/** Tables that grow with calls, jobs and time; all others have a row for each campaign, receiver, person or change. */
const GROWS = new Set(
  `job_items job_conflicts job_chunks jobs interaction_changes retrievals retrieval_windows crm_push_refusals crm_announcements
   outbox delivery_attempts inbound_events attempts raw_outcomes consents revocations revocation_acks suppressions suppression_lifts
   lifted_suppressions relationships disconnections line_types reassigned_queries registry_blocks lake_files
   crm_acknowledged crm_refused audit audit_jobs audit_checkpoints audit_nodes metric_readings handover_holds idempotency_keys`.split(
    /\s+/,
  ),
);

/** Indexes of the few rows that wait or were given up. */
const SMALL = new Set(["outbox_due", "outbox_order", "outbox_dead", "inbound_due", "inbound_aside"]);

/** What may read a growing table whole: a part of the statement, and why. */
const MAY: readonly (readonly [part: string, why: string])[] = [
  ["strpos(lower(concat_ws(", "a person searches all of the audit log for a text"],
  ["select id from outdial.outbox where status = $1 and ($2", "a person has events sent again, as many as that are"],
  [
    "as acknowledgements\n",
    "opt-outs are gone through for those that a system has not acknowledged; there is one for each person who said so",
  ],
  ["facts-of-numbers", "the numbers asked for lead where there are rows; a table without any is as quickly read whole"],
  [
    "from outdial.crm_announcements where run_id = j.id",
    "a person pushes to the CRM, and what was never announced is looked for",
  ],
  ["select id, event_id as", "a person looks for deliveries of one kind or receiver; what was delivered is kept for a week"],
];

/** Notes what this process sends from now on. */
export function noteStatements(): void {
  const folder = process.env[FOLDER];
  if (folder === undefined) return;
  const file = join(folder, `${process.pid}.ndjson`);
  const seen = new Set<string>();
  // oxlint-disable-next-line typescript/unbound-method -- called with the client that it is asked of
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function noted(this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    const sent = typeof first === "object" && first !== null && "text" in first ? String(first.text) : String(first);
    const name = typeof first === "object" && first !== null && "name" in first ? `/* ${String(first.name)} */ ` : "";
    const text = name + sent;
    const values = typeof first === "object" && first !== null && "values" in first ? first.values : args[1];
    const given = Array.isArray(values) ? values : [];
    // A condition such as "$1 is null or …" falls away by the value.
    const key = `${text} ${given.map((one) => (one === null || one === undefined ? 0 : 1)).join("")}`;
    // An import of a registry has a table of its own until the switch, which it reads whole.
    if (KINDS.test(sent) && !/\bregistry_(blocks|changes)_\d/.test(sent) && text.includes("outdial.") && !seen.has(key)) {
      seen.add(key);
      const from = new Error("sent").stack?.split("\n").find((line) => /\/src\//.test(line));
      if (from !== undefined)
        appendFileSync(
          file,
          `${JSON.stringify({ text, key, values: given.map(kept), from: from.replace(/^.*\/src\//, "src/").replace(/\)$/, "") })}\n`,
        );
    }
    return Reflect.apply(query, this, args);
  };
}

/** A value as JSON keeps it. */
const kept = (value: unknown): unknown =>
  Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : typeof value === "bigint" ? String(value) : (value ?? null);

export function keepStatements(dir: string): void {
  process.env[FOLDER] = join(dir, "statements");
  mkdirSync(process.env[FOLDER], { recursive: true });
}

interface Sent {
  readonly text: string;
  readonly key: string;
  readonly values: unknown[];
  readonly from: string;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Refuses what reads a growing table whole. @param url a database with the store's tables, without rows */
export async function refuseWholeReads(url: string): Promise<void> {
  const folder = process.env[FOLDER];
  if (folder === undefined || !existsSync(folder)) return;
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean));
  const sent = new Map(lines.map((line) => JSON.parse(line) as Sent).map((one) => [one.key, one]));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const found: string[] = [];
  try {
    // Whether there is an index is asked, not what suits tables without rows.
    for (const way of ["seqscan", "hashjoin", "mergejoin", "material", "memoize"]) await client.query(`set enable_${way} = off`);
    for (const { text, from, values } of sent.values()) {
      if (MAY.some(([part]) => text.includes(part))) continue;
      for (const table of await readWhole(client, text, values).catch((thrown: unknown) => [`${String(thrown)}: what`]))
        found.push(`${table} is read whole by ${from}:\n${text}`);
    }
  } finally {
    await client.end();
  }
  if (found.length > 0)
    throw new Error(
      `${found.length} of ${sent.size} statements read a table that grows, or could not be explained:\n\n${found.join("\n\n")}`,
    );
}

/** The first elements of an array: the server guesses by their number what suits, and a batch of any size is to have an index. */
function few(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, FEW);
  if (typeof value !== "string") return value;
  if (/^\{[^"{}]*\}$/.test(value)) return `{${value.slice(1, -1).split(",").slice(0, FEW).join(",")}}`;
  return value.split("\x1e").slice(0, FEW).join("\x1e");
}
const FEW = 4;

/** Growing tables that a statement reads whole although it may take each index that there is. */
async function readWhole(client: pg.Client, text: string, values: unknown[]): Promise<readonly string[]> {
  await client.query("begin");
  try {
    for (;;) {
      const { rows } = await client.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
        `explain (format json) ${text}`,
        values.map(few),
      );
      const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
      if (plan === undefined) throw new Error("no plan");
      const whole = wholeIn(plan, false);
      const indexes = whole.flatMap(({ index }) => index ?? []);
      if (whole.length > indexes.length || whole.length === 0)
        return whole.flatMap(({ table, index }) => (index === undefined ? table : []));
      // Another index may serve: without rows, the server takes any.
      for (const index of new Set(indexes)) await withoutIndex(client, index);
    }
  } finally {
    await client.query("rollback");
  }
}

async function withoutIndex(client: pg.Client, index: string): Promise<void> {
  const { rows } = await client.query<{ table: string }>(
    "select conrelid::regclass::text as table from pg_constraint where conindid = $1::regclass and contype in ('p', 'u')",
    [`outdial.${index}`],
  );
  const [constraint] = rows;
  await client.query(
    constraint === undefined
      ? `drop index outdial.${index} cascade`
      : `alter table ${constraint.table} drop constraint ${index} cascade`,
  );
}

interface Whole {
  readonly table: string;
  /** The index along which it is read; undefined without one. */
  readonly index: string | undefined;
}

/** Growing tables that a plan reads from one end to the other. @param isLimited as many rows as are wanted end it */
function wholeIn(node: PlanNode, isLimited: boolean): Whole[] {
  const type = node["Node Type"];
  const [table, index] = [node["Relation Name"] ?? "", node["Index Name"]];
  const isIndex = /^Index (Only )?Scan$/.test(type) && node["Index Cond"] === undefined && !SMALL.has(index ?? "");
  const isWhole = type === "Seq Scan" || (isIndex && !(isLimited && node.Filter === undefined));
  const goesOn = !["Sort", "Aggregate", "Hash", "Unique", "WindowAgg"].includes(type);
  return [
    ...(isWhole && GROWS.has(table) ? [{ table, index }] : []),
    ...(node.Plans ?? []).flatMap((one) => wholeIn(one, type === "Limit" || (isLimited && goesOn))),
  ];
}
