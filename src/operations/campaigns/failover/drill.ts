// Rehearses a hand-over: the same decisions on the same readings, but nothing is paused, activated or held back.

import type { FailoverPair } from "../../../store/index.ts";
import { type ActDeps, type ActFor, look, pass } from "./act.ts";
import { handContacts, handedOf, overlapProblem, unreadableWords } from "./called.ts";
import { decide, NEW_PAIR, nextCommand } from "./machine.ts";
import type { FailoverPolicy } from "./policy.ts";
import type { RuleVerdict } from "./rule.ts";
import { type Alarm, type FailoverEvent, type FailoverState, otherSide, type Side, type Statuses } from "./state.ts";

/** A step as it would be taken. */
export interface DrillStep {
  /** What would be done, a sentence. */
  readonly would: string;
  /** What was found for it, a sentence. */
  readonly found: string;
}

/** What a hand-over would do now, without doing it. */
export interface DrillReport {
  readonly primary: string;
  readonly backup: string;
  /** The verdict on the present figures; null when the campaign does not dial. */
  readonly verdict: RuleVerdict | null;
  /** Whether the watch would start a hand-over now by itself. */
  readonly wouldTrigger: boolean;
  readonly steps: readonly DrillStep[];
  readonly alarms: readonly Alarm[];
  /** The phase in which it would end. */
  readonly ends: FailoverState["phase"];
  /** True when the other campaign would dial at the end. */
  readonly passed: boolean;
}

/** More steps than any hand-over has. */
const MOST_STEPS = 40;

/** Rehearses a hand-over from the campaign of the pair that should dial. Throws TenantError when the tenant does not answer. */
export async function drill(
  pair: Pick<FailoverPair, "primary" | "backup"> & { readonly policy: FailoverPolicy; readonly state: FailoverState },
  deps: ActDeps,
  signal: AbortSignal,
): Promise<DrillReport> {
  const { primary, backup, policy } = pair;
  const ids = { primary, backup };
  const from = pair.state.side;
  const order = { what: from === "primary" ? "fail-over" : "fail-back", by: "a drill", at: null, mark: null } as const;
  const rested = {
    ...NEW_PAIR,
    phase: from === "primary" ? "watching" : "failed-over",
    side: from,
    handovers: pair.state.handovers,
  } as const;
  const given: Omit<ActFor, "leave"> = { ids, policy, state: rested, order, signal };
  const looked = await look(given, deps);
  const alarms: Alarm[] = [];
  let state: FailoverState = rested;
  const happen = (event: FailoverEvent) => {
    const decision = decide(policy, state, event);
    state = decision.state;
    alarms.push(...decision.alarms);
  };
  const at = deps.clock.now();
  happen({ ...looked, at });
  const steps: DrillStep[] = [
    {
      would: "hand over by itself only with evidence",
      found: looked.verdict?.words ?? `${ids[from]} is ${looked.statuses[from].status}: it has no figures`,
    },
  ];
  let statuses: Statuses = looked.statuses;
  const set = (side: Side, status: string) => {
    statuses = { ...statuses, [side]: { status, activeCalls: 0 } };
  };
  for (let i = 0; i < MOST_STEPS && state.handover !== null; i++) {
    const command = nextCommand(policy, state, primary);
    switch (command.kind) {
      case "pause": {
        const { activeCalls } = await deps.source.campaign(ids[command.side], undefined, { signal });
        steps.push({
          would: `pause ${ids[command.side]} with the key ${command.key}, and wait until its calls have ended`,
          found: `it is ${statuses[command.side].status} with ${activeCalls ?? "an unknown number of"} calls under way`,
        });
        set(command.side, "paused");
        happen({ type: "sent", at });
        break;
      }
      case "hand-over": {
        const contacts = {
          primary,
          number: state.handover.number,
          from: ids[command.from],
          to: ids[command.to],
          holdHours: policy.holdHours,
          at,
        };
        const handed = await handContacts(deps, contacts, false, { signal });
        const problem = handed.doubt ?? overlapProblem(handed, ids[command.to]);
        steps.push({
          would: `hold ${handed.called} contacts back from ${ids[command.to]} for ${policy.holdHours} h`,
          found:
            problem ??
            [
              `nobody on the list of ${ids[command.to]} is known to have been called by ${ids[command.from]}`,
              unreadableWords(handed),
            ]
              .filter((text) => text !== undefined)
              .join("; "),
        });
        happen({ ...handedOf(handed, policy, ids[command.to]), at });
        break;
      }
      case "gate": {
        const passed = await pass(command.side, given, deps);
        steps.push({ would: `activate ${ids[command.side]} only past the gate`, found: passed.message });
        happen({ ...passed, at });
        break;
      }
      case "activate":
        steps.push({
          would: `activate ${ids[command.side]} with the key ${command.key}, and read it back`,
          found: `it is ${statuses[command.side].status}, and ${ids[otherSide(command.side)]} would be paused`,
        });
        set(command.side, "active");
        happen({ type: "sent", at });
        break;
      default:
        happen({ type: "seen", statuses, at });
    }
  }
  const passed = state.side !== from && (state.phase === "watching" || state.phase === "failed-over");
  return {
    primary,
    backup,
    verdict: looked.verdict,
    wouldTrigger: looked.verdict?.verdict === "trigger",
    steps,
    alarms,
    ends: state.phase,
    passed,
  };
}
