// Markup as values: every text and attribute is escaped when it is inserted, so that names from outside cannot become markup.

/** Finished markup. It is made only by `element`, by `join`, and by `raw` from constants of this module. */
export interface Markup {
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text, escaped. Control characters, which a document may not contain, become U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" || character === "\t" ? character : "\ufffd"))
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

type Child = Markup | string | number | undefined;
type Attributes = Readonly<Record<string, string | number | undefined>>;

const VOID: ReadonlySet<string> = new Set(["meta", "br", "col"]);

/** An element with attributes and children; strings are text. Element and attribute names must be constants of the caller. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const open = `<${name}${given.map(([key, value]) => ` ${key}="${escapeText(String(value))}"`).join("")}>`;
  return { html: VOID.has(name) ? open : `${open}${join(children).html}</${name}>` };
}

/** Children, concatenated. */
export function join(children: readonly Child[]): Markup {
  return {
    html: children
      .map((child) => (child === undefined ? "" : typeof child === "object" ? child.html : escapeText(String(child))))
      .join(""),
  };
}
