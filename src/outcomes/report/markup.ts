// Markup made as values: every text and every attribute is escaped where it is put in, so that no name from outside can become markup.

/** Finished markup. Only `element`, `raw` of this module's own constants, and `join` make it. */
export interface Markup {
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as markup shows it. Control characters, which no document may hold, become U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" || character === "\t" ? character : "\ufffd"))
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

type Child = Markup | string | number | undefined;
type Attributes = Readonly<Record<string, string | number | undefined>>;

const VOID: ReadonlySet<string> = new Set(["meta", "br", "col"]);

/** An element with attributes and children; strings are text. Names are the caller's own, never from outside. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const open = `<${name}${given.map(([key, value]) => ` ${key}="${escapeText(String(value))}"`).join("")}>`;
  return { html: VOID.has(name) ? open : `${open}${join(children).html}</${name}>` };
}

/** Children one after the other. */
export function join(children: readonly Child[]): Markup {
  return {
    html: children
      .map((child) => (child === undefined ? "" : typeof child === "object" ? child.html : escapeText(String(child))))
      .join(""),
  };
}
