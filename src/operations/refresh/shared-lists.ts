// Contact lists, and the calls to their contacts, as looks of the gate share them.

import { type Clock, type Instant, isWithin } from "../../kernel/index.ts";
import type { CallOptions, ContactSource, ViewPage } from "../../tenant/port.ts";

/** How old a look of the gate may be before it is due again, ms. */
export const LOOK_GOOD_MS = 300_000;
/**
 * Whether a document or contacts are young enough for a look of the gate that permits nothing: it is never older than a look may be before it is due again,
 * so that a slow machine, or a list of campaigns that takes a minute to read, does not have them read for each campaign.
 */
export const isRecent = (readAt: Instant, now: Instant): boolean => isWithin(LOOK_GOOD_MS, readAt, now);

/** Most contacts kept, of all lists, and most numbers that were called. */
const MOST_CONTACTS = 40_000;
const MOST_NUMBERS = 200_000;

/** What was read of a contact list: the pages of a query, or the calls to its contacts since an instant, by number. */
interface KeptOfList {
  readonly listId: string;
  readonly at: Instant;
}
interface KeptPages extends KeptOfList {
  readonly pages: ViewPage[];
  /** The list ended with them. */
  ended: boolean;
  /** Whoever read them has what it wanted. */
  isOver: boolean;
}
interface KeptCalls extends KeptOfList {
  readonly since: Instant;
  readonly placed: ReadonlyMap<string, readonly Instant[]>;
}

/** Contact lists, and the calls to their contacts, read once for all campaigns that call them: what was read of late is given again. */
export class SharedLists {
  readonly #source: ContactSource;
  readonly #clock: Clock;
  /** By list and query, the latest last. */
  readonly #pagesOf = new Map<string, KeptPages>();
  /** By list, the latest last. */
  readonly #callsOf = new Map<string, KeptCalls>();

  constructor(source: ContactSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The same contacts and calls, read less often. Errors: those of the tenant's; what was refused is not kept. */
  get source(): ContactSource {
    const source = this.#source;
    return {
      ...source,
      contacts: (listId, query, options) => {
        const list = source.contacts(listId, query, options);
        const key = JSON.stringify([listId, query]);
        return {
          pages: () => this.#pages(listId, key, () => list.pages()),
          [Symbol.asyncIterator]: () => list[Symbol.asyncIterator](),
        };
      },
      ...(source.placed !== undefined && { placed: (...asked) => this.#placed(...asked) }),
    };
  }

  /** Lists that were read of late, with the calls to their contacts where the tenant tells them, once all was read that a look wanted. */
  atHand(): ReadonlySet<string> {
    this.#forgetOld();
    const isWhole = ({ listId, isOver }: KeptPages) => isOver && (this.#source.placed === undefined || this.#callsOf.has(listId));
    return new Set([...this.#pagesOf.values()].flatMap((kept) => (isWhole(kept) ? [kept.listId] : [])));
  }

  /** When what is kept of a list was read, the oldest of it; undefined when nothing is kept. */
  readAt(list: string): Instant | undefined {
    const kept: readonly KeptOfList[] = [...this.#pagesOf.values(), ...this.#callsOf.values()];
    const times = kept.flatMap(({ listId, at }) => (listId === list ? [at] : []));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #forgetOld(): void {
    const now = this.#clock.now();
    for (const all of [this.#pagesOf, this.#callsOf]) for (const [name, { at }] of all) if (!isRecent(at, now)) all.delete(name);
  }

  async *#pages(listId: string, key: string, read: () => AsyncIterable<ViewPage>): AsyncGenerator<ViewPage> {
    this.#forgetOld();
    const kept = this.#pagesOf.get(key);
    const given = kept === undefined ? 0 : kept.pages.length;
    yield* kept?.pages ?? [];
    if (kept?.ended === true) return;
    // Whoever needs more than was kept reads it from the beginning.
    const mine: KeptPages = { listId, at: this.#clock.now(), pages: [], ended: false, isOver: false };
    let hasFailed = false;
    try {
      for await (const page of read()) {
        mine.pages.push(page);
        if (mine.pages.length <= given) continue;
        keepLatest(this.#pagesOf, key, mine, ({ pages }) => contactsIn(pages) / MOST_CONTACTS);
        yield page;
      }
      mine.ended = true;
    } catch (thrown) {
      hasFailed = true;
      throw thrown;
    } finally {
      mine.isOver = !hasFailed;
    }
  }

  async #placed(listId: string, since: Instant, options?: CallOptions): Promise<KeptCalls["placed"]> {
    this.#forgetOld();
    let kept = this.#callsOf.get(listId);
    // A campaign's own rules may look further back than those of the one whose look read them.
    if (kept === undefined || kept.since > since) {
      const at = this.#clock.now();
      kept = { listId, at, since, placed: (await this.#source.placed?.(listId, since, options)) ?? new Map() };
      keepLatest(this.#callsOf, listId, kept, ({ placed }) => placed.size / MOST_NUMBERS);
    }
    const within = [...kept.placed].map(([number, times]) => [number, times.filter((at) => at >= since)] as const);
    return new Map(within.filter(([, times]) => times.length > 0));
  }
}

const contactsIn = (pages: readonly ViewPage[]): number => pages.reduce((sum, { items }) => sum + items.length, 0);

/** Keeps a value as the latest, and as many of those before as fit. @param shareOf the share of what may be kept that a value is */
function keepLatest<Value>(kept: Map<string, Value>, key: string, mine: Value, shareOf: (one: Value) => number): void {
  kept.delete(key);
  kept.set(key, mine);
  let sum = 0;
  for (const [name, one] of [...kept].reverse()) {
    sum += shareOf(one);
    if (sum > 1 && name !== key) kept.delete(name);
  }
}
