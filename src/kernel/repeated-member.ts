// JSON in which a member of an object is given twice: JSON.parse takes the last one without a word.

const MEMBERS = /"\s*:/g;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The name of a member that an object of a JSON text gives more than once; undefined when there is none.
 * @param value what JSON.parse made of the text
 */
export function repeatedMember(text: string, value: unknown): string | undefined {
  // As many names as members: nothing was given twice. Texts with `":` in them are looked at closely.
  if (text.match(MEMBERS)?.length === membersOf(value)) return undefined;
  const open: (Set<string> | undefined)[] = [];
  let atName = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const names = open.at(-1);
    if (token === "{" || token === "[") {
      atName = token === "{";
      open.push(atName ? new Set() : undefined);
    } else if (token === "}" || token === "]") {
      open.pop();
      atName = false;
    } else if (token === ",") atName = names !== undefined;
    else if (token === ":") atName = false;
    else if (atName && names !== undefined) {
      const name = String(JSON.parse(token));
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}

/** Not by recursion: how deep a text is nested is its sender's choice. */
function membersOf(root: unknown): number {
  const open: unknown[] = [root];
  let members = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    const inside = Object.values(value);
    if (!Array.isArray(value)) members += inside.length;
    for (const one of inside) if (typeof one === "object" && one !== null) open.push(one);
  }
  return members;
}

/** Whether objects and lists of a value lie in each other more than so many levels deep. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isNestedDeeper(one, levels - 1));
}
