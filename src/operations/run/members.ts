// This process among the processes that share the store: its heartbeat, and how it decides which of them are dead.

import type { Clock } from "../../kernel/index.ts";
import type { Replica, ReplicaBeat, Replicas } from "../../store/index.ts";
import { monotonic } from "./leave.ts";

/** Time between two heartbeats, ms. */
const INTERVAL_MS = 2000;
/** A replica is dead when its beat is overdue by this many intervals: 6 s after its last beat. */
const MISSED = 2;
const DEAD_MS = INTERVAL_MS * (1 + MISSED);
/** For this time after it sent a beat no other process considers this one dead, with a second to spare, ms. */
const LEASE_MS = DEAD_MS - 1000;
/** After a pause between beats: a process that considered this one dead has taken its runs by this time (`Runs.adopt`), ms. */
const TAKEN_MS = 4000;

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

/** Which replicas of a store are dead, and which live, as seen from this machine. */
export function livesOf(
  replicas: Pick<Replicas, "list">,
  here: { readonly host: string; readonly processLives: (pid: number) => boolean },
): ReplicaLives {
  const find = async (id: string) => (await replicas.list()).find((candidate) => candidate.id === id);
  return {
    live: async () => (await replicas.list()).filter((one) => !replicaIsDead(one, here)),
    isDead: async (id) => replicaIsDead(await find(id), here),
    async signOf(id) {
      const replica = await find(id);
      return { lives: !replicaIsDead(replica, here), silentMs: replica?.silentMs ?? null };
    },
  };
}

/** Which processes of a store live. */
export interface ReplicaLives {
  isDead(id: string): Promise<boolean>;
  live(): Promise<Replica[]>;
  /** Whether a process lives, and for how long it has given no sign of life, ms; null when it is on the list no more. */
  signOf(id: string): Promise<LifeSign>;
}

/** The last sign of life of a process. */
interface LifeSign {
  readonly lives: boolean;
  readonly silentMs: number | null;
}

/** A thing that is not the same in all processes of a store. */
interface ReplicaDifference {
  readonly item: string;
  /** The processes that have it alike, by their ids; the largest group first. */
  readonly groups: readonly (readonly string[])[];
}

/** What replicas do not have alike. A replica that says nothing of a thing is not compared in it. Pure. */
export function differencesOf(replicas: readonly Pick<Replica, "id" | "alike">[]): readonly ReplicaDifference[] {
  const items = [...new Set(replicas.flatMap(({ alike }) => Object.keys(alike)))].toSorted();
  return items.flatMap((item) => {
    const say = replicas.filter(({ alike }) => alike[item] !== undefined);
    const groups = [...Map.groupBy(say, ({ alike }) => alike[item]).values()].map((ones) => ones.map(({ id }) => id).toSorted());
    return groups.length < 2 ? [] : [{ item, groups: groups.toSorted((a, b) => b.length - a.length) }];
  });
}

/** A difference as a sentence without its full stop. */
export const differenceWords = ({ item, groups: [most = [], ...others] }: ReplicaDifference): string =>
  `${others.flat().join(", ")} ${others.flat().length === 1 ? "has" : "have"} other ${item} than ${most.join(", ")}`;

/** Signatures, age limits and calling hours depend on the time: a process whose clock is further off the database's needs a person, ms. */
export const CLOCK_OFF_MS = 30_000;

/** This process among those of the same store: its id, which are dead, and which are services. */
export interface Membership extends ReplicaLives {
  readonly id: string;
  /** Set while the tenant refuses this process's token, by what its client last saw; makes no request. */
  refusal(): ReplicaBeat["refused"];
  /** The other live services that run jobs of a scope, and whose token the tenant does not refuse as far as they know. */
  services(scope: string): Promise<string[]>;
  /** The other live services of a scope whose token the tenant refuses. */
  refused(scope: string): Promise<string[]>;
  /** Whether this process leaves work of a scope to others: the tenant refuses its token, and another service can do it. */
  leavesWork(scope: string): Promise<boolean>;
  /** Whether this process has been able to beat for so long that all other live processes had time to beat, too. */
  isSteady(): boolean;
  /**
   * Whether no other process can consider this one dead or is about to take its runs because it did, and the last `look` allowed
   * sending. Nothing is sent otherwise.
   */
  isTrusted(): boolean;
  /**
   * Returns a function that says whether no other process can have considered this one dead at any moment since `trust` was
   * called, pauses in between included.
   */
  trust(): () => boolean;
  /** Removes a dead replica from the list. */
  forget(id: string): Promise<void>;
  /** Ends the heartbeat and removes this process from the list. */
  leave(): Promise<void>;
}

/** Joins the replicas of a store and keeps beating until `leave`. A beat that fails is tried again at the next interval. */
export async function joinReplicas(options: {
  replicas: Replicas;
  id: string;
  pid: number;
  host: string;
  /** Scopes of the jobs that this process takes from others; empty unless it is a service. */
  scopes: readonly string[];
  clock: Clock;
  /** Milliseconds of a clock that nobody can set; the process's own by default. */
  elapsed?: (() => number) | undefined;
  processLives: (pid: number) => boolean;
  /** What each heartbeat says of this process; by default that it is not refused, and nothing to compare. */
  standing?: (() => Pick<ReplicaBeat, "refused" | "alike">) | undefined;
  /**
   * A further check with each beat; when it rejects, the beat counts as failed. @returns whether this process may continue to
   * send
   */
  look?: (() => Promise<boolean>) | undefined;
}): Promise<Membership> {
  const { look = async () => true, standing = () => ({ refused: null, alike: {} }) } = options;
  const { replicas, id, pid, host, scopes, clock, processLives, elapsed = monotonic } = options;
  const gone = new AbortController();
  const instant = () => ({ at: clock.now(), elapsed: elapsed() });
  // Both clocks are read: the system's may be set back, and the monotonic one stops while the machine sleeps.
  const since = (then: ReturnType<typeof instant>) => Math.max(clock.now() - then.at, elapsed() - then.elapsed);
  let beatSent = instant();
  let pausedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let maySend = true;
  let clockIs: string | undefined;
  const beat = async () => {
    const sent = instant();
    const { refused, alike } = standing();
    const told = { refused, alike: { ...alike, ...(clockIs !== undefined && { clock: clockIs }) } };
    const at = await replicas.beat({ id, pid, host, intervalMs: INTERVAL_MS, scopes, ...told });
    // The database's time lies between the two, however long the answer took.
    clockIs = at >= sent.at - CLOCK_OFF_MS && at <= clock.now() + CLOCK_OFF_MS ? "as the database's" : "another";
    maySend = await look();
    // A beat that took so long counts as failed: for the others it may have been overdue.
    if (since(sent) > INTERVAL_MS) failedAt = elapsed();
    if (since(beatSent) > LEASE_MS) pausedAt = elapsed();
    beatSent = sent;
  };
  await beat();
  const beating = (async () => {
    while (!gone.signal.aborted) {
      await clock.sleep(INTERVAL_MS, gone.signal).catch(() => undefined);
      if (gone.signal.aborted) return;
      await beat().catch(() => (failedAt = elapsed()));
    }
  })();
  const lives = livesOf(replicas, { host, processLives });
  const others = async (scope: string) => (await lives.live()).filter((one) => one.scopes.includes(scope) && one.id !== id);
  const services = async (scope: string) => (await others(scope)).filter(({ refused }) => refused === null).map((one) => one.id);
  const isTrusted = () => maySend && since(beatSent) < LEASE_MS && elapsed() - pausedAt > TAKEN_MS;
  return {
    id,
    ...lives,
    isSteady: () => elapsed() - Math.max(failedAt, pausedAt) > DEAD_MS,
    isTrusted,
    trust() {
      const was = pausedAt;
      return () => pausedAt === was && isTrusted();
    },
    refusal: () => standing().refused,
    services,
    refused: async (scope) => (await others(scope)).filter(({ refused }) => refused !== null).map((one) => one.id),
    leavesWork: async (scope) => standing().refused !== null && (await services(scope)).length > 0,
    async forget(other) {
      if (other !== id) await replicas.remove(other);
    },
    async leave() {
      if (gone.signal.aborted) return;
      gone.abort();
      await beating;
      // A process that stays on the list counts as dead when its next beats are overdue.
      await replicas.remove(id).catch(() => undefined);
    },
  };
}
