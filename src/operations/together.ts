// Runs the same work once for all who ask for it at about the same time.

/** Work that many ask for: who asks while it runs shares the next run with the others, so that nobody gets what was read before they asked. */
export class Together<Value> {
  #running: Promise<Value> | undefined;
  #next: Promise<Value> | undefined;

  get(work: () => Promise<Value>): Promise<Value> {
    if (this.#running === undefined) return this.#run(work);
    this.#next ??= this.#running.then(
      () => this.#run(work),
      () => this.#run(work),
    );
    return this.#next;
  }

  #run(work: () => Promise<Value>): Promise<Value> {
    this.#next = undefined;
    const running = work().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
