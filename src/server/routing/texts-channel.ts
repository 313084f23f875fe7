// A channel: one side pushes texts, the other takes them at its own pace.

/** Pushes a text; resolves when it was taken. */
export type Push = (text: string) => Promise<void>;

/** Runs work that pushes texts, as an iterable of them; ending the iteration early makes the next push fail. */
export async function* textsOf(work: (push: Push) => Promise<void>): AsyncGenerator<string> {
  let offered: { readonly text: string; readonly taken: () => void } | undefined;
  let wake: () => void = () => undefined;
  let left = false;
  let ended: { readonly failure: unknown } | true | undefined;
  const running = work(async (text) => {
    if (left) throw new Error("the reader has gone");
    const { promise, resolve } = Promise.withResolvers<void>();
    offered = { text, taken: resolve };
    wake();
    await promise;
  }).then(
    () => {
      ended = true;
      wake();
    },
    (failure: unknown) => {
      ended = { failure };
      wake();
    },
  );
  try {
    for (;;) {
      if (offered !== undefined) {
        const { text, taken } = offered;
        offered = undefined;
        yield text;
        taken();
      } else if (ended === true) return;
      else if (ended !== undefined) throw ended.failure;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    }
  } finally {
    left = true;
    offered?.taken();
    await running;
  }
}
