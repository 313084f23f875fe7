// Streams of NDJSON: many lines per chunk; a failure before the first line is answered as a problem.

import type { z } from "zod";
import { OutdialError } from "../../kernel/index.ts";
import type { endOfLines } from "../../operations/views/index.ts";
import { problemOf } from "../http/problem.ts";

/** Size of a chunk, characters. */
const BLOCK = 16_384;

/** Writes a line; resolves when there is room for more. @param isSoon it does not wait until a chunk is full */
export type WriteLine = (line: object, isSoon?: boolean) => Promise<void>;

/**
 * Runs work that writes lines. Resolves when the first lines are there or the work has ended, so that a failure before that is
 * still answered with its own status. A later failure breaks the stream off: the reader notices because the last line is missing.
 */
export function linesFrom(work: (write: WriteLine) => Promise<void>): Promise<AsyncIterable<string>> {
  return textsFrom((push) => work((line, isSoon) => push(`${JSON.stringify(line)}\n`, isSoon)));
}

/** The same for work that writes its lines as texts. */
export async function textsFrom(
  work: (push: (text: string, isSoon?: boolean) => Promise<void>) => Promise<void>,
): Promise<AsyncIterable<string>> {
  const texts = textsOf(async (push) => {
    const block = new Block(push);
    await work((text, isSoon) => block.add(text, isSoon));
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

/**
 * NDJSON whose last line says why no more came, where something failed after the first lines; asked for its end, it always has
 * such a line with the number of lines before it: an answer without it was cut off.
 */
export async function* withEnd(texts: AsyncIterable<string | Uint8Array>, isAsked: boolean): AsyncGenerator<string | Uint8Array> {
  let lines = 0;
  let why: z.output<typeof endOfLines>["end"]["problem"];
  try {
    for await (const text of texts) {
      lines += String(text).split("\n").length - 1;
      yield text;
    }
  } catch (thrown) {
    if (!(thrown instanceof OutdialError)) throw thrown;
    why = problemOf(thrown, "");
  }
  const end: z.output<typeof endOfLines> = { end: { lines, ...(why === undefined ? {} : { problem: why }) } };
  if (isAsked || why !== undefined) yield `${JSON.stringify(end)}\n`;
}

class Block {
  readonly #push: Push;
  #text = "";

  constructor(push: Push) {
    this.#push = push;
  }

  async add(text: string, isSoon = false): Promise<void> {
    this.#text += text;
    if (isSoon || this.#text.length >= BLOCK) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    await this.#push(text);
  }
}

// A channel: one side pushes texts, the other takes them at its own pace.

/** Pushes a text; resolves when it was taken. */
type Push = (text: string) => Promise<void>;

/** Runs work that pushes texts, as an iterable of them; ending the iteration early makes the next push fail. */
async function* textsOf(work: (push: Push) => Promise<void>): AsyncGenerator<string> {
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
        try {
          yield text;
        } finally {
          // Also when the reader goes away here: the work must see it at its next push.
          taken();
        }
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
