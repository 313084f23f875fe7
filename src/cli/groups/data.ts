// outdial data.

import { command } from "../command.ts";
import { phone, STORE } from "../declare.ts";

export const lives = command("lives", STORE, {
  summary: "what is kept, for how long, what removes it, who may change that, and what was removed so far",
  notes: "The times stand under kept in outdial.yaml. A service removes once an hour; docs/lives.md has the same table.",
  examples: ["outdial data lives --json"],
});

export const findPerson = command("find", STORE, {
  summary: "every place that keeps a person, by the telephone number: how much, how long, and what removes it",
  args: [phone("<number>", "E.164, or as people write it")],
  notes:
    "Reads everything that is kept once: jobs and their lines, notes, source names, bodies of events, the workflow engine's tables, facts, the audit log, the lake, and files of the working folder. " +
    "Besides the number in whatever form, the ids of the calls to it are looked for, of the newest 200. The answer and its entry in the audit log do not have the number.",
  examples: ["outdial data find +12125550123 --json"],
});
