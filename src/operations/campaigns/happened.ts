// The events of a campaign and of its dialing: changes of state, hand-overs, changes of settings, in order of time.

import { type Instant, pairPhaseTold } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";
import type { AxisEvent } from "../views/schemas/campaigns.ts";
import { timeText } from "../views/texts.ts";

const EVENTS = 200;

/** Events since an instant, oldest first. */
export async function happened(store: Store, id: string, from: Instant): Promise<AxisEvent[]> {
  const [intents, versions, pairs] = await Promise.all([
    store.stateIntents.list(id, EVENTS),
    store.dialer.list(EVENTS),
    store.failovers.list(),
  ]);
  // Latest first; settings of other campaigns are left out.
  const settings = versions.filter(({ subject }) => subject === "" || subject === id);
  const own = pairs.find(({ primary, backup }) => primary === id || backup === id);
  const handovers = own === undefined ? [] : await store.failovers.history(own.primary, EVENTS);
  const events: AxisEvent[] = [
    ...intents.map(({ target, createdAt, actor, outcome, reason, message }) => ({
      at: timeText(createdAt),
      kind: target === "paused" ? ("paused" as const) : ("resumed" as const),
      text: `${target === "paused" ? "paused" : "resumed"}${reason === null ? "" : `: ${reason}`}${outcome === "failed" ? ` (failed${message === null ? "" : `: ${message}`})` : ""}`,
      actor,
      audit: null,
    })),
    ...settings
      // The first settings that were found changed nothing.
      .filter(({ kind, outcome, settingsBefore }) => (kind === "observed" ? settingsBefore !== null : outcome === "applied"))
      .map(({ version, kind, createdAt, endedAt, actor, sourceName }) => ({
        at: timeText(endedAt ?? createdAt),
        kind: "settings" as const,
        text:
          kind === "observed"
            ? `settings found changed (version ${version})`
            : `settings of ${sourceName} in force (version ${version})`,
        actor,
        audit: null,
      })),
    ...entered(handovers).map(({ at, phase, alarms }) => ({
      at: timeText(at),
      kind: "failover" as const,
      text: pairPhaseTold(phase, phase === "halted" ? saidBy(alarms) : []),
      actor: null,
      audit: null,
    })),
  ];
  const since = timeText(from);
  return events.filter(({ at }) => at >= since).sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** The texts of a step's alarms: why it ended. */
function saidBy(alarms: unknown): readonly string[] {
  return Array.isArray(alarms) ? alarms.map((alarm) => String(alarm?.message ?? "")) : [];
}

/** The entries in which a phase began: a pair records the same phase repeatedly while it waits. Newest first, as given. */
function entered<T extends { readonly phase: string }>(history: readonly T[]): readonly T[] {
  return history.filter(({ phase }, i) => history[i + 1]?.phase !== phase);
}
