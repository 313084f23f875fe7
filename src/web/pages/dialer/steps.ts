// The steps of a change of settings, and where one stands. Pure.

import type { ApiTypes } from "../../../server/index.ts";

export type StepState = "done" | "running" | "failed" | "waiting";

export interface Step {
  readonly name: string;
  readonly text: string;
  readonly state: StepState;
}

/** In the order in which a change passes them, each with the phases that belong to it and what is done in those aside of the straight way. */
const ORDER: readonly (readonly [name: string, text: string, aside: Readonly<Record<string, string>>])[] = [
  [
    "sending",
    "Send the settings, with the tag of those they replace",
    { merging: "Merge with what somebody else has set meanwhile", checking: "Check and simulate what came of merging" },
  ],
  ["sent", "Wait for the vendor's answer", {}],
  [
    "polling",
    "Wait until the vendor reports them active",
    { settling: "The answer was lost: read what is in force", watching: "The answer was lost: watch what is in force" },
  ],
  ["verifying", "Read them back, field by field", { examining: "They do not hold: read what is in force" }],
  ["guarding", "Watch the figures", { paused: "The figures say too little: a person must decide" }],
  ["ended", "Ended", {}],
];

type Change = Pick<ApiTypes.DialerChange, "phase" | "purpose" | "outcome" | "stop" | "guard" | "looks">;

export function stepsOf({ phase, purpose, outcome, stop, guard, looks }: Change): readonly Step[] {
  const shown = ORDER.filter(([name]) => name !== "guarding" || guard !== null);
  const at = shown.findIndex(([name, , aside]) => name === phase || phase in aside);
  const back = purpose === "restore" && phase !== "ended" ? " (putting the old settings back)" : "";
  const ending: StepState = outcome === null || outcome === "applied" ? "done" : "failed";
  const current: StepState = phase === "ended" ? ending : stop !== null || phase === "paused" ? "failed" : "running";
  return shown.map(([name, text, aside], index) => {
    const state: StepState = index < at ? "done" : index > at ? "waiting" : current;
    const words = index === at ? `${aside[phase] ?? text}${back}` : text;
    return { name, text: name === "polling" && looks > 0 ? `${words}: ${looks} look${looks === 1 ? "" : "s"}` : words, state };
  });
}

export const GLYPHS: Readonly<Record<StepState, string>> = { done: "✓", running: "▸", failed: "✕", waiting: "·" };
