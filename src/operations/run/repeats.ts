// Repeated messages, such as those of a loop that cannot reach the database: logged only from time to time, with their number.

/** The same message is logged again only after this time, ms. */
const EVERY_MS = 30_000;
/** How many kinds of messages are distinguished. */
const KINDS = 100;

interface Told {
  readonly at: number;
  more: number;
}

/**
 * Passes on messages that were not passed on recently. Messages that differ only in numbers and ids count as the same.
 * @param now ms, from any clock that does not go back
 */
export function sayOnce(say: (message: string) => void, now: () => number): (message: string) => void {
  const told = new Map<string, Told>();
  return (message) => {
    const kind = message.replaceAll(/[0-9a-f-]*\d[0-9a-f-]*/gi, "#").slice(0, 200);
    const last = told.get(kind);
    if (last !== undefined && now() - last.at < EVERY_MS) {
      last.more += 1;
      return;
    }
    const more = last === undefined || last.more === 0 ? "" : ` (and ${last.more} more like it since it was last said)`;
    told.delete(kind);
    told.set(kind, { at: now(), more: 0 });
    const [oldest] = told.keys();
    if (told.size > KINDS && oldest !== undefined) told.delete(oldest);
    say(`${message}${more}`);
  };
}
