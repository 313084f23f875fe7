// Compares the audit log with its heads outside while the service runs, and reports when the database was set back.

import { setBackAlarm } from "../../operations/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

const LOOK_MS = 10_000;
/** Witnesses, and places that may be unreachable, are only asked in every nth look. */
const EVERY = 6;

export function watchHeads(
  { config: { clock }, store: { audit, endpoints }, random }: Pick<Workplace, "config" | "store" | "random">,
  background: Background,
  given: { readonly signal: AbortSignal; readonly log: ServiceLog; readonly everyMs?: number | undefined },
): void {
  const { signal, log, everyMs = LOOK_MS } = given;
  const said = new Map<string, string>();
  /** Logs a message about something once, until the message changes. */
  const say = (about: string, level: "error" | "warn" | "info", message: string) => {
    if (said.get(about) !== message) log(level, message);
    said.set(about, message);
  };
  background.repeat("heads of the audit log", { clock, everyMs, signal }, async (looks) => {
    const findings = await audit.compareHeads({ keep: true, remote: looks % EVERY === 0 });
    for (const { place, state, message } of findings)
      if (state === "unreachable") say(place, "warn", `the head of the audit log in ${place} cannot be compared: ${message}`);
      else said.delete(place);
    const isCompared = findings.some(({ outside, state }) => outside && state === "fits");
    if (looks === 0 && !isCompared && (await audit.checkpoint()) !== undefined)
      log(
        "warn",
        "there is no head of the audit log outside the store: it cannot be checked whether the database was set back (docs/audit.md)",
      );
    const [held] = audit.held;
    if (held !== undefined)
      say("set back", "error", `the database was set back or replaced: ${held.message}; nothing new is started on it`);
    else if (said.delete("set back")) log("info", "the database is the right one again, or was accepted: work continues");
    if (held !== undefined && endpoints.takes("AUDIT_SET_BACK"))
      await audit.tellHeld((conflict) => setBackAlarm(conflict, { now: clock.now(), random }));
  });
}
