// Contact lists read once for all campaigns that call them: a page that was read of late is given again.

import { type Clock, type Instant, isWithin } from "../../kernel/index.ts";
import type { ContactSource, ViewPage } from "../../tenant/port.ts";

/** How long a page is given again, ms. */
const FRESH_MS = 120_000;
/** Most pages kept, of all lists. */
const MOST_PAGES = 400;

/** The contacts of a tenant, each page read once within two minutes. Errors: those of the source. */
export function sharedLists(source: ContactSource, clock: Clock): ContactSource {
  const lists = new Map<string, { readonly at: Instant; readonly pages: ViewPage[]; ended: boolean }>();
  return {
    ...source,
    contacts(listId, query, options) {
      const list = source.contacts(listId, query, options);
      const key = JSON.stringify([listId, query]);
      async function* pages() {
        const kept = lists.get(key);
        let given = 0;
        if (kept !== undefined && isWithin(FRESH_MS, kept.at, clock.now())) {
          for (const page of kept.pages) {
            given += 1;
            yield page;
          }
          if (kept.ended) return;
        }
        // Whoever needs more than was kept reads it from the beginning.
        const mine = { at: clock.now(), pages: [] as ViewPage[], ended: false };
        for await (const page of list.pages()) {
          mine.pages.push(page);
          if (mine.pages.length > (lists.get(key)?.pages.length ?? 0) || given === 0) keep(mine);
          if (mine.pages.length > given) yield page;
        }
        mine.ended = true;
      }
      function keep(mine: { readonly at: Instant; readonly pages: ViewPage[]; ended: boolean }) {
        lists.delete(key);
        lists.set(key, mine);
        let sum = 0;
        for (const [name, { pages: held }] of [...lists].reverse()) {
          sum += held.length;
          if (sum > MOST_PAGES && name !== key) lists.delete(name);
        }
      }
      return { pages, [Symbol.asyncIterator]: () => list[Symbol.asyncIterator]() };
    },
  };
}
