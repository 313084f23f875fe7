// In which of its known shapes a tenant answers each operation. A change is told once, with both shapes: the tenant was brought up to another version,
// or answers in a way that nobody has written down. Pure but for its own memory.

import type { ReplyShape } from "./envelope.ts";

interface ShapeListeners {
  readonly first: (operationId: string, shape: string) => void;
  readonly drift: (operationId: string, before: string, after: string) => void;
}

/**
 * Compares the shape of each reply (names and types of its fields) with the one seen before, and tells a listener what differs.
 */
export class Shapes {
  #seen: Map<string, string> | undefined;
  readonly #known: () => Readonly<Record<string, string>>;
  readonly #told = new Set<string>();
  readonly #listeners: ShapeListeners;

  /** @param known shapes as they were seen before, by operation; asked when the first reply has come */
  constructor(known: () => Readonly<Record<string, string>>, listeners: ShapeListeners) {
    this.#known = known;
    this.#listeners = listeners;
  }

  seen(operationId: string, { at, list, older }: ReplyShape): void {
    const shape = `${list === undefined ? at : `${list} at ${at}`}, ${older ? "older" : "newer"} names`;
    const seen = this.#all();
    const before = seen.get(operationId);
    if (before === shape) return;
    seen.set(operationId, shape);
    if (before === undefined) this.#listeners.first(operationId, shape);
    else this.#tell(operationId, before, shape);
  }

  /** A reply that is in no known shape. */
  broken(operationId: string, why: string): void {
    const before = this.#all().get(operationId);
    // What never was in a known shape has not changed: the refusal of the call says what is wrong.
    if (before !== undefined) this.#tell(operationId, before, `not as promised: ${why}`);
  }

  #all(): Map<string, string> {
    this.#seen ??= new Map(Object.entries(this.#known()));
    return this.#seen;
  }

  #tell(operationId: string, before: string, after: string): void {
    const key = JSON.stringify([operationId, before, after]);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#listeners.drift(operationId, before, after);
  }
}
