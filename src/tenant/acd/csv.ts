// Parses the CSV of the tenant's reports: quoted fields may contain commas, quotes and line ends. Pure.

/** The lines of a text, split into fields; empty lines are left out. */
export function fieldsOf(text: string): string[][] {
  const lines: string[][] = [];
  let [fields, field, quoted] = [[] as string[], "", false];
  const endLine = () => {
    if (fields.length > 0 || field !== "") lines.push([...fields, field]);
    [fields, field] = [[], ""];
  };
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  for (let at = 0; at < content.length; at += 1) {
    const letter = content[at] ?? "";
    if (quoted && letter === '"' && content[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (quoted) field += letter;
    else if (letter === ",") {
      fields.push(field);
      field = "";
    } else if (letter === "\n") endLine();
    else if (letter !== "\r") field += letter;
  }
  endLine();
  return lines;
}
