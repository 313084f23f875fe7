// outdial data.

import { command } from "../command.ts";
import { STORE } from "../declare.ts";

export const lives = command("lives", STORE, {
  runs: "through",
  summary: "what is kept, for how long, what removes it, who may change that, and what was removed so far",
  notes: "The times stand under kept in outdial.yaml. A service removes once an hour; docs/lives.md has the same table.",
  examples: ["outdial data lives --json"],
});
