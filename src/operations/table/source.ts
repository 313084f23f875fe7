// The beginning of an input: enough to recognise its format, and to refuse it as a whole.

import { OperationError } from "../error.ts";

const PEEK_BYTES = 64 * 1024;

/** The form of a file of rows. */
export type RowFormat = "csv" | "ndjson";

/** An input and its format. */
export interface OpenedSource {
  readonly format: RowFormat;
  /** The first line, without a byte order mark and without the line in which a spreadsheet names its separator. */
  readonly firstLine: string;
  /** The first lines of the file, at most twenty. */
  readonly firstLines: readonly string[];
  /** The separator that the file names (`sep=;`), and how many lines come before the first record. */
  readonly delimiter: string | undefined;
  readonly skip: number;
  /** The whole input, its beginning included. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Opens an input. Throws OperationError `invalid_input` when it is empty, compressed, or not UTF-8. */
export async function openSource(source: AsyncIterable<Uint8Array>, given?: RowFormat): Promise<OpenedSource> {
  const { head, rest } = await peek(source);
  refuseEncodings(head);
  const text = new TextDecoder().decode(head);
  if (text.trim() === "")
    throw new OperationError("invalid_input", "the input is empty", { advice: "Give a CSV file with a header line, or NDJSON." });
  const firstLines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/, 20);
  const delimiter = /^"?sep=(.)"?$/i.exec(firstLines[0] ?? "")?.[1];
  const skip = delimiter === undefined ? 0 : 1;
  return {
    format: given ?? (/^\s*\{/.test(text) ? "ndjson" : "csv"),
    firstLine: firstLines[skip] ?? "",
    firstLines,
    delimiter,
    skip,
    bytes: rest,
  };
}

/** Reads enough of the source to judge it, and returns the whole as a stream. */
async function peek(source: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < PEEK_BYTES) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    size += value.byteLength;
  }
  async function* rest() {
    try {
      yield* chunks;
      for (;;) {
        const { value, done } = await iterator.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(chunks), rest: rest() };
}

function refuseEncodings(head: Uint8Array): void {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new OperationError("invalid_input", "the file is UTF-16; outdial reads UTF-8", { advice: "Save it as 'CSV UTF-8'." });
  }
  // No text has as many zeros as the Latin letters of UTF-16 have.
  if (head.reduce((zeros, byte) => zeros + (byte === 0 ? 1 : 0), 0) > head.length / 4)
    throw new OperationError("invalid_input", "the file is UTF-16 without its mark, or no text; outdial reads UTF-8", {
      advice: "Save it as 'CSV UTF-8'.",
    });
  if (a === 0x1f && b === 0x8b) {
    throw new OperationError("invalid_input", "the file is compressed with gzip", {
      advice: "Pipe it in: gzip -dc FILE | outdial … -",
    });
  }
  if (a === 0x50 && b === 0x4b) {
    throw new OperationError("invalid_input", "the file is a ZIP archive or a spreadsheet, not CSV", {
      advice: "Export the sheet as 'CSV UTF-8'.",
    });
  }
}
