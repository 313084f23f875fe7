// The rows of the list of campaigns for everybody who has it open: read once for all of them, and each is told what has changed since it was told last.

import { isDeepStrictEqual } from "node:util";
import { type Clock, messageOf } from "../../kernel/index.ts";
import type { CampaignList, CampaignSummary, ServiceEvent } from "../../operations/views/index.ts";

/** Pause between two readings of the list, ms; at least so many times as long as a reading takes. */
const PAUSE_MS = 2000;
const REST = 10;

interface BoardOptions {
  readonly clock: Clock;
  readonly read: () => Promise<CampaignList>;
  readonly log: (message: string) => void;
}

/** The latest list. What did not change of it is the same object as before. */
export class RowBoard {
  readonly #options: BoardOptions;
  #list: CampaignList | undefined;
  #isRead = false;
  #changed = new AbortController();
  #readers = 0;
  #empty = new AbortController();

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /** Reads the list until `signal` ends. @returns what one reader is told; undefined when nothing has changed */
  open(signal: AbortSignal): RowReader {
    if (++this.#readers === 1) void this.#run();
    signal.addEventListener("abort", () => void (--this.#readers === 0 && this.#leave()), { once: true });
    let told: CampaignList | undefined;
    return {
      changed: () => (told === this.#list ? this.#changed.signal : AbortSignal.abort()),
      next: (isBeat) => {
        const [before, list] = [told, this.#list];
        told = list;
        if (list === undefined || (before === list && !(isBeat && this.#isRead))) return undefined;
        return changesOf(before, list);
      },
    };
  }

  #leave(): void {
    this.#empty.abort();
    this.#list = undefined;
  }

  async #run(): Promise<void> {
    const { clock, read, log } = this.#options;
    this.#empty = new AbortController();
    const { signal } = this.#empty;
    while (!signal.aborted) {
      const began = performance.now();
      try {
        const list = await read();
        if (signal.aborted) return;
        this.#isRead = true;
        const next = keeping(this.#list, list);
        if (next !== this.#list) {
          this.#list = next;
          this.#changed.abort();
          this.#changed = new AbortController();
        }
      } catch (thrown) {
        this.#isRead = false;
        log(`the rows of the list could not be read: ${messageOf(thrown)}`);
      }
      await clock.sleep(Math.max(PAUSE_MS, REST * (performance.now() - began)), signal).catch(() => undefined);
    }
  }
}

export interface RowReader {
  /** Aborted once there is something that this reader was not told. */
  changed(): AbortSignal;
  /** What it was not told. @param isBeat also that nothing has changed, unless the list could not be read */
  next(isBeat: boolean): RowChanges | undefined;
}

type RowChanges = Omit<Extract<ServiceEvent, { type: "rows" }>, "type" | "at">;

/** Ages grow by themselves: whoever shows one counts it from its time. */
const ageless = (value: unknown) =>
  typeof value === "object" && value !== null && "ageSeconds" in value ? { ...value, ageSeconds: 0 } : value;

/** The list with each part of before that says the same. */
function keeping(before: CampaignList | undefined, list: CampaignList): CampaignList {
  if (before === undefined) return list;
  const old = new Map(before.items.map((row) => [row.id, row]));
  const items = list.items.map((row) => {
    const was = old.get(row.id);
    if (was === undefined) return row;
    const kept = Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const then = was[name as keyof CampaignSummary];
        return [name, isDeepStrictEqual(ageless(then), ageless(value)) ? then : value];
      }),
    ) as CampaignSummary;
    return changedOf(was, kept) === undefined ? was : kept;
  });
  const isSame =
    isDeepStrictEqual(before.known, list.known) &&
    items.length === before.items.length &&
    items.every((row, i) => row === before.items[i]);
  return isSame ? before : { ...list, items };
}

function changesOf(before: CampaignList | undefined, { items, known }: CampaignList): RowChanges {
  const old = new Map(before?.items.map((row) => [row.id, row]));
  const isSameOrder = before?.items.length === items.length && items.every(({ id }, i) => before.items[i]?.id === id);
  const rows = items.flatMap((row) => changedOf(old.get(row.id), row) ?? []);
  return { ids: isSameOrder ? null : items.map(({ id }) => id), rows, known };
}

function changedOf(before: CampaignSummary | undefined, row: CampaignSummary): RowChanges["rows"][number] | undefined {
  if (before === undefined) return row;
  const changed = Object.entries(row).filter(([name, value]) => before[name as keyof CampaignSummary] !== value);
  return changed.length === 0 ? undefined : { id: row.id, ...Object.fromEntries(changed) };
}
