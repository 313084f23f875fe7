// Where things stand in a YAML document, for messages. Pure: it works on the nodes of a parsed document, whichever library parsed it.

/** A node with what is below it, as far as it is needed here. */
interface YamlNode {
  readonly range?: readonly number[] | null | undefined;
  readonly value?: unknown;
  readonly items?: readonly unknown[];
}

const isNode = (value: unknown): value is YamlNode => typeof value === "object" && value !== null;

/** The pairs of a map with their keys as text; the entries of a list by their index in brackets: both as a path has them. */
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
 * The offset of what a path such as `tenants.prod.hosts` or `campaigns[0].status` names: of its key, or of the nearest thing around it that is there; 0 for
 * the whole.
 * @param contents of the parsed document
 */
export function yamlOffset(contents: unknown, path: string): number {
  let rest = path;
  let node = contents;
  let offset = 0;
  while (rest !== "") {
    // A key may have a point in it: the longest that fits counts.
    const found = [...below(node)]
      .filter(([name]) => rest === name || rest.startsWith(`${name}.`) || rest.startsWith(`${name}[`))
      .sort(([a], [b]) => b.length - a.length)[0];
    // What is missing is told inside of what lacks it.
    if (found === undefined) return offsetOf(node) ?? offset;
    const [name, at, child] = found;
    offset = offsetOf(at) ?? offset;
    node = child;
    rest = rest.slice(name.length).replace(/^\./, "");
  }
  return offset;
}

/** Paths of keys that no schema gets to see, since they would change what an object is. */
export function hiddenKeys(contents: unknown, path = ""): string[] {
  return [...below(contents)].flatMap(([name, , child]) => {
    const here = path === "" || name.startsWith("[") ? `${path}${name}` : `${path}.${name}`;
    return name === "__proto__" ? [here] : hiddenKeys(child, here);
  });
}
