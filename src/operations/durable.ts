// Durable execution: workflows of DBOS on the store's PostgreSQL. The one place that knows DBOS, which is a singleton of the process.

import { DBOS } from "@dbos-inc/dbos-sdk";
import pg from "pg";

/** Raise it when the order or the meaning of a workflow's steps changes: a running job is then begun anew over its ledger. */
const WORKFLOW_VERSION = "1";

/** Where the runtime's own trouble is told. */
export interface DurableLog {
  warn(message: string): void;
}

/** Runs one job to its end. Steps are done once: a step that has its result is not run again after a crash. */
export type JobBody = (jobId: string, step: <T>(name: string, run: () => Promise<T>) => Promise<T>) => Promise<void>;

export interface Durable {
  /** Runs a job of a kind under the workflow id of this run, which is never started twice; rejects with what the body threw. */
  run(kind: string, jobId: string, run: number): Promise<void>;
  close(): Promise<void>;
}

const workflowId = (jobId: string, run: number) => `${jobId}/${run}`;

/**
 * Launches DBOS for this process. A second launch in one process waits for the first to be closed by its owner.
 * @param options.replicaId name of this process among those that share the database
 * @param options.bodies what a job of each kind does
 */
export async function launchDurable(options: {
  databaseUrl: string;
  replicaId: string;
  bodies: Readonly<Record<string, JobBody>>;
  log: DurableLog;
}): Promise<Durable> {
  if (DBOS.isInitialized()) throw new Error("durable execution is launched already in this process; close it first");
  const logger = {
    info: ignore,
    debug: ignore,
    warn: (entry: unknown) => options.log.warn(String(entry)),
    error: (entry: unknown) => options.log.warn(String(entry)),
  };
  // A pool of our own: the one DBOS would make sends a statement on each new connection while another is under way.
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: 4,
    application_name: `outdial workflows ${process.pid}`,
  });
  pool.on("error", (error) => options.log.warn(`an idle database connection was lost: ${error.message}`));
  // The pool stops listening when it gives a connection out and when it closes one: a connection lost just then must not end the process.
  pool.on("connect", (client) => client.on("error", ignore));
  DBOS.setConfig({
    name: "outdial",
    systemDatabaseUrl: options.databaseUrl,
    systemDatabaseSchemaName: "dbos",
    systemDatabasePool: pool,
    executorID: options.replicaId,
    applicationVersion: WORKFLOW_VERSION,
    listenQueues: [],
    logger,
  });
  const workflows = new Map(
    Object.entries(options.bodies).map(([kind, body]) => [
      kind,
      DBOS.registerWorkflow((jobId: string) => body(jobId, (name, run) => DBOS.runStep(run, { name })), { name: kind }),
    ]),
  );
  await oneAtATime(pool, () => DBOS.launch());
  return {
    async run(kind, jobId, run) {
      const workflow = workflows.get(kind);
      if (workflow === undefined) throw new Error(`this process runs no jobs of the kind ${kind}`);
      const handle = await DBOS.startWorkflow(workflow, { workflowID: workflowId(jobId, run) })(jobId);
      await handle.getResult();
    },
    async close() {
      await DBOS.shutdown({ deregister: true });
      if (!pool.ended) await pool.end();
    },
  };
}

/** "dbos" in ASCII. */
const LAUNCH_LOCK = "0x64626f73";

const LAUNCH_LOOK_MS = 50;

/**
 * Launches of several processes on one database wait for each other: the first one makes DBOS's tables, which two at once fail at. They look
 * again and again instead of waiting in the server: a statement that waits there would hold up the making of an index.
 */
async function oneAtATime(pool: pg.Pool, launch: () => Promise<void>): Promise<void> {
  const client = await lockHolder(pool);
  try {
    await launch();
  } finally {
    // With the connection the lock ends, whatever became of the launch.
    client.release(true);
  }
}

/** The connection that has the lock. One that is lost while it waits is replaced by another. */
async function lockHolder(pool: pg.Pool): Promise<pg.PoolClient> {
  let client = await pool.connect();
  for (let failures = 0; ; ) {
    try {
      const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${LAUNCH_LOCK}) as mine`);
      if (rows[0]?.mine === true) return client;
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
