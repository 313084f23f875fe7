// JSON in which an object has the same member twice: JSON.parse silently takes the last one.

const MEMBERS = /"\s*:/g;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The name of a member that an object in a JSON text has more than once; undefined when there is none.
 * @param value the result of JSON.parse of this text
 */
export function repeatedMember(text: string, value: unknown): string | undefined {
  // As many names as members: nothing is there twice. A text that has `":` inside of strings is read token by token.
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

/** Without recursion: the sender decides how deep a text is nested. */
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

/** Whether objects and lists are nested more than `levels` deep. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isNestedDeeper(one, levels - 1));
}
