// The engine of every durable operation: workflows and queues of DBOS on the store's PostgreSQL. No other file uses DBOS, which is a
// singleton of the process.

import { DBOS, DBOSClient, DBOSWorkflowConflictError, type WorkflowStatus } from "@dbos-inc/dbos-sdk";
import pg from "pg";
import { type Ask, asking, asStoreError, QUIET_TRANSACTION_MS, RIGHTS, StoreError } from "../../store/index.ts";

/**
 * Raise it when the order or the meaning of a workflow's steps changes: then jobs under way begin a new run from their ledger.
 */
const WORKFLOW_VERSION = "2";
const NAME = "outdial";
const SCHEMA = "dbos";
/** The version of its tables that this engine works with; the tables of a newer one do as well. */
const SCHEMA_VERSION = 123;

/** Queue of the runs that the services of one scope share; of each partition only one run executes at a time. */
const shared = (scope: string): string => `operations-${scope}`;
/** Queue of the runs that a command line began in its own process, which died; they have no partition. */
const left = (scope: string): string => `left-operations-${scope}`;
/**
 * How often a service polls for runs, ms: shared runs often, because somebody waits for them; left runs less often, because the
 * search for dead processes comes before them anyway.
 */
const POLL_MS = 500;
const LEFT_POLL_MS = 2000;

/** Where errors of the engine itself are logged. */
interface EngineLog {
  warn(message: string): void;
}

/** Does work once: a step that has its result is not done again after a crash. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Does a run of a job. After a crash it is called again, and steps that had ended return their recorded results. */
export type EngineBody = (jobId: string, run: number, step: Step) => Promise<void>;

/**
 * What a run of a kind does, and which processes may do it: only those with the same scope (tenant, credentials, and what else it
 * depends on).
 */
export interface EngineKind {
  readonly scope: string;
  readonly body: EngineBody;
}

const nameOf = (kind: string, scope: string): string => `${kind}@${scope}`;

/** A run of a job: each run is a workflow of its own, started at most once. */
export interface EngineRun {
  readonly kind: string;
  readonly jobId: string;
  readonly run: number;
}

/** The state of a run. */
type EnginePhase = { /** It was put into the queue for any service. */ readonly wasShared: boolean } & (
  | { readonly phase: "none" | "queued" | "ended" }
  | { readonly phase: "running"; readonly executor: string }
);

/** Whether the error says that another process has the run by now. */
export const isTakenAway = (thrown: unknown): boolean => thrown instanceof DBOSWorkflowConflictError;

/** A run under way, as the engine records it. */
export interface RunsUnderWay extends EngineRun {
  readonly executor: string;
  /** False for one of another version of outdial, which no executor of this one takes. */
  readonly current: boolean;
  /** It came through the queue that the services share. */
  readonly shared: boolean;
}

/** What a process can do with runs that others execute. */
export interface EngineDesk {
  /** Puts a run into the queue of a scope for any of its services; one run at a time of a partition executes. */
  enqueue(run: EngineRun, to: { readonly scope: string; readonly partition: string }): Promise<void>;
  phase(run: Omit<EngineRun, "kind">): Promise<EnginePhase>;
  /** Ends a run that no process may continue. */
  cancel(run: EngineRun): Promise<void>;
  close(): Promise<void>;
}

/** The workflow engine as this process uses it. */
export interface RunEngine extends EngineDesk {
  /** Starts a run in this process. */
  startHere(run: EngineRun): Promise<void>;
  /** All runs that a process has taken and not ended, whether the process is alive or not. */
  underWay(): Promise<RunsUnderWay[]>;
  /** Takes runs away from processes that died, for any service to go on with. */
  resume(runs: readonly RunsUnderWay[]): Promise<void>;
  /** Deletes runs that ended before an instant, with their steps. @returns how many */
  forgetEnded(before: Date): Promise<number>;
}

/** The name of a run's workflow. */
export const workflowId = ({ jobId, run }: Omit<EngineRun, "kind">): string => `${jobId}/${run}`;

/** The statement that says whether a workflow `$1` is an executor's `$2` at this moment: for a ledger's own fence. */
export const OWNED = `select from ${SCHEMA}.workflow_status where workflow_uuid = $1 and executor_id = $2 and status = 'PENDING'`;

/**
 * Launches the engine for this process. A second launch in one process waits for the first to be closed by its owner.
 * @param options.executor name of this process among those that share the database
 * @param options.serves true for a service: it takes runs from the queues
 * @param options.kinds what a run of each kind does
 */
export async function launchEngine(options: {
  databaseUrl: string;
  executor: string;
  serves: boolean;
  kinds: Readonly<Record<string, EngineKind>>;
  log: EngineLog;
}): Promise<RunEngine> {
  if (DBOS.isInitialized()) throw new Error("the engine is launched already in this process; close it first");
  // The engine still considers runs under way that a service leaves to another one: its warnings about them are dropped while it
  // closes.
  let isClosing = false;
  const log = quietLog(options.log);
  const warn = (entry: unknown) => {
    if (!isClosing) log.warn(String(entry));
  };
  const pool = poolOf({ ...options, log });
  const scopes = [...new Set(Object.values(options.kinds).map(({ scope }) => scope))];
  DBOS.setConfig({
    name: NAME,
    systemDatabaseUrl: options.databaseUrl,
    systemDatabaseSchemaName: SCHEMA,
    systemDatabasePool: pool,
    executorID: options.executor,
    applicationVersion: WORKFLOW_VERSION,
    listenQueues: options.serves ? scopes.flatMap((scope) => [shared(scope), left(scope)]) : [],
    logger: { info: ignore, debug: ignore, warn, error: warn },
  });
  const workflows = new Map(
    Object.entries(options.kinds).map(([kind, { scope, body }]) => [
      kind,
      {
        scope,
        workflow: DBOS.registerWorkflow(
          (jobId: string, run: number) => body(jobId, run, (name, work) => told(DBOS.runStep(work, { name }))),
          { name: nameOf(kind, scope) },
        ),
      },
    ]),
  );
  const close = async () => {
    isClosing = true;
    await DBOS.shutdown({ deregister: true });
    if (!pool.ended) await pool.end();
  };
  const launched = oneAtATime(pool, async (client) => {
    await makeReady(client);
    await DBOS.launch();
    if (!options.serves) return;
    const settings = { onConflict: "always_update" } as const;
    for (const scope of scopes) {
      await DBOS.registerQueue(shared(scope), { ...settings, minPollingIntervalMs: POLL_MS, partitionConcurrency: 1 });
      await DBOS.registerQueue(left(scope), { ...settings, minPollingIntervalMs: LEFT_POLL_MS });
    }
  });
  // What it has begun would keep the process alive.
  await launched.catch((thrown) => close().then(() => Promise.reject(thrown)));
  const workflowOf = (kind: string) => {
    const workflow = workflows.get(kind);
    if (workflow === undefined) throw new Error(`this process runs no jobs of the kind ${kind}`);
    return workflow;
  };
  return {
    async startHere(run) {
      const start = DBOS.startWorkflow(workflowOf(run.kind).workflow, { workflowID: workflowId(run) });
      const handle = await told(start(run.jobId, run.run));
      // The ledger has how it ended, and the body reports it.
      void handle.getResult().catch(ignore);
    },
    async enqueue(run, { scope, partition }) {
      const start = DBOS.startWorkflow(workflowOf(run.kind).workflow, {
        workflowID: workflowId(run),
        queueName: shared(scope),
        enqueueOptions: { queuePartitionKey: partition },
      });
      await told(start(run.jobId, run.run));
    },
    phase: async (run) => phaseOf(await told(DBOS.getWorkflowStatus(workflowId(run)))),
    async underWay() {
      const found = await told(DBOS.listWorkflows({ status: "PENDING", loadInput: false, loadOutput: false }));
      return found.flatMap(({ workflowID, workflowName, executorId, applicationVersion, queuePartitionKey }) => {
        const at = workflowID.lastIndexOf("/");
        const run = Number(workflowID.slice(at + 1));
        const kind = workflowName.slice(0, workflowName.lastIndexOf("@"));
        // Runs of another scope are left out: this process cannot judge them.
        const known = workflows.get(kind);
        if (at < 0 || !Number.isSafeInteger(run) || known === undefined || nameOf(kind, known.scope) !== workflowName) return [];
        return [
          {
            kind,
            jobId: workflowID.slice(0, at),
            run,
            executor: executorId ?? "",
            current: applicationVersion === WORKFLOW_VERSION,
            shared: queuePartitionKey !== undefined,
          },
        ];
      });
    },
    async resume(runs) {
      const queues = Map.groupBy(runs, (run) => (run.shared ? shared : left)(workflowOf(run.kind).scope));
      for (const [queueName, some] of queues) await told(DBOS.resumeWorkflows(some.map(workflowId), { queueName }));
    },
    cancel: (run) => told(DBOS.cancelWorkflow(workflowId(run))),
    forgetEnded,
    close,
  };
}

/** Connects to the engine without launching it: for a process that gives its runs to services. */
export async function openDesk(options: { readonly databaseUrl: string; readonly log: EngineLog }): Promise<EngineDesk> {
  const log = quietLog(options.log);
  const pool = poolOf({ ...options, log });
  const warn = (entry: unknown) => log.warn(String(entry));
  const client = await DBOSClient.create({
    systemDatabaseUrl: options.databaseUrl,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: SCHEMA,
    applicationName: NAME,
    logger: { info: ignore, debug: ignore, warn, error: warn },
  });
  return {
    async enqueue(run, { scope, partition }) {
      const workflow = { workflowName: nameOf(run.kind, scope), workflowID: workflowId(run), appVersion: WORKFLOW_VERSION };
      await told(client.enqueue({ ...workflow, queueName: shared(scope), queuePartitionKey: partition }, run.jobId, run.run));
    },
    async phase(run) {
      const [found] = await told(client.listWorkflows({ workflowIDs: [workflowId(run)], loadInput: false, loadOutput: false }));
      return phaseOf(found ?? null);
    },
    cancel: (run) => told(client.cancelWorkflow(workflowId(run))),
    async close() {
      await client.destroy();
      if (!pool.ended) await pool.end();
    },
  };
}

/** Runs that are deleted at once. */
const FORGOTTEN_AT_ONCE = 200;

async function forgetEnded(before: Date): Promise<number> {
  for (let forgotten = 0; ; ) {
    const ended = await told(
      DBOS.listWorkflows({
        status: ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        endTime: before.toISOString(),
        completedBefore: before.toISOString(),
        sortDesc: false,
        limit: FORGOTTEN_AT_ONCE,
        loadInput: false,
        loadOutput: false,
      }),
    );
    if (ended.length > 0) await told(DBOS.deleteWorkflows(ended.map(({ workflowID }) => workflowID)));
    forgotten += ended.length;
    if (ended.length < FORGOTTEN_AT_ONCE) return forgotten;
  }
}

function phaseOf(found: WorkflowStatus | null): EnginePhase {
  const wasShared = found?.queuePartitionKey !== undefined;
  if (found === null) return { phase: "none", wasShared };
  if (found.status === "ENQUEUED" || found.status === "DELAYED") return { phase: "queued", wasShared };
  return found.status === "PENDING"
    ? { phase: "running", executor: found.executorId ?? "", wasShared }
    : { phase: "ended", wasShared };
}

/**
 * Waits for a call of the engine. The engine passes on some database errors (no room, no writes) as the driver's errors: they
 * become StoreErrors, so that a job that one of them stopped continues when the trouble is over.
 */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    throw asStoreError(thrown);
  }
}

/** The engine's loops continue while the database does not answer, and log it at each turn. */
function quietLog(log: EngineLog): EngineLog {
  return { warn: sayOnce(log.warn.bind(log), () => performance.now()) };
}

/** A pool of our own: the one DBOS would make sends a statement on each new connection while another is under way. */
function poolOf({ databaseUrl, log }: { readonly databaseUrl: string; readonly log: EngineLog }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 6,
    application_name: `outdial workflows ${process.pid}`,
    idle_in_transaction_session_timeout: QUIET_TRANSACTION_MS,
  });
  pool.on("error", (error) => log.warn(`an idle database connection was lost: ${error.message}`));
  // The pool stops listening when it gives a connection out and when it closes one: a connection lost just then must not end the process.
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

/** "dbos" in ASCII, which PostgreSQL 15 reads in decimals only. */
const LAUNCH_LOCK = String(0x64626f73);

const LAUNCH_LOOK_MS = 50;
const LAUNCH_MOST_MS = 60_000;

/**
 * Launches of several processes on one database wait for each other, because creating DBOS's tables fails when two processes do
 * it at once. They poll for the lock instead of waiting in the server: a statement that waits there would block the creation of
 * an index.
 */
async function oneAtATime(pool: pg.Pool, launch: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await lockHolder(pool);
  try {
    await launch(client);
  } catch (thrown) {
    // The engine wraps the driver's errors.
    const known = asStoreError(thrown instanceof Error && "error" in thrown ? thrown.error : thrown);
    throw known instanceof StoreError ? known : thrown;
  } finally {
    // Closing the connection releases the lock, whether the launch succeeded or not.
    client.release(true);
  }
}

/**
 * The version of the engine's tables in a database, 0 without them and null when the role may not read it, and the one that this
 * engine works with. Changes nothing.
 */
export async function engineSchema(ask: Ask): Promise<{ readonly found: number | null; readonly wanted: number }> {
  const [look] = await ask<{ readable: boolean }>(
    `select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
     from pg_namespace n join pg_class c on c.relnamespace = n.oid where nspname = '${SCHEMA}' and relname = '${VERSIONS}'`,
  );
  if (look === undefined) return { found: 0, wanted: SCHEMA_VERSION };
  if (!look.readable) return { found: null, wanted: SCHEMA_VERSION };
  const [row] = await ask<{ found: number }>(`select coalesce(max(version), 0)::int as found from ${SCHEMA}.${VERSIONS}`);
  return { found: row?.found ?? 0, wanted: SCHEMA_VERSION };
}

const VERSIONS = "dbos_migrations";

/**
 * An administrator may have made the engine's schema for a role that may make none. The engine's first step would ask for that right
 * all the same, so it is recorded as done.
 */
async function makeReady(client: pg.PoolClient): Promise<void> {
  const { found } = await engineSchema(asking(client));
  if (found === null) throw new StoreError("no_rights", `the role may not read ${SCHEMA}.${VERSIONS}`, { advice: RIGHTS });
  if (found > 0) return;
  const { rows } = await client.query<{ here: boolean }>(
    `select exists (select from pg_namespace where nspname = '${SCHEMA}') as here`,
  );
  if (rows[0]?.here !== true) return;
  await client.query(
    `create table ${SCHEMA}.${VERSIONS} (version bigint not null constraint ${VERSIONS}_pkey primary key);
     insert into ${SCHEMA}.${VERSIONS} values (1)`,
  );
}

/** A connection that has the lock. When it is lost during the wait, another one is opened. */
async function lockHolder(pool: pg.Pool): Promise<pg.PoolClient> {
  let client = await pool.connect();
  for (let failures = 0; ; ) {
    try {
      const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${LAUNCH_LOCK}) as mine`);
      if (rows[0]?.mine === true) {
        // A process that is frozen during the launch blocks the others for no longer than this.
        await client.query(`set idle_session_timeout = ${LAUNCH_MOST_MS}`);
        return client;
      }
      failures = 0;
    } catch (thrown) {
      client.release(true);
      failures += 1;
      if (failures > 1) throw thrown;
      client = await pool.connect();
      continue;
    }
    await new Promise((resolve) => setTimeout(resolve, LAUNCH_LOOK_MS));
  }
}

function ignore(): void {}

// Repeated messages, such as those of a loop that cannot reach the database: logged only from time to time, with their number.

/** The same message is logged again only after this time, ms. */
const EVERY_MS = 30_000;
/** How many kinds of messages are distinguished. */
const KINDS = 100;

interface Told {
  readonly at: number;
  more: number;
}

/**
 * Passes on messages that were not passed on recently. Messages that differ only in numbers and ids count as the same.
 * @param now ms, from any clock that does not go back
 */
export function sayOnce(say: (message: string) => void, now: () => number): (message: string) => void {
  const told = new Map<string, Told>();
  return (message) => {
    const kind = message.replaceAll(/[0-9a-f-]*\d[0-9a-f-]*/gi, "#").slice(0, 200);
    const last = told.get(kind);
    if (last !== undefined && now() - last.at < EVERY_MS) {
      last.more += 1;
      return;
    }
    const more = last === undefined || last.more === 0 ? "" : ` (and ${last.more} more like it since it was last said)`;
    told.delete(kind);
    told.set(kind, { at: now(), more: 0 });
    const [oldest] = told.keys();
    if (told.size > KINDS && oldest !== undefined) told.delete(oldest);
    say(`${message}${more}`);
  };
}
