// Text as a PDF can show it.

/** The fonts of every PDF have the characters of Windows-1252; other characters are written as codes. */
export function plain(text: string): string {
  return text.replaceAll(
    /[^\n\x20-\x7e\xa1-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu,
    (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The note about such codes in a PDF. @param whole where the unchanged text is */
export const codesNote = (whole: string): string =>
  `Letters that this PDF cannot draw, such as Arabic ones and emoji, are written as codes like ${plain("😀")}; ${whole} has them as they are.`;
