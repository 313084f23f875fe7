// Carries out the commands of a change at the tenant and returns the result as an event. No other file of a change uses the network.

import { messageOf, OutdialError } from "../../kernel/index.ts";
import type { Locked, MetricsSource, PacingSettings } from "../../tenant/port.ts";
import { TenantError } from "../../tenant/port.ts";
import { failedWrite, unanswered } from "../run/journal.ts";
import type { Leave } from "../run/leave.ts";
import type { Judgement } from "./gate.ts";
import { type DialerSettings, readSettings } from "./model.ts";
import type { ChangeCommand, ChangeEvent } from "./state.ts";

/** An event without its time. */
export type Happening = ChangeEvent extends infer Each ? (Each extends ChangeEvent ? Omit<Each, "at"> : never) : never;

/** What carrying out a command needs. */
interface ActDeps {
  /** The campaign of the settings, for a tenant that keeps settings for each campaign. */
  readonly subject: string | undefined;
  readonly pacing: PacingSettings;
  readonly metrics: MetricsSource;
  readonly judge: (settings: DialerSettings) => Promise<Judgement>;
  readonly campaigns: readonly string[];
  /** Whole minutes since the previous reading. */
  readonly windowMinutes: number;
  /** Aborts waiting. */
  readonly signal: AbortSignal;
  /** The run's leave, which a write needs. */
  readonly leave: Leave;
}

/** Carries out one command at the tenant. Rejects only when aborted, or for errors that do not come from the tenant. */
export async function actForChange(
  command: Exclude<ChangeCommand, { kind: "intend" | "alarm" }>,
  deps: ActDeps,
): Promise<Happening> {
  try {
    switch (command.kind) {
      case "send":
        return await send(command, deps);
      case "read":
        return reading(await deps.pacing.read(deps.subject, { signal: deps.signal }));
      case "look":
        return await look(command.operationId, deps);
      case "check": {
        const { refusals } = await deps.judge(command.settings);
        const message = `merged with what somebody else changed, the settings are refused: ${refusals.join("; ")}; nothing was sent`;
        return { type: "judged", pass: refusals.length === 0, message };
      }
      default:
        return await measure(deps);
    }
  } catch (thrown) {
    return unanswered(thrown);
  }
}

async function send(
  command: Extract<ChangeCommand, { kind: "send" }>,
  { pacing, subject, leave: { halt, confirmed } }: ActDeps,
): Promise<Happening> {
  // A write that was sent is not cut off, because its outcome would be unknown. The client's own deadlines end it.
  halt.throwIfAborted();
  const { settings, onto } = command;
  try {
    const { operationId, versionTag } = await pacing.activate(subject, settings, onto ?? undefined, { halt, confirmed });
    return { type: "accepted", operationId, tag: versionTag };
  } catch (thrown) {
    if (!(thrown instanceof TenantError)) throw thrown;
    const failed = failedWrite(thrown);
    if (failed?.type === "lost") return failed;
    if (thrown.code === "stale_lock") return { type: "stale" };
    const who =
      thrown.report.attempts.length === 0 ? "not sent, for the tenant would refuse it" : "the tenant refused the settings";
    if (failed !== undefined) return { type: "refused", message: `${who}: ${failed.message}` };
    throw thrown;
  }
}

/** A reading of the settings as an event. */
export function reading({ value, lock }: Locked<unknown>): Extract<Happening, { type: "found" }> {
  const tag = lock?.tag ?? null;
  const read = readSettings(value);
  if ("settings" in read) return { type: "found", settings: read.settings, tag };
  return { type: "found", settings: null, tag, problem: read.problem };
}

async function look(operationId: string, { pacing, signal }: ActDeps): Promise<Happening> {
  try {
    const { status, errorDetails, versionTag } = await pacing.progress(operationId, { signal });
    const details = errorDetails === undefined || errorDetails === null ? undefined : asText(errorDetails);
    return {
      type: "looked",
      status,
      ...(details === undefined ? {} : { details }),
      // After a failure the tag belongs to the settings that are in force again, not to ours.
      ...(versionTag === undefined || status !== "COMPLETED" ? {} : { tag: versionTag }),
    };
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return { type: "unknown_operation" };
    throw thrown;
  }
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 500);

/** Counts of all watched campaigns over the window since the last reading. */
async function measure({ metrics, campaigns, windowMinutes, signal }: ActDeps): Promise<Happening> {
  let [answered, abandoned] = [0, 0];
  try {
    for (const id of campaigns) {
      const { callsAnswered, abandonmentRate } = await metrics.campaign(id, windowMinutes, { signal });
      if (typeof callsAnswered !== "number" || typeof abandonmentRate !== "number")
        return { type: "unmeasured", message: `the tenant gives no counts of answered and abandoned calls for campaign ${id}` };
      answered += callsAnswered;
      abandoned += Math.min(callsAnswered, Math.round(callsAnswered * abandonmentRate));
    }
  } catch (thrown) {
    if (!(thrown instanceof OutdialError) || thrown.code === "aborted") throw thrown;
    return { type: "unmeasured", message: messageOf(thrown) };
  }
  if (campaigns.length === 0) return { type: "unmeasured", message: "there is no active campaign to watch" };
  return { type: "measured", answered, abandoned };
}
