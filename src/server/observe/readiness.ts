// Whether this process should be sent work: its store answers, has the right schema and time, and belongs to its tenant; its
// heartbeat is visible; and it is not about to stop.

import { type Clock, isWithin, messageOf } from "../../kernel/index.ts";
import { CLOCK_OFF_MS, inTime } from "../../operations/index.ts";
import { type Store, StoreError } from "../../store/index.ts";

/** One thing that was checked. */
export interface Check {
  readonly name:
    | "stopping"
    | "store"
    | "schema"
    | "heartbeat"
    | "clock"
    | "room"
    | "audit"
    | "heads"
    | "lake"
    | "receiver"
    | "tenant"
    | "token"
    | "replicas";
  readonly ok: boolean;
  /** What is wrong; without addresses and secrets. */
  readonly message?: string;
}

interface ReadinessPorts {
  readonly store: Pick<Store, "health" | "replicas">;
  /** Id of this process among the replicas. */
  readonly replica: string;
  readonly clock: Clock;
  /**
   * Whether the tenant refuses this process's token, and whether another service can do its work meanwhile; undefined for a
   * process without a tenant.
   */
  readonly token?: (() => Promise<{ readonly isRefused: boolean; readonly leavesWork: boolean }>) | undefined;
  /** How long the result of a check is used, ms; 1,000 by default. */
  readonly freshMs?: number | undefined;
}

/**
 * Problems that all replicas share, and that do not affect pages, reads and the emergency stop: they are reported, but the
 * process stays ready.
 */
const TOLD: ReadonlySet<Check["name"]> = new Set(["room", "audit", "heads", "lake", "receiver", "replicas"]);

const CHECK_OF = {
  store_full: "room",
  audit_set_back: "audit",
  lake_unavailable: "lake",
  receiver_unavailable: "receiver",
  other_tenant: "tenant",
  token_refused: "replicas",
  replicas_differ: "replicas",
} as const;

/** Time for the store to answer, ms. */
const PATIENCE_MS = 3_000;
/** Intervals without a beat after which the others consider a process dead, and one more. */
const BEATS = 4;

/** Answers whether this process is ready. */
export class Readiness {
  readonly #ports: ReadinessPorts;
  #stopping = false;
  #leavesWork = false;
  #last: { readonly at: number; readonly checks: readonly Check[] } | undefined;
  #looking: Promise<readonly Check[]> | undefined;

  constructor(ports: ReadinessPorts) {
    this.#ports = ports;
  }

  /** From now on it is not ready, so that work is sent to other processes. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Every check; ready when all are ok except those that are only reported. Never rejects. */
  async check(): Promise<{ readonly ready: boolean; readonly checks: readonly Check[] }> {
    const told = this.#ports.store.health.conditions();
    const isFull = told.some(({ name }) => name === "store_full");
    const checks: Check[] = [...(await this.#look()), ...told.map(({ name, message }) => check(CHECK_OF[name], false, message))];
    const unseen = this.#ports.store.health.unseenHeads();
    if (unseen > 0)
      checks.push(
        check(
          "heads",
          false,
          `${unseen} places of heads of the audit log could not be looked at; outdial audit verify names them`,
        ),
      );
    if (this.#stopping) checks.unshift({ name: "stopping", ok: false, message: "this process is about to stop" });
    // A heartbeat is a write: without room there is none, and for the same reason other processes cannot consider this one dead.
    // A process whose token is refused takes requests as long as no other one is better: the page is all that some people have.
    const counts = ({ name }: Check) =>
      !TOLD.has(name) && !(isFull && name === "heartbeat") && !(name === "token" && !this.#leavesWork);
    return { ready: checks.every((one) => one.ok || !counts(one)), checks };
  }

  async #look(): Promise<readonly Check[]> {
    const { clock, freshMs = 1_000 } = this.#ports;
    if (this.#last !== undefined && isWithin(freshMs, this.#last.at, clock.now())) return this.#last.checks;
    this.#looking ??= this.#ask()
      .then((checks) => {
        this.#last = { at: clock.now(), checks };
        return checks;
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #ask(): Promise<readonly Check[]> {
    const { store, replica, clock } = this.#ports;
    try {
      const asked = Promise.all([store.health.state(), store.replicas.list(), this.#ports.token?.()]);
      const [state, replicas, token] = await inTime(clock, PATIENCE_MS, asked, () => {
        throw new Error(`no answer within ${PATIENCE_MS} ms`);
      });
      this.#leavesWork = token?.leavesWork ?? false;
      const skew = Math.abs(state.at - clock.now());
      const beat = replicas.find(({ id }) => id === replica);
      return [
        { name: "store", ok: true },
        check(
          "schema",
          state.schemaVersion === state.wantedVersion,
          `version ${state.schemaVersion}, not ${state.wantedVersion}`,
        ),
        check("heartbeat", beat !== undefined && beat.silentMs < beat.intervalMs * BEATS, "this process has no recent heartbeat"),
        ...(token?.isRefused === true ? [check("token", false, refusedWords(token.leavesWork))] : []),
        check("clock", skew <= CLOCK_OFF_MS, `${Math.round(skew / 1000)} s apart from the database's`),
      ];
    } catch (thrown) {
      return [{ name: "store", ok: false, message: withoutAddress(thrown) }];
    }
  }
}

const refusedWords = (leavesWork: boolean): string =>
  `the tenant refuses this process's token; ${
    leavesWork ? "jobs, stops and orders are left to other services" : "no other service is there to do its work"
  }`;

function check(name: Check["name"], ok: boolean, message: string): Check {
  return ok ? { name, ok } : { name, ok, message };
}

/** A client that asks for health should not learn where the database is. */
function withoutAddress(thrown: unknown): string {
  const message = messageOf(thrown);
  if (message.startsWith("no answer within")) return message;
  const isAway = !(thrown instanceof StoreError) || thrown.code !== "no_rights";
  return isAway
    ? "the database does not answer"
    : "the role of this process lacks a right in the database: outdial doctor names it";
}
