// Looking up by key with one statement for all who ask at once: under load a round trip each would be most of the work.

/**
 * One statement is under way at a time; whoever asks meanwhile is in the next one. So every answer is at least as young as its question: nobody is given
 * what was true before they asked.
 */
export class SharedLookup<Value> {
  readonly #read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  #waiting = new Map<
    string,
    { readonly answer: Promise<Value | undefined>; settle(found: Value | undefined): void; fail(why: unknown): void }
  >();
  #busy = false;

  /** @param read looks all of them up; keys without a value are left out */
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
