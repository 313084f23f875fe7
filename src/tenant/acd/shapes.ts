// Tracks the known shapes in which a tenant answers each operation. A change is reported once, with both shapes: the tenant was
// upgraded, or answers in an unknown form. Pure apart from its own memory.

import type { ReplyShape } from "./envelope.ts";

interface ShapeListeners {
  readonly first: (operationId: string, shape: string) => void;
  readonly drift: (operationId: string, before: string, after: string) => void;
}

/**
 * Compares the shape of each reply (envelope, name of the list, older field names) with the one seen before, and tells listeners
 * what differs.
 */
export class Shapes {
  #seen: Map<string, string> | undefined;
  readonly #known: () => Readonly<Record<string, string>>;
  readonly #told = new Set<string>();
  readonly #listeners: ShapeListeners;

  /** @param known shapes seen before, by operation; called when the first reply has arrived */
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

  /** Reports a reply that has no known shape. */
  broken(operationId: string, why: string): void {
    const before = this.#all().get(operationId);
    // When no known shape was seen before, nothing has changed: the call's error says what is wrong.
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
