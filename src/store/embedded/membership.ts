// A process's connection to the embedded server, which shows that the server is in use while the process lives.

import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { messageOf } from "../../kernel/index.ts";
import type { StoreLog } from "../log.ts";

const NAME = "outdial member";
/** How long the server may take to notice that the connection of a killed process is closed. */
const GRACE_MS = 3_000;

/** Open from joining to leaving; reconnects when the server restarts its sessions after one of them crashed. */
export class Membership {
  readonly #url: string;
  readonly #name: string;
  readonly #log: StoreLog;
  readonly #closing = new AbortController();
  #client: pg.Client | undefined;

  private constructor(url: string, name: string, log: StoreLog) {
    this.#url = url;
    this.#name = name;
    this.#log = log;
  }

  static async open(url: string, log: StoreLog): Promise<Membership> {
    const membership = new Membership(url, `${NAME} ${process.pid} ${(await startOf(process.pid)) ?? "?"}`, log);
    await membership.#connect();
    return membership;
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: this.#name, keepAlive: true });
    client.on("error", () => undefined);
    client.once("end", () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      if (!this.#closing.signal.aborted) void this.#reconnect();
    });
    await client.connect();
    this.#client = client;
  }

  async #reconnect(): Promise<void> {
    for (let delay = 100; !this.#closing.signal.aborted && delay <= 60_000; delay *= 2) {
      try {
        await this.#connect();
        if (this.#closing.signal.aborted) await this.close();
        return;
      } catch (cause) {
        this.#log("warn", "the embedded PostgreSQL went away", { error: messageOf(cause) });
        await wait(delay, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /**
   * Whether no other process uses the server. The connection of a killed process gets a moment to disappear. When the server
   * cannot be asked the answer is no: a server that is left running is better than one stopped while in use.
   */
  async isLast(): Promise<boolean> {
    try {
      if (!this.#client) await this.#connect();
      const deadline = performance.now() + GRACE_MS;
      for (;;) {
        const others = await this.#others();
        if (others.length === 0) return true;
        const alive = await Promise.all(others.map(isUser));
        // A name without a process here may still be in use: by a container that shares the folder but not the process table.
        if (alive.includes(true) || performance.now() > deadline) return false;
        await wait(10);
      }
    } catch {
      return false;
    }
  }

  async #others(): Promise<string[]> {
    const found = await this.#client?.query<{ name: string }>({
      text: `select application_name as name from pg_stat_activity
             where backend_type = 'client backend' and pid <> pg_backend_pid() and starts_with(application_name, $1)`,
      values: [NAME],
    });
    if (!found) throw new Error("not connected");
    return found.rows.map(({ name }) => name);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}

/** Whether the process with this name is alive: same pid and same start time, so that a reused pid does not count. */
async function isUser(name: string): Promise<boolean> {
  const [pid, start] = name.slice(NAME.length + 1).split(" ");
  return (await startOf(Number(pid))) === start;
}

/** When a process started, in ticks since boot; undefined when it does not exist or the platform does not say. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
