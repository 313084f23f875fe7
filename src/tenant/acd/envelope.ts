// Brings replies of all versions of the ACD API into one form: the content is taken out of its envelope, and lists and fields get
// the names of the operation table. Pure.

import type { AcdOperation } from "../../contract/acd/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The shape of a reply. */
export interface ReplyShape {
  /** The envelope that contained the content, or `top level`. */
  readonly at: string;
  /** The name of the list; undefined where there is none. */
  readonly list: string | undefined;
  /** Whether fields had names of older versions. */
  readonly older: boolean;
}

/** A reply in the form of the table, and its original shape; no shape when the reply does not show one. */
interface Unwrapped {
  readonly value: unknown;
  readonly shape: ReplyShape | undefined;
}

/** Takes a reply out of its envelope. A reply that is not an object is left as it is: the operation's schema judges it. */
export function unwrap(operation: AcdOperation, json: unknown): Unwrapped {
  const { envelope, aliases } = operation;
  const [listName, ...otherNames] = envelope?.items ?? [];
  const isBare = envelope?.bare === true && listName !== undefined && Array.isArray(json);
  const outer = isBare ? { [listName]: json as unknown } : envelope?.one === true ? alone(json) : json;
  if (!isFields(outer)) return { value: outer, shape: undefined };
  const { content, key } = contentOf(outer, operation);
  const at = isBare ? "the reply itself" : (key ?? "top level");
  if (listName === undefined) {
    const value = renamed(content, aliases);
    return { value, shape: { at, list: undefined, older: value !== content } };
  }
  const name = [listName, ...otherNames].find((one) => Array.isArray(content[one]));
  const { [key ?? ""]: _, ...beside } = outer;
  const fields = key === undefined ? outer : { ...beside, ...content };
  if (name === undefined) {
    // A list that is reported as empty may be missing.
    const empty = Number(fields["totalRecords"] ?? Number.NaN) === 0 && (fields[listName] ?? null) === null;
    return { value: empty ? { ...fields, [listName]: [] } : fields, shape: undefined };
  }
  const { [name]: found, ...rest } = fields;
  const rows = found as readonly unknown[];
  let older = false;
  const list = rows.map((row) => {
    const read = isFields(row) ? renamed(row, aliases) : row;
    older ||= read !== row;
    return read;
  });
  return { value: { ...rest, [listName]: list }, shape: rows.length === 0 ? undefined : { at, list: name, older } };
}

function contentOf(outer: Fields, { envelope }: AcdOperation): { readonly content: Fields; readonly key: string | undefined } {
  const { within = [], one = false } = envelope ?? {};
  const inside = (fields: Fields, key: string) => (one ? alone(fields[key]) : fields[key]);
  for (const key of within) {
    const inner = inside(outer, key);
    if (!isFields(inner)) continue;
    // An envelope within an envelope.
    const deeper = one ? within.find((name) => name !== key && isFields(inside(inner, name))) : undefined;
    if (deeper === undefined) return { content: inner, key };
    return { content: inside(inner, deeper) as Fields, key: `${key}.${deeper}` };
  }
  return { content: outer, key: undefined };
}

/** Fields with the names of the table; the same object when nothing was renamed. When both names occur, the table's name wins. */
function renamed(fields: Fields, aliases: Readonly<Record<string, string>> | undefined): Fields {
  if (aliases === undefined) return fields;
  let result: Record<string, unknown> | undefined;
  for (const old in aliases) {
    const name = aliases[old];
    if (name === undefined || !(old in fields) || name in fields) continue;
    result ??= { ...fields };
    result[name] = fields[old];
    delete result[old];
  }
  return result ?? fields;
}

const alone = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value);
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** An item of a write that failed. */
export interface FailedItem {
  /** Its index among the items. */
  readonly index: number;
  readonly error: string;
  readonly item: unknown;
}

/** The items of a successful reply that failed, in order. A reply that is itself one item is judged as that item. */
export function failedItems({ itemResults, failureField }: AcdOperation, reply: unknown): FailedItem[] {
  if (!isFields(reply)) return [];
  const text = failureField === undefined ? undefined : reply[failureField];
  if (typeof text === "string" && text !== "") return [{ index: 0, error: text, item: reply }];
  if (itemResults === undefined) return [];
  const { array, success, error } = itemResults;
  const items = array.length === 0 ? [reply] : (array.map((name) => reply[name]).find(Array.isArray) ?? []);
  const failed = items.flatMap((item: unknown, index) =>
    isFields(item) && item[success] === false ? [{ index, item, error: textOf(item[error]) }] : [],
  );
  const counted = Number(reply["errorCount"] ?? 0);
  return failed.length === 0 && counted > 0
    ? [{ index: 0, error: `the tenant counts ${counted} failed items and names none`, item: reply }]
    : failed;
}

const textOf = (error: unknown): string => (typeof error === "string" && error !== "" ? error : "the tenant gives no reason");
