// A small second entry point of this part: recognising opt-outs and reading telephone numbers, without rules or places. For
// threads and commands that need nothing else and must start fast.

export { certainText, readAtHome, readNumber } from "./geography/numbers.ts";
export { findOptOut } from "./suppression/opt-out.ts";
