// The steps of a change of settings, and where one stands: on its way out, and on its way back once it has failed. A step is called done only when
// the change has passed it. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import { CHANGE_OUTCOMES } from "./words.ts";

/** `stopped`: it waits for a person. */
export type StepState = "done" | "running" | "failed" | "stopped" | "waiting";

export interface Step {
  readonly name: string;
  readonly text: string;
  readonly state: StepState;
}

type Change = Pick<ApiTypes.DialerChange, "phase" | "purpose" | "outcome" | "stop" | "guard" | "looks" | "failure">;
type Phase = Change["phase"];
type Straight = "sending" | "sent" | "polling" | "verifying" | "guarding";

/** The way out: what each step is called. */
const OUT: Readonly<Record<Straight, string>> = {
  sending: "Send the settings, with the tag of those they replace",
  sent: "Wait for the vendor's answer",
  polling: "Wait until the vendor reports them active",
  verifying: "Read them back, field by field",
  guarding: "Watch the figures",
};

/** The step that a phase belongs to on the way out, and what is done in those aside of the straight way. */
const WHERE: Readonly<Record<Exclude<Phase, "ended">, readonly [Straight, string?]>> = {
  sending: ["sending"],
  merging: ["sending", "Merge with what somebody else has set meanwhile"],
  checking: ["sending", "Check and simulate what came of merging"],
  sent: ["sent"],
  polling: ["polling"],
  settling: ["polling", "The answer was lost: read what is in force"],
  watching: ["polling", "The answer was lost: watch what is in force"],
  verifying: ["verifying"],
  examining: ["verifying", "Read what is in force"],
  guarding: ["guarding"],
  paused: ["guarding", "The figures say too little: a person must decide"],
};

/** Where on the way out a change failed. */
const FAILED_AT: Readonly<Record<NonNullable<Change["failure"]>["code"], Straight>> = {
  refused_by_tenant: "sent",
  activation_lost: "sent",
  activation_failed: "polling",
  activation_timeout: "polling",
  read_back_mismatch: "verifying",
  abandonment_too_high: "guarding",
  decided: "guarding",
};

/** What is done on the way back, by phase. */
const BACK: Readonly<Partial<Record<Phase, string>>> = {
  sending: "send them",
  sent: "wait for the vendor's answer",
  polling: "wait until the vendor reports them active",
  settling: "the answer was lost, read what is in force",
  watching: "the answer was lost, watch what is in force",
  verifying: "read them back",
  examining: "read what is in force",
};

export function stepsOf(change: Change): readonly Step[] {
  const { phase, outcome, failure, guard } = change;
  const names = (Object.keys(OUT) as Straight[]).filter((name) => name !== "guarding" || guard !== null);
  const at = failure === null ? aloneAt(change) : FAILED_AT[failure.code];
  // Settings that did not get further leave the steps after it undone: they are not shown once the change has turned back or ended.
  const isOnItsWay = failure === null && phase !== "ended";
  const passed = at === null ? names.length : names.indexOf(at);
  const out = names.flatMap((name, index): Step[] => {
    if (index < passed) return [{ name, text: OUT[name], state: "done" }];
    if (index === passed) return [{ name, text: textOf(name, change), state: isOnItsWay ? underWay(change) : "failed" }];
    return isOnItsWay ? [{ name, text: OUT[name], state: "waiting" }] : [];
  });
  return [...out, ...(failure === null ? [] : wayBack(change)), ending(outcome)];
}

/** The step on the way out where a change that has not failed stands, or ended; null: it has passed all. */
function aloneAt({ phase, outcome }: Change): Straight | null {
  if (phase !== "ended") return WHERE[phase][0];
  if (outcome === "applied") return null;
  // Overtaken settings were sent; those that were refused or in conflict were not.
  return outcome === "overtaken" ? "sent" : "sending";
}

function textOf(name: Straight, { phase, failure, outcome, looks }: Change): string {
  if (failure !== null) return OUT[name];
  if (phase === "ended") return outcome === "overtaken" ? "Somebody else changed the settings meanwhile" : OUT[name];
  const text = WHERE[phase][1] ?? OUT[name];
  return name === "polling" && looks > 0 ? `${text}: ${looks} look${looks === 1 ? "" : "s"}` : text;
}

function underWay({ stop, phase }: Change): StepState {
  return stop !== null || phase === "paused" ? "stopped" : "running";
}

/** After a failure: what is in force is looked at, and put right when it is our doing. */
function wayBack(change: Change): Step[] {
  const { phase, purpose, outcome } = change;
  const look = { name: "examining", text: "It did not hold: read what is in force" };
  const back = { name: "restoring", text: "Put the old settings back" };
  if (purpose === "apply") return [{ ...look, state: phase === "ended" ? "done" : underWay(change) }];
  if (phase !== "ended") {
    const text = BACK[phase] === undefined ? back.text : `${back.text}: ${BACK[phase]}`;
    return [
      { ...look, state: "done" },
      { ...back, text, state: underWay(change) },
    ];
  }
  return [
    { ...look, state: "done" },
    { ...back, state: outcome === "rolled_back" ? "done" : "failed" },
  ];
}

function ending(outcome: Change["outcome"]): Step {
  if (outcome === null) return { name: "ended", text: "Ended", state: "waiting" };
  return { name: "ended", text: `Ended: ${CHANGE_OUTCOMES[outcome].text}`, state: outcome === "applied" ? "done" : "failed" };
}

export const GLYPHS: Readonly<Record<StepState, string>> = { done: "✓", running: "▸", failed: "✕", stopped: "‖", waiting: "·" };
