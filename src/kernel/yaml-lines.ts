// Places in a YAML document, for messages. Pure: it works on the nodes of a parsed document, of any YAML library.

import { messageOf } from "./error.ts";

/** The part of a YAML node that is used here. */
interface YamlNode {
  readonly range?: readonly number[] | null | undefined;
  readonly value?: unknown;
  readonly items?: readonly unknown[];
}

const isNode = (value: unknown): value is YamlNode => typeof value === "object" && value !== null;

/** The children of a node under their names in a path: keys of a map as text, entries of a list as `[index]`. */
function* below(node: unknown): Generator<readonly [name: string, at: unknown, child: unknown]> {
  if (!isNode(node) || !Array.isArray(node.items)) return;
  for (const [index, item] of node.items.entries()) {
    if (isNode(item) && "key" in item && "value" in item) {
      const { key } = item;
      yield [String(isNode(key) ? key.value : key), key, item.value];
    } else yield [`[${index}]`, item, item];
  }
}

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/**
 * The offset of the key that a path such as `tenants.prod.hosts` or `campaigns[0].status` names. When it is missing, the offset
 * of the nearest enclosing node; 0 for the whole document.
 * @param contents of the parsed document
 */
export function yamlOffset(contents: unknown, path: string): number {
  let rest = path;
  let node = contents;
  let offset = 0;
  while (rest !== "") {
    // A key may contain a dot: the longest key that fits is taken.
    const found = [...below(node)]
      .filter(([name]) => rest === name || rest.startsWith(`${name}.`) || rest.startsWith(`${name}[`))
      .sort(([a], [b]) => b.length - a.length)[0];
    // A missing key is reported at the node that lacks it.
    if (found === undefined) return offsetOf(node) ?? offset;
    const [name, at, child] = found;
    offset = offsetOf(at) ?? offset;
    node = child;
    rest = rest.slice(name.length).replace(/^\./, "");
  }
  return offset;
}

/** Paths of keys named `__proto__`: a schema never sees them, since they would change the object's prototype. */
export function hiddenKeys(contents: unknown, path = ""): string[] {
  return [...below(contents)].flatMap(([name, , child]) => {
    const here = path === "" || name.startsWith("[") ? `${path}${name}` : `${path}.${name}`;
    return name === "__proto__" ? [here] : hiddenKeys(child, here);
  });
}

/**
 * What a document says.
 * @param refused makes an error of the reason when it says nothing: an alias leads nowhere, or aliases to more than a memory has, or a key is a group or a list, which
 * as a name would take more memory than there is
 */
export function yamlValue(document: { readonly contents: unknown; toJS(): unknown }, refused: (why: string) => Error): unknown {
  const open: unknown[] = [document.contents];
  for (const node of open) {
    if (!isNode(node) || !Array.isArray(node.items)) continue;
    for (const item of node.items) {
      const isPair = isNode(item) && "key" in item && "value" in item;
      if (isPair && isNode(item.key) && !("value" in item.key))
        throw refused("a key is a group, a list or an alias; it must be a text");
      open.push(isPair ? item.value : item);
    }
  }
  try {
    return document.toJS();
  } catch (thrown) {
    throw refused(messageOf(thrown));
  }
}
