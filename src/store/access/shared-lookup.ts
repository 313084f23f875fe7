// Looks up keys with one statement for all concurrent callers: under load, a round trip for each caller would take most of the
// time.

/**
 * Only one statement runs at a time; callers that come in the meantime share the next one. So every answer is read after its
 * question.
 */
export class SharedLookup<Value> {
  readonly #read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  #waiting = new Map<
    string,
    { readonly answer: Promise<Value | undefined>; settle(found: Value | undefined): void; fail(why: unknown): void }
  >();
  #busy = false;

  /** @param read looks up all given keys; keys without a value are left out */
  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
    this.#read = read;
  }

  get(key: string): Promise<Value | undefined> {
    const there = this.#waiting.get(key);
    if (there !== undefined) return there.answer;
    const { promise, resolve, reject } = Promise.withResolvers<Value | undefined>();
    this.#waiting.set(key, { answer: promise, settle: resolve, fail: reject });
    if (!this.#busy) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.size > 0) {
      const asked = this.#waiting;
      this.#waiting = new Map();
      try {
        const found = await this.#read([...asked.keys()]);
        for (const [key, question] of asked) question.settle(found.get(key));
      } catch (thrown) {
        for (const question of asked.values()) question.fail(thrown);
      }
    }
    this.#busy = false;
  }
}
