// Which colour a state has. What is not known has none: a new state of the vendor must not look good by accident.

export type Tone = "good" | "warn" | "bad" | "info" | "none";

const TONES: Readonly<Record<string, Tone>> = {
  running: "good",
  active: "good",
  started: "good",
  done: "good",
  delivered: "good",
  applied: "good",
  allow: "good",
  approved: "good",
  rolled_back: "warn",
  not_applied: "warn",
  conflict: "warn",
  overtaken: "warn",
  paused: "warn",
  draining: "warn",
  stopping: "warn",
  partly_failed: "warn",
  pending: "info",
  planning: "info",
  ready: "info",
  sending: "info",
  sent: "info",
  polling: "info",
  verifying: "info",
  guarding: "info",
  stopped: "bad",
  failed: "bad",
  dead: "bad",
  deny: "bad",
  rejected: "bad",
  refused: "bad",
  rollback_failed: "bad",
  error: "bad",
  alarm: "bad",
  cancelled: "none",
  expired: "none",
};

export function toneOf(state: string): Tone {
  return TONES[state.toLowerCase().replace(/[\s-]+/g, "_")] ?? "none";
}
