// Streams of NDJSON: many lines a text, and failures that come before the first one told as problems.

import { type Push, textsOf } from "./texts-channel.ts";

/** Characters that are sent at once. */
const BLOCK = 16_384;

/** What work writes lines into; resolves when there is room for more. */
export type WriteLine = (line: object) => Promise<void>;

/**
 * Runs work that writes lines. Resolves when the first of them is there or the work has ended, so that a failure until then is still answered with
 * its own status. One that comes later breaks the stream off: whoever reads it misses the last line.
 */
export function linesFrom(work: (write: WriteLine) => Promise<void>): Promise<AsyncIterable<string>> {
  return textsFrom((push) => work((line) => push(`${JSON.stringify(line)}\n`)));
}

/** The same for work that writes its lines as texts. */
export async function textsFrom(work: (push: Push) => Promise<void>): Promise<AsyncIterable<string>> {
  const texts = textsOf(async (push) => {
    const block = new Block(push);
    await work((text) => block.add(text));
    await block.flush();
  });
  const first = await texts.next();
  return (async function* () {
    try {
      if (first.done !== true) yield first.value;
      yield* texts;
    } finally {
      await texts.return(undefined);
    }
  })();
}

class Block {
  readonly #push: Push;
  #text = "";

  constructor(push: Push) {
    this.#push = push;
  }

  async add(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= BLOCK) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    await this.#push(text);
  }
}
