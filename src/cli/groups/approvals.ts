// outdial approvals.

import { command } from "../command.ts";
import { flag, id, STORE, text, whole } from "../declare.ts";

const ID = id("<id>", "approval id");
const MESSAGE = text("--message <text>", "a word for the person who asked; kept with the approval");
const NOTES =
  "Only through a service (OUTDIAL_URL, OUTDIAL_TOKEN): its tokens say who agrees, and nobody can take the name of somebody else.";

export const list = command("list", STORE, {
  summary: "what waits for a second person, the newest first",
  options: [
    flag("--all", "also what was decided before"),
    whole("--limit <number>", "how many", { from: 1, to: 1000, default: 20 }),
  ],
  notes: NOTES,
});

export const show = command("show", STORE, {
  summary: "one approval: what the person who asked was shown, and whether that still holds",
  args: [ID],
  notes: NOTES,
});

export const approve = command("approve", STORE, {
  summary: "agree to exactly what was shown to the person who asked; it is carried out at once",
  args: [ID],
  options: [MESSAGE],
  notes: `Never by the person who asked. When what it builds upon has moved meanwhile, nothing is done.\n${NOTES}`,
});

export const reject = command("reject", STORE, {
  summary: "reject it; the person who asked may do so, too",
  args: [ID],
  options: [MESSAGE],
  notes: NOTES,
});
