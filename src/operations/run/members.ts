// This process among the processes that share the store: its heartbeat, and how it decides which of them are dead.

import type { Clock } from "../../kernel/index.ts";
import type { Replica, Replicas } from "../../store/index.ts";

/** Time between two heartbeats, ms. */
const INTERVAL_MS = 2000;
/** A replica is dead when its beat is overdue by this many intervals: 6 s after its last beat. */
const MISSED = 2;

/**
 * Whether a replica counts as dead, from what the store and this machine know of it. Pure.
 * @param here.host names the space of process ids: equal only for processes that see each other's
 */
export function replicaIsDead(
  replica: Replica | undefined,
  here: { readonly host: string; readonly processLives: (pid: number) => boolean },
): boolean {
  if (replica === undefined) return true;
  if (replica.host === here.host && !here.processLives(replica.pid)) return true;
  return replica.silentMs > replica.intervalMs * (1 + MISSED);
}

/** Which replicas of a store are dead, as seen from this machine. */
export function livesOf(
  replicas: Pick<Replicas, "list">,
  here: { readonly host: string; readonly processLives: (pid: number) => boolean },
): { isDead(id: string): Promise<boolean> } {
  return {
    async isDead(id) {
      const replica = (await replicas.list()).find((candidate) => candidate.id === id);
      return replicaIsDead(replica, here);
    },
  };
}

export interface Membership {
  readonly id: string;
  isDead(id: string): Promise<boolean>;
  /** The services that live and run jobs of a scope, this process aside. */
  services(scope: string): Promise<string[]>;
  /** Whether this process could tell of itself long enough for the others to have done so, too. */
  isSteady(): boolean;
  /** Takes a dead replica off the list. */
  forget(id: string): Promise<void>;
  /** Ends the heartbeat and takes this process off the list. */
  leave(): Promise<void>;
}

/** Joins the replicas of a store and keeps beating until `leave`. A beat that fails is tried again at the next interval. */
export async function joinReplicas(options: {
  replicas: Replicas;
  id: string;
  pid: number;
  host: string;
  /** Scopes of the jobs that this process takes from others: those of a service. */
  scopes: readonly string[];
  clock: Clock;
  processLives: (pid: number) => boolean;
}): Promise<Membership> {
  const { replicas, id, pid, host, scopes, clock, processLives } = options;
  const gone = new AbortController();
  const beat = () => replicas.beat({ id, pid, host, intervalMs: INTERVAL_MS, scopes });
  let failedAt = Number.NEGATIVE_INFINITY;
  await beat();
  const beating = (async () => {
    while (!gone.signal.aborted) {
      await clock.sleep(INTERVAL_MS, gone.signal).catch(() => undefined);
      if (gone.signal.aborted) return;
      const began = performance.now();
      // One that took so long may have been overdue for the others, as one that failed.
      const late = () => performance.now() - began > INTERVAL_MS;
      await beat().then(
        () => (late() ? (failedAt = performance.now()) : undefined),
        () => (failedAt = performance.now()),
      );
    }
  })();
  return {
    id,
    ...livesOf(replicas, { host, processLives }),
    isSteady: () => performance.now() - failedAt > INTERVAL_MS * (1 + MISSED),
    async services(scope) {
      const all = (await replicas.list()).filter((one) => one.scopes.includes(scope) && one.id !== id);
      return all.filter((one) => !replicaIsDead(one, { host, processLives })).map((one) => one.id);
    },
    async forget(other) {
      if (other !== id) await replicas.remove(other);
    },
    async leave() {
      if (gone.signal.aborted) return;
      gone.abort();
      await beating;
      // One that stays on the list counts as dead when its next beats are overdue.
      await replicas.remove(id).catch(() => undefined);
    },
  };
}
