// The part of Apache Thrift's compact protocol that the metadata of a Parquet file needs. Pure. Source: Thrift's specification
// "Thrift compact protocol encoding".

/** A value with its type on the wire. Whole numbers up to 2^53. */
export type ThriftValue =
  | { readonly bool: boolean }
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly bytes: Uint8Array }
  | { readonly text: string }
  | { readonly list: readonly ThriftValue[] }
  | { readonly struct: ThriftStruct };

/** Fields by number, ascending; neighbouring numbers differ by at most 15. A field with the value undefined is left out. */
export type ThriftStruct = readonly (readonly [id: number, value: ThriftValue | undefined])[];

const TRUE = 1;
const FALSE = 2;
const STOP = 0;
const LONG_LIST = 15;

/** A struct as bytes. */
export function encodeStruct(struct: ThriftStruct): Uint8Array {
  const out: number[] = [];
  putStruct(out, struct);
  return Uint8Array.from(out);
}

function putStruct(out: number[], struct: ThriftStruct): void {
  let last = 0;
  for (const [id, value] of struct) {
    if (value === undefined) continue;
    out.push(((id - last) << 4) | typeOf(value));
    last = id;
    // A boolean in a struct is encoded in its type alone.
    if (!("bool" in value)) putValue(out, value);
  }
  out.push(STOP);
}

function putValue(out: number[], value: ThriftValue): void {
  if ("bool" in value) out.push(value.bool ? TRUE : FALSE);
  else if ("i32" in value) putVarint(out, zigzag(value.i32));
  else if ("i64" in value) putVarint(out, zigzag(value.i64));
  else if ("bytes" in value) putBytes(out, value.bytes);
  else if ("text" in value) putBytes(out, Buffer.from(value.text, "utf8"));
  else if ("struct" in value) putStruct(out, value.struct);
  else {
    const [first] = value.list;
    const type = first === undefined ? TRUE : typeOf(first);
    if (value.list.length < LONG_LIST) out.push((value.list.length << 4) | type);
    else {
      out.push((LONG_LIST << 4) | type);
      putVarint(out, value.list.length);
    }
    for (const item of value.list) putValue(out, item);
  }
}

function typeOf(value: ThriftValue): number {
  if ("bool" in value) return value.bool ? TRUE : FALSE;
  if ("i32" in value) return 5;
  if ("i64" in value) return 6;
  if ("list" in value) return 9;
  return "struct" in value ? 12 : 8;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function putVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

function putBytes(out: number[], bytes: Uint8Array): void {
  putVarint(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}
