// A store on a fresh database for one test, with a clock that stands still until it is moved.

import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../src/kernel/index.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { createDatabase } from "./database.ts";
import { TEMPORARY } from "./temporary.ts";

/** A clock moved by hand: `sleep` moves it. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

/** A manual clock that begins at `start` (ms since the epoch). */
export function manualClock(start = Date.UTC(2026, 2, 2, 15)): ManualClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

export interface TestStore<Given extends Clock = ManualClock> {
  readonly store: Store;
  readonly clock: Given;
  readonly url: string;
  /** Its folder: audit.key, audit.pub, audit.head. */
  readonly dir: string;
  /** Opens another store on the same database and folder, as another process would. */
  again(): Promise<Store>;
  dispose(): Promise<void>;
}

/** Opens a store on a database of its own; dispose of it when the test ends. */
export function openTestStore(): Promise<TestStore>;
export function openTestStore<Given extends Clock>(clock: Given): Promise<TestStore<Given>>;
export async function openTestStore(clock: Clock = manualClock()): Promise<TestStore<Clock>> {
  const database = await createDatabase();
  const dir = await mkdtemp(join(TEMPORARY, "outdial-store-"));
  const stores: Store[] = [];
  const again: TestStore["again"] = async () => {
    const store = await openStore({ url: database.url, dir, clock });
    stores.push(store);
    return store;
  };
  return {
    store: await again(),
    clock,
    url: database.url,
    dir,
    again,
    dispose: async () => {
      for (const store of stores) await store.close();
      await database.dispose();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
