// A small second entry point of this part: recognising opt-outs, without rules, places or telephone numbers. For threads that
// need nothing else and must start fast.

export { findOptOut } from "./suppression/opt-out.ts";
