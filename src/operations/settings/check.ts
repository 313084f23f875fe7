// Our own checks of dialer settings, before the tenant is asked: limits of the law, and fields that do not fit together. Pure.

import { ABANDONMENT_LIMIT } from "../../kernel/index.ts";
import type { Finding } from "../views/schemas/dialer.ts";
import type { SettingsFile } from "./file.ts";

/** Mean seconds from dialing to an answer or giving up, when the file does not give it. */
const RING_SECONDS = 20;
/** Filling the lines from empty takes longer than this: the spacing, not the ratio, sets the pace. */
const SLOW_FILL_SECONDS = 120;

/**
 * All findings, not only the first.
 * @param shownOnly paths of fields that nothing writes: problems with them do not prevent changes of other fields
 */
export function checkSettings(
  { settings, carrier, expected }: Pick<SettingsFile, "settings" | "carrier" | "expected">,
  shownOnly: readonly string[] = [],
): Finding[] {
  const { concurrency, algorithm } = settings;
  const { max_agents: agents, max_simultaneous_calls: calls, call_spacing_ms: spacing } = concurrency;
  const findings: Finding[] = [];
  const add = (severity: Finding["severity"], check: string, path: string, message: string) =>
    findings.push({ severity: shownOnly.includes(path) ? "warning" : severity, check, path, message });

  const target = algorithm.abandonment_rate_target;
  if (target > ABANDONMENT_LIMIT)
    add(
      "violation",
      "abandonment_target",
      "algorithm.abandonment_rate_target",
      `${target} is above the limit of ${ABANDONMENT_LIMIT}`,
    );
  if (agents === 0) add("violation", "agents", "concurrency.max_agents", "0 agents cannot take a call; at least 1 is needed");
  if (calls === 0)
    add("violation", "calls", "concurrency.max_simultaneous_calls", "0 calls in flight dial nobody; at least 1 is needed");
  if (carrier.max_trunks === 0)
    add("violation", "trunks", "carrier_capacity.max_trunks", "without a trunk nothing can be dialed");
  if (algorithm.agent_availability_estimate === 0)
    add("violation", "availability", "algorithm.agent_availability_estimate", "with no agent ever available nothing is dialed");
  if (findings.some(({ check }) => check !== "abandonment_target")) return findings;

  // Ratio against agents: the number of calls that are dialed when every expected agent is free.
  const dialed = algorithm.dial_ratio * agents * algorithm.agent_availability_estimate;
  if (algorithm.dial_ratio < 1)
    add(
      "warning",
      "dial_ratio_agents",
      "algorithm.dial_ratio",
      `${algorithm.dial_ratio} calls for an available agent leave agents waiting; 1 and more keeps them busy`,
    );
  if (calls < agents)
    add(
      "violation",
      "calls_agents",
      "concurrency.max_simultaneous_calls",
      `${calls} calls in flight cannot keep ${agents} agents busy; at least ${agents} are needed`,
    );
  if (dialed > calls)
    add(
      "warning",
      "dial_ratio_calls",
      "algorithm.dial_ratio",
      `${algorithm.dial_ratio} × ${agents} agents × ${algorithm.agent_availability_estimate} availability asks for ${Math.round(dialed)} calls; max_simultaneous_calls stops at ${calls}`,
    );

  // Ratio and calls against trunks: the carrier rejects the excess calls; the vendor, too, only warns of this.
  const free = Math.floor(carrier.max_trunks * (1 - (carrier.current_utilization_percent ?? 0) / 100));
  if (free < agents)
    add(
      "warning",
      "trunks_agents",
      "carrier_capacity.max_trunks",
      `${free} free trunks do not carry a call for each of ${agents} agents`,
    );
  else if (Math.min(dialed, calls) > free)
    add(
      "warning",
      "dial_ratio_trunks",
      "algorithm.dial_ratio",
      `${Math.round(Math.min(dialed, calls))} calls asked for, ${free} of ${carrier.max_trunks} trunks are free: the carrier will turn calls away`,
    );

  // Spacing against call rate: one dial per spacing is the highest possible rate.
  if (spacing > 0) {
    const perSecond = 1000 / spacing;
    const { answer_rate: answered, handle_seconds: handle } = expected;
    if (answered !== undefined && handle !== undefined && answered > 0) {
      const busy = Math.min(expected.agents ?? agents, agents) * algorithm.agent_availability_estimate;
      const needed = busy / (handle * answered);
      if (needed > perSecond)
        add(
          "warning",
          "spacing_call_rate",
          "concurrency.call_spacing_ms",
          `${spacing} ms allow ${round(perSecond)} dials a second; ${Math.round(busy)} agents need ${round(needed)} at an answer rate of ${answered} and ${handle} s a call`,
        );
    } else if ((calls * spacing) / 1000 > SLOW_FILL_SECONDS)
      add(
        "warning",
        "spacing_call_rate",
        "concurrency.call_spacing_ms",
        `${spacing} ms between dials fill ${calls} lines in ${Math.round((calls * spacing) / 1000)} s; ${Math.round(perSecond * (expected.ring_seconds ?? RING_SECONDS))} calls ring at once at most`,
      );
  }
  return findings;
}

const round = (value: number): number => Math.round(value * 100) / 100;
