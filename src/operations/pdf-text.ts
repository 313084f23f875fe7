// Text as a PDF can show it, and the fonts for it.

/** The letters of the fonts that every reader of PDFs has: those of Windows-1252. */
const STANDARD = "\x20-\x7e\xa1-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
/** The letters of the fonts in pdf-font.ts: Latin, Greek and Cyrillic ones. */
const OWN =
  "\x20-\x7e\xa1-\xac\xae-\u024f\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03e1" +
  "\u03f0-\u045f\u0490\u0491\u1e02-\u1ef9\u2010-\u2027\u2030-\u203a\u20ac\u2116\u2122\u2212";

const NOT_STANDARD = new RegExp(`[^\n${STANDARD}]`, "u");
const NOT_DRAWN = new RegExp(`[^\n${STANDARD}${OWN}]`, "gu");

/** Accents and their letters as one, and ligatures as letters: fonts have those. */
const composed = (text: string): string => text.normalize("NFC").replaceAll(/[\ufb00-\ufb06]/g, (one) => one.normalize("NFKC"));

/** Letters that a PDF has no font for are written as codes. */
export function plain(text: string): string {
  return composed(text).replaceAll(NOT_DRAWN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Whether `plain` writes some of it as codes. */
export const hasCodes = (text: string): boolean => composed(text).search(NOT_DRAWN) >= 0;

/** The note about such codes in a PDF. @param whole where the unchanged text is */
export const codesNote = (whole: string): string =>
  `Letters that this PDF cannot draw, such as Arabic ones and emoji, are written as codes like ${plain("😀")}; ${whole} has them as they are.`;

/** Names of the fonts of a document. */
export const FONT = "Text";
export const BOLD = "Text-Bold";

/**
 * Gives a document its fonts: those that every reader has, which are not in the file, unless `text` needs more letters.
 * @param text all that will be drawn, by `plain`
 */
export async function registerFonts(doc: PDFKit.PDFDocument, text: Iterable<string>): Promise<void> {
  for (const one of text)
    if (NOT_STANDARD.test(plain(one))) {
      const { regular, bold } = await import("./pdf-font.ts");
      doc.registerFont(FONT, Buffer.from(regular, "base64")).registerFont(BOLD, Buffer.from(bold, "base64"));
      return;
    }
  doc.registerFont(FONT, "Helvetica").registerFont(BOLD, "Helvetica-Bold");
}
