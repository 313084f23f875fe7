// How processes divide a shared limit. Pure. The demand of each process, by lane, decides; a more urgent lane never waits for a
// less urgent one.

/** A process with a part of a limit. */
export interface Holder {
  readonly id: string;
  /** The part (0..1) that it may use. */
  readonly part: number;
  /** Its demand by lane in order of precedence, as parts of the limit. */
  readonly demand: readonly number[];
  /** Since `countedAt` it has returned its part, or has died. */
  readonly gone?: boolean | undefined;
}

/** The state of a shared limit; times are ms since the epoch. */
export interface SharedLimit {
  readonly now: number;
  /** Permits that nobody held at `countedAt`. */
  readonly permits: number;
  readonly countedAt: number;
  /** Every process with a part, including the asking one if it has one. */
  readonly holders: readonly Holder[];
}

/** The part of the asking process, and what is left. */
export interface Division {
  readonly part: number;
  readonly permits: number;
  /** Permits that nobody holds now. */
  readonly left: number;
}

/**
 * The part of one process: its share by the demands of all, but never more than the others leave. So the sum of all parts never
 * exceeds the limit: a process whose share shrinks returns some when it next asks, and only then another can get more. Permits
 * that nobody holds add up to at most one burst, and go to the next process that asks.
 */
export function divide(
  limit: SharedLimit,
  me: Pick<Holder, "id" | "demand">,
  shape: { readonly perMs: number; readonly burst: number },
): Division {
  const others = limit.holders.filter(({ id, gone }) => id !== me.id && gone !== true);
  // It is not known since when processes that are gone have sent nothing: their parts count as used until now.
  const held = limit.holders.reduce((sum, { part }) => sum + part, 0);
  const wanted = partsOf([...others, me]).at(-1) ?? 0;
  const part = Math.max(0, Math.min(wanted, 1 - others.reduce((sum, one) => sum + one.part, 0)));
  const free = Math.max(0, 1 - held) * shape.perMs * Math.max(0, limit.now - limit.countedAt);
  const there = Math.min(shape.burst, limit.permits + free);
  const permits = Math.min(there, Math.max(1, shape.burst * part));
  return { part, permits, left: there - permits };
}

/**
 * The part of each process: lane by lane what it demands, divided evenly when it is not enough; the rest is divided evenly among
 * all.
 */
function partsOf(holders: readonly Pick<Holder, "demand">[]): readonly number[] {
  const parts = holders.map(() => 0);
  const lanes = Math.max(0, ...holders.map(({ demand }) => demand.length));
  let left = 1;
  for (let lane = 0; lane < lanes && left > 0; lane += 1) {
    const given = waterLevel(
      holders.map(({ demand }) => demand[lane] ?? 0),
      left,
    );
    for (const [i, part] of given.entries()) parts[i] = (parts[i] ?? 0) + part;
    left -= given.reduce((sum, part) => sum + part, 0);
  }
  return parts.map((part) => part + Math.max(0, left) / parts.length);
}

/** Gives each what it wants, up to an equal level that uses up `whole`. */
function waterLevel(wanted: readonly number[], whole: number): readonly number[] {
  const given = wanted.map(() => 0);
  let left = whole;
  const order = [...wanted.keys()].sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  for (const [place, i] of order.entries()) {
    const part = Math.min(wanted[i] ?? 0, left / (order.length - place));
    given[i] = part;
    left -= part;
  }
  return given;
}
