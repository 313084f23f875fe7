// outdial data.

import { command } from "../command.ts";
import { flag, phone, STORE, text } from "../declare.ts";

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

export const erasePerson = command("erase", STORE, {
  summary: "erase a person: all that no duty holds; says what stays, and why",
  args: [phone("[number]", "E.164, or as people write it (it or --again is required)")],
  options: [
    text("--reason <text>", "why, such as the request of the person; kept in the audit log (required with a number)"),
    flag(
      "--again",
      "instead of a number: whoever was erased since the backup from which the database was restored, and what was broken off",
    ),
  ],
  notes:
    "In every place that data find knows: rows without duty are removed, the number is replaced elsewhere, and what was noted of its calls is gone. Records of calls and of consent stay as long as " +
    "the rules ask (16 CFR 310.5), opt-outs without end, since the number could be called without them. Refused while a job that has not ended has the person. It goes on beside all other work; one that " +
    "was broken off goes on when it is asked for again. It cannot be taken back.",
  examples: ['outdial data erase +12125550123 --reason "asked for it in ticket 7"', "outdial data erase --again --yes"],
});
