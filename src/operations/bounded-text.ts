// Text from outside that is read whole: up to a size, so that a file named by mistake neither fills the memory nor is read for ever.

import { createReadStream } from "node:fs";

/** The most that is read as one text unless its reader says otherwise, bytes: the largest plans and packs have some 10 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A text has more bytes than are read of it. */
export class TooLongError extends Error {}

/** The text of a stream, read as UTF-8. @throws TooLongError beyond `most` bytes */
export async function boundedText(bytes: AsyncIterable<Uint8Array>, most: number = MOST_BYTES): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most) throw new TooLongError(`it has more than ${most} bytes, the most that is read of it`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The text of a file. @throws TooLongError beyond `most` bytes, and what the file system says: `fileTrouble` has the words */
export const boundedFileText = (path: string, most?: number): Promise<string> => boundedText(createReadStream(path), most);
