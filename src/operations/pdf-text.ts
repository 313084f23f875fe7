// Text as a PDF can show it.

/** The fonts of every PDF have the characters of Windows-1252; what they lack is told by its code. */
export function plain(text: string): string {
  return text.replaceAll(/[^\n\x20-\x7e\xa1-\xff]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}
