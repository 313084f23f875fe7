// Who may see telephone numbers, and only when they ask.

import type { Principal } from "../../store/index.ts";
import { ServerError } from "../error.ts";

/** Whether numbers are shown. Throws ServerError `not_permitted` for a viewer who asks. */
export function mayReveal(asked: boolean, who: Principal): boolean {
  if (!asked) return false;
  if (who.role === "viewer") throw new ServerError("not_permitted", "telephone numbers are shown to operators only");
  return true;
}
