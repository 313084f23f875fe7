// Ends a list that does not get on.

import { hash } from "node:crypto";
import type { OperationId } from "../contract/index.ts";
import { messageOf } from "../kernel/index.ts";
import { TenantError } from "./errors.ts";

/**
 * Number of items of a page that are compared: a repeated page is equal in all of them, and a large page need not be serialised.
 */
const SAMPLE = 64;

/** The error of a list that goes on without items. */
export const endless = (operationId: OperationId): TenantError =>
  new TenantError(
    "paging_loop",
    `the tenant gave ${EMPTY_PAGES} pages in a row without an item, each with another page to follow`,
    { operationId, advice: "What was read so far can be used; ask the vendor why the list does not end." },
  );

/** Why a page is no end of a list although it is empty: fewer items came than the tenant announced; undefined when it may be one. */
export function endsEarly(
  items: string,
  { count, seen, total }: Readonly<Record<"count" | "seen" | "total", number>>,
): string | undefined {
  if (count > 0 || seen >= total) return undefined;
  return `an empty page of ${items} after ${seen} of the ${total} that the tenant says there are`;
}

/** Items at even distances, including the first and the last. */
function sampleOf(items: readonly unknown[]): unknown[] {
  return Array.from({ length: SAMPLE }, (_, n) => items[Math.round((n * (items.length - 1)) / (SAMPLE - 1))]);
}

/** After so many pages in a row without an item, a list that goes on counts as endless. */
export const EMPTY_PAGES = 100;

/** Remembers every token and the content of every page as hashes: 44 bytes per page. */
export class ProgressGuard {
  readonly #id: OperationId;
  readonly #tokens = new Set<string>();
  readonly #pages = new Set<string>();
  #empty = 0;

  constructor(id: OperationId) {
    this.#id = id;
  }

  /** @param items of the page that was read @param goesOn another page is to follow */
  count(items: number, goesOn: boolean): void {
    this.#empty = items === 0 ? this.#empty + 1 : 0;
    if (goesOn && this.#empty >= EMPTY_PAGES) throw endless(this.#id);
  }

  token(token: string): void {
    this.#remember(this.#tokens, token, "page token");
  }

  items(items: readonly unknown[]): void {
    if (items.length === 0) return;
    let text: string;
    try {
      text = JSON.stringify(items.length <= SAMPLE ? items : [items.length, sampleOf(items)]);
    } catch (thrown) {
      throw new TenantError("invalid_reply", `${this.#id}: a page nested too deeply to read (${messageOf(thrown)})`, {
        operationId: this.#id,
      });
    }
    this.mark(text);
  }

  /** @param text equal for pages with equal items */
  mark(text: string): void {
    this.#remember(this.#pages, text, "page");
  }

  #remember(known: Set<string>, text: string, what: string): void {
    const digest = hash("sha256", text, "base64");
    if (known.has(digest)) {
      throw new TenantError("paging_loop", `${this.#id}: the tenant gave the same ${what} a second time`, {
        operationId: this.#id,
        advice: "The items read so far can be used; read the rest later, from another start.",
      });
    }
    known.add(digest);
  }
}
