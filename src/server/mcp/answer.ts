// Answers to assistants: JSON with telephone numbers masked, of bounded length; errors in the same words as on the command line.

import { maskedText, maskedValue, problem } from "../../operations/views/index.ts";

/** Longest answer, characters. */
export const LONGEST_ANSWER = 60_000;

/** The result of a tool, as the protocol has it. */
export interface ToolResult {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly isError?: true;
  readonly [member: string]: unknown;
}

/** The result that a response of the API makes. */
export async function resultOf(response: Response): Promise<ToolResult> {
  const text = await response.text();
  const value = jsonOf(text);
  if (!response.ok) return failed(...wordsOf(value, response.status));
  return told(JSON.stringify(value === undefined ? text : maskedValue(value)));
}

/** A result of a text, cut when it is too long. */
export function told(text: string): ToolResult {
  if (text.length <= LONGEST_ANSWER) return { content: [{ type: "text", text }] };
  const cut = `The answer was cut: these are its first ${LONGEST_ANSWER} of ${text.length} characters. Ask for less, with a smaller limit or about one thing.`;
  return {
    content: [
      { type: "text", text: text.slice(0, LONGEST_ANSWER) },
      { type: "text", text: cut },
    ],
  };
}

/** A result that says what went wrong. @param advice what to do about it */
export function failed(message: string, advice?: string): ToolResult {
  const { content } = told(maskedText(advice === undefined ? message : `${message}\n  ${advice}`));
  return { content, isError: true };
}

function wordsOf(value: unknown, status: number): [message: string, advice: string | undefined] {
  const parsed = problem.safeParse(value);
  return parsed.success ? [parsed.data.detail, parsed.data.advice] : [`the service answered ${status}`, undefined];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
