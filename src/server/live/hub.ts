// Reads the feed once for all readers of this process, and ends readers whose token or session is no longer in force. A reader is live while it keeps up with a bounded buffer. One that does
// not is behind: it reads the feed by itself, at its own pace, until it has caught up. No reader waits for a slow one.

import { type Clock, isWithin, messageOf } from "../../kernel/index.ts";
import type { Access, FeedEvent, FeedPlace, Principal, ServiceFeed } from "../../store/index.ts";

/** Pause between two reads of the feed while there are readers, ms. */
const LOOK_MS = 100;
/** How often it is looked whether those who read still may, ms. */
const CALLERS_MS = 2000;
const BATCH = 500;
/** Events that wait for a live reader before it falls behind. */
const BUFFER = 1000;

/** One reader of live updates. */
export interface FeedReader {
  /** Where it has read up to. */
  readonly place: FeedPlace;
  /** Closed here or by the hub: nothing comes any more. */
  readonly isEnded: boolean;
  /** The next events, at least one; undefined when `signal` ends the wait, or the reader has ended. */
  next(signal: AbortSignal): Promise<readonly FeedEvent[] | undefined>;
  close(): void;
}

interface HubOptions {
  readonly feed: Pick<ServiceFeed, "after">;
  readonly access: Pick<Access, "inForce">;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

class Reader implements FeedReader {
  readonly #feed: Pick<ServiceFeed, "after">;
  readonly #leave: (reader: Reader) => void;
  #buffer: FeedEvent[] = [];
  /** `catching up`: events from the hub are kept meanwhile, because the page that is being read may lack them. */
  #state: "behind" | "catching up" | "live" | "ended" = "behind";
  #wake: () => void = () => undefined;
  /** Id of the token or session by which it was let in; null when it needs none. */
  readonly pass: string | null;
  place: FeedPlace;

  constructor(feed: Pick<ServiceFeed, "after">, place: FeedPlace, pass: string | null, leave: (reader: Reader) => void) {
    this.#feed = feed;
    this.place = place;
    this.pass = pass;
    this.#leave = leave;
  }

  get isEnded(): boolean {
    return this.#state === "ended";
  }

  give(event: FeedEvent): void {
    if (this.#state === "behind" || this.#state === "ended") return;
    if (this.#buffer.length >= BUFFER) {
      this.#buffer = [];
      this.#state = "behind";
    } else this.#buffer.push(event);
    this.#wake();
  }

  async next(signal: AbortSignal): Promise<readonly FeedEvent[] | undefined> {
    while (this.#state !== "ended" && !signal.aborted) {
      const events = this.#state === "live" ? this.#taken() : await this.#catchUp();
      if (events.length > 0) return events;
      if (this.#state === "live") await this.#woken(signal);
    }
    return undefined;
  }

  close(): void {
    this.#state = "ended";
    this.#leave(this);
    this.#wake();
  }

  async #catchUp(): Promise<readonly FeedEvent[]> {
    this.#buffer = [];
    this.#state = "catching up";
    const page = await this.#feed.after(this.place, BATCH);
    this.place = page.at(-1) ?? this.place;
    if (this.#state === "catching up") this.#state = page.length < BATCH ? "live" : "behind";
    return page;
  }

  #taken(): readonly FeedEvent[] {
    const events = this.#buffer.filter((event) => isBehind(event, this.place));
    this.#buffer = [];
    this.place = events.at(-1) ?? this.place;
    return events;
  }

  async #woken(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#wake = wake;
    signal.addEventListener("abort", wake, { once: true });
    if (this.#buffer.length === 0 && !signal.aborted) await promise;
    signal.removeEventListener("abort", wake);
  }
}

/** Hands the feed to readers. */
export class FeedHub {
  readonly #options: HubOptions;
  readonly #readers = new Set<Reader>();
  readonly #stop = new AbortController();
  #looking: Promise<void> | undefined;
  #callersAt = Number.NEGATIVE_INFINITY;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** Number of current readers. */
  get readers(): number {
    return this.#readers.size;
  }

  /** Starts reading after a place, for as long as the caller may: first the events stored since, then new ones. */
  read(from: FeedPlace, { tokenId, sessionId }: Pick<Principal, "tokenId" | "sessionId">): FeedReader {
    const reader = new Reader(this.#options.feed, from, tokenId ?? sessionId, (one) => this.#readers.delete(one));
    if (this.#stop.signal.aborted) reader.close();
    else this.#readers.add(reader);
    this.#look();
    return reader;
  }

  /** Ends all readers. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const reader of this.#readers) reader.close();
    await this.#looking;
  }

  /** Looks at the feed while anybody reads. */
  #look(): void {
    if (this.#readers.size === 0 || this.#stop.signal.aborted) return;
    this.#looking ??= this.#run().finally(() => {
      this.#looking = undefined;
      this.#look();
    });
  }

  /** Ends the readers that would not be let in any more. */
  async #endFormer(): Promise<void> {
    const { access, clock } = this.#options;
    if (isWithin(CALLERS_MS, this.#callersAt, clock.now())) return;
    const asked = [...this.#readers];
    const valid = await access.inForce([...new Set(asked.flatMap(({ pass }) => pass ?? []))]);
    this.#callersAt = clock.now();
    for (const reader of asked) if (reader.pass !== null && !valid.has(reader.pass)) reader.close();
  }

  async #run(): Promise<void> {
    const { feed, clock, log } = this.#options;
    // From the reader that is furthest behind: seeing an event twice does no harm to the others.
    let place = [...this.#readers].map((reader) => reader.place).reduce((first, one) => (isBehind(first, one) ? one : first));
    while (this.#readers.size > 0 && !this.#stop.signal.aborted) {
      try {
        await this.#endFormer();
        const page = await feed.after(place, BATCH);
        for (const event of page) for (const reader of this.#readers) reader.give(event);
        place = page.at(-1) ?? place;
        if (page.length === BATCH) continue;
      } catch (thrown) {
        log(`live updates could not be read: ${messageOf(thrown)}`);
      }
      await clock.sleep(LOOK_MS, this.#stop.signal).catch(() => undefined);
    }
  }
}

/** Whether `a` comes after `b`. */
function isBehind(a: FeedPlace, b: FeedPlace): boolean {
  const [left, right] = [BigInt(a.tx), BigInt(b.tx)];
  return left === right ? a.id > b.id : left > right;
}
