// The second door of this part: what opting out is, without rules, places or telephone numbers. For threads that look for nothing else.

export { findOptOut } from "./suppression/opt-out.ts";
