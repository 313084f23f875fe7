// Whether this process should be sent work: its store answers with the right schema and the right time and is of its tenant, its heartbeat is seen, and
// it is not about to stop.

import { type Clock, isWithin, messageOf } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";

/** One thing that was looked at. */
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
    | "tenant";
  readonly ok: boolean;
  /** What is wrong; no address, no secret. */
  readonly message?: string;
}

interface ReadinessPorts {
  readonly store: Pick<Store, "health" | "replicas">;
  /** Id of this process among the replicas. */
  readonly replica: string;
  readonly clock: Clock;
  /** Looks at the store again after so long, ms; 1,000 by default. */
  readonly freshMs?: number | undefined;
}

/**
 * What all replicas share, and what takes nothing from pages, reads and the emergency stop: it is told, and requests are not sent away for it.
 */
const TOLD: ReadonlySet<Check["name"]> = new Set(["room", "audit", "heads", "lake", "receiver"]);

const CHECK_OF = {
  store_full: "room",
  audit_set_back: "audit",
  lake_unavailable: "lake",
  receiver_unavailable: "receiver",
  other_tenant: "tenant",
} as const;

/** Time for the store to answer, ms. */
const PATIENCE_MS = 3_000;
/** Missed beats before the others take a process for dead, and one more. */
const BEATS = 4;
/** Signatures, age limits and calling hours depend on the time: more than this is for a person. */
const SKEW_MS = 30_000;

/** Answers whether this process is ready. */
export class Readiness {
  readonly #ports: ReadinessPorts;
  #stopping = false;
  #last: { readonly at: number; readonly checks: readonly Check[] } | undefined;
  #looking: Promise<readonly Check[]> | undefined;

  constructor(ports: ReadinessPorts) {
    this.#ports = ports;
  }

  /** From now on it is not ready: what sends work sends it elsewhere. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Every check; ready when all are ok but those that are only told. Never rejects. */
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
    // A heartbeat is a write: without room there is none, and the others cannot hold this process for dead either.
    const counts = ({ name }: Check) => !TOLD.has(name) && !(isFull && name === "heartbeat");
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
    const over = new AbortController();
    const late = clock.sleep(PATIENCE_MS, over.signal).then(() => {
      throw new Error(`no answer within ${PATIENCE_MS} ms`);
    });
    late.catch(() => undefined);
    try {
      const asked = Promise.all([store.health.state(), store.replicas.list()]);
      const [state, replicas] = await Promise.race([asked, late]);
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
        check("clock", skew <= SKEW_MS, `${Math.round(skew / 1000)} s apart from the database's`),
      ];
    } catch (thrown) {
      return [{ name: "store", ok: false, message: withoutAddress(messageOf(thrown)) }];
    } finally {
      over.abort("answered");
    }
  }
}

function check(name: Check["name"], ok: boolean, message: string): Check {
  return ok ? { name, ok } : { name, ok, message };
}

/** Whoever asks for health need not learn where the database is. */
function withoutAddress(message: string): string {
  return message.startsWith("no answer within") ? message : "the database does not answer";
}
