// How the processes that share a limit divide it. Pure: what each one would send, by lane, decides; a more urgent lane never waits for another one's.

/** A process that holds a part of a limit. */
export interface Holder {
  readonly id: string;
  /** The part (0..1) that it may use. */
  readonly part: number;
  /** What it would send, by lane in order of precedence, as parts of the limit. */
  readonly demand: readonly number[];
  /** It has given its part back, or has died, since `countedAt`. */
  readonly gone?: boolean | undefined;
}

/** What is known of a limit that is shared, ms since the epoch where it is a time. */
export interface SharedLimit {
  readonly now: number;
  /** Permits that nobody holds, as they were at `countedAt`. */
  readonly permits: number;
  readonly countedAt: number;
  /** Every process with a part, also the one that asks, if it has one. */
  readonly holders: readonly Holder[];
}

/** What the process that asks gets, and what is left. */
export interface Division {
  readonly part: number;
  readonly permits: number;
  /** Permits that nobody holds now. */
  readonly left: number;
}

/**
 * The part of one process: what is its by the demands of all, but never more than the others leave. So the parts together are at most the whole
 * limit at each moment: who is to have less gives back when it next asks, and who is to have more gets it after that.
 * What nobody holds adds up to at most one burst, and goes to whoever asks.
 */
export function divide(
  limit: SharedLimit,
  me: Pick<Holder, "id" | "demand">,
  shape: { readonly perMs: number; readonly burst: number },
): Division {
  const others = limit.holders.filter(({ id, gone }) => id !== me.id && gone !== true);
  // Since when those who are gone have sent nothing is not known: their parts count as used up to now.
  const held = limit.holders.reduce((sum, { part }) => sum + part, 0);
  const wanted = partsOf([...others, me]).at(-1) ?? 0;
  const part = Math.max(0, Math.min(wanted, 1 - others.reduce((sum, one) => sum + one.part, 0)));
  const free = Math.max(0, 1 - held) * shape.perMs * Math.max(0, limit.now - limit.countedAt);
  const there = Math.min(shape.burst, limit.permits + free);
  const permits = Math.min(there, Math.max(1, shape.burst * part));
  return { part, permits, left: there - permits };
}

/** The part of each process: lane by lane what it wants, equally little where there is not enough; what is left goes to all alike. */
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

/** Gives each what it wants, up to a level that is the same for all and uses up `whole`. */
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
