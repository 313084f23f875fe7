// Files of calling lists: comma or tab, quotes doubled inside quotes.

/** The lines of a file as fields; empty lines are left out. */
export function readTable(text: string): string[][] {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const separator = first.includes("\t") ? "\t" : ",";
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let quoted = false;
  const endField = (): void => {
    fields.push(field.trim());
    field = "";
  };
  const endLine = (): void => {
    endField();
    if (fields.some((value) => value !== "")) lines.push(fields);
    fields = [];
  };
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const mark = text[at] ?? "";
    if (quoted) {
      if (mark !== '"') field += mark;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (mark === '"' && field === "") quoted = true;
    else if (mark === separator) endField();
    else if (mark === "\n") endLine();
    else if (mark !== "\r") field += mark;
  }
  endLine();
  return lines;
}
