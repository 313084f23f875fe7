// A state as a word with a colour; the word alone is enough to understand it.

import { words } from "../view/format.ts";
import { type Tone, toneOf } from "../view/tone.ts";

export function Pill({ state, tone, text }: { readonly state: string; readonly tone?: Tone; readonly text?: string }) {
  return <span class={`pill ${tone ?? toneOf(state)}`}>{text ?? words(state)}</span>;
}
