// Tables and small plots of characters, for terminals of any width.

/** One column; `cells` are its texts by row. */
export interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  readonly right?: boolean;
  /** Columns with a higher rank are left out first in a narrow terminal; columns of rank 0 are always shown. */
  readonly rank?: number;
}

const GAP = "  ";

/** Width of a text in terminal columns: East Asian wide characters take two, combining marks none. */
export function cellWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (/\p{M}/u.test(character)) continue;
    const isWide =
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3) ||
      (point >= 0xf900 && point <= 0xfaff) ||
      (point >= 0xfe30 && point <= 0xfe6f) ||
      (point >= 0xff00 && point <= 0xff60) ||
      (point >= 0x1f300 && point <= 0x1faff) ||
      (point >= 0x20000 && point <= 0x3fffd);
    width += isWide ? 2 : 1;
  }
  return width;
}

function fit(text: string, width: number, right: boolean): string {
  const shown = cellWidth(text) > width ? `${cut(text, width - 1)[0] ?? ""}…` : text;
  const space = " ".repeat(Math.max(0, width - cellWidth(shown)));
  return right ? space + shown : shown + space;
}

/** Lines of a table, with the header first. Columns are left out by rank until it fits into `width`. */
export function table(columns: readonly Column[], width: number): string[] {
  let shown = columns.map((column) => ({ ...column, width: Math.max(...[column.head, ...column.cells].map(cellWidth)) }));
  const total = () => shown.reduce((sum, column) => sum + column.width, GAP.length * (shown.length - 1));
  while (total() > width && shown.some(({ rank = 0 }) => rank > 0)) {
    const most = Math.max(...shown.map(({ rank = 0 }) => rank));
    const out = shown.findLastIndex(({ rank = 0 }) => rank === most);
    shown = shown.filter((_, i) => i !== out);
  }
  // The remaining columns must stay: the first one, the name, is cut.
  const over = total() - width;
  shown = shown.map((column, i) => (i === 0 && over > 0 ? { ...column, width: Math.max(4, column.width - over) } : column));
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  return Array.from({ length: rows + 1 }, (_, row) =>
    shown
      .map((column) => fit(row === 0 ? column.head : (column.cells[row - 1] ?? ""), column.width, column.right ?? false))
      .join(GAP)
      .trimEnd(),
  );
}

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * Values as a line of block characters, the lowest at the bottom; a dot for a missing value. When there are more values than
 * `width`, neighbours are averaged.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const points = values.length <= width ? values : squeeze(values, width);
  const known = points.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return points
    .map((value) => {
      if (value === null) return "·";
      const level = high === low ? 3 : Math.round(((value - low) / (high - low)) * (LEVELS.length - 1));
      return LEVELS.charAt(level);
    })
    .join("");
}

function squeeze(values: readonly (number | null)[], width: number): (number | null)[] {
  return Array.from({ length: width }, (_, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width))
      .filter((value) => value !== null);
    return part.length === 0 ? null : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `share` (0 to 1) of `width` characters, in steps of an eighth of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/**
 * Breaks text at spaces (not before a percent sign) into lines of at most `width`; the second and later ones are indented by
 * `indent` spaces.
 */
export function wrap(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  const room = () => Math.max(10, width - (lines.length === 0 ? 0 : indent));
  for (const word of text.split(/ (?!%)/).flatMap((one) => cut(one, Math.max(10, width - indent)))) {
    if (line !== "" && cellWidth(line) + 1 + cellWidth(word) > room()) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, i) => (i === 0 ? one : " ".repeat(indent) + one));
}

/** A word, cut into pieces that fit. */
function cut(word: string, width: number): string[] {
  const pieces = [""];
  for (const character of word) {
    const last = pieces.at(-1) ?? "";
    if (cellWidth(last) + cellWidth(character) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}
