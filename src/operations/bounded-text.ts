// Reads text from outside up to a size, so that a file named by mistake neither fills the memory nor is read without end.

import { createReadStream } from "node:fs";

/** Default limit of one text, bytes: the largest plans and packs have about 10 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A text is larger than its limit. */
export class TooLongError extends Error {}

/** The text of a stream, read as UTF-8. @throws TooLongError beyond `most` bytes */
export async function boundedText(bytes: AsyncIterable<Uint8Array>, most: number = MOST_BYTES): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most) throw new TooLongError(`it has more than ${most} bytes, the most that is allowed`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * The text of a file. @throws TooLongError beyond `most` bytes, and the file system's errors, which `fileTrouble` puts into words
 */
export const boundedFileText = (path: string, most?: number): Promise<string> => boundedText(createReadStream(path), most);
