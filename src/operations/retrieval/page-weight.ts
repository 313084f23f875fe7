// The highest amount of memory that the JSON of a page can need, computed from its bytes before parsing. Pure.
//
// Running out of memory during parsing may end the whole process, even when the thread has a memory limit. So such a page must be
// refused before. The figures were measured with Node 24 and JSON that needs much memory: empty objects, nested lists, always new
// or numeric member names.

/** Highest number of bytes of memory for one byte of JSON. */
const HEAVIEST = 26;
/** A page of at most this number of bytes is not checked: it cannot need much memory. */
const SMALL = 2_000_000;
/**
 * Highest number of bytes of memory for an object or a list, a member of an object, an item of a list; and for each byte of text,
 * as names and values.
 */
const NODE = 64;
const MEMBER = 144;
const ITEM = 24;
const TEXT = 2;

const BRACE = 0x7b;
const BRACKET = 0x5b;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * The highest number of bytes of memory for parsing JSON. Punctuation within texts is counted, too, which only raises the result.
 */
export function weightOf(json: Uint8Array): number {
  if (json.byteLength <= SMALL) return json.byteLength * HEAVIEST;
  let [nodes, members, items] = [0, 0, 0];
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === COMMA) items += 1;
    else if (byte === COLON) members += 1;
    else if (byte === BRACE || byte === BRACKET) nodes += 1;
  }
  return nodes * NODE + members * MEMBER + items * ITEM + json.byteLength * TEXT;
}
