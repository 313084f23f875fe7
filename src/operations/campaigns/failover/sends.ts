// Which changes of state a pair's watch has made: what it sent and the tenant took, or shows after the reply was lost.

import type { MadeChange } from "../../../store/index.ts";
import type { Command, FailoverEvent, FailoverState, Side } from "./state.ts";

interface Sent {
  readonly ids: Readonly<Record<Side, string>>;
  /** The state that the command was of. */
  readonly state: FailoverState;
  readonly sentAt: number;
}

/** Of one pair, for as long as one process runs it. */
export class SendsOfPair {
  readonly #actor: string;
  /** Sent, and the reply lost. */
  #open: { readonly side: Side; readonly change: MadeChange } | undefined;

  constructor(actor: string) {
    this.#actor = actor;
  }

  /** The changes that an event shows as made. */
  madeBy(command: Command, event: FailoverEvent, { ids, state, sentAt }: Sent): MadeChange[] {
    const change = (side: Side, target: MadeChange["target"]): MadeChange => ({
      campaignId: ids[side],
      target,
      actor: this.#actor,
      reason: `failover: ${state.handover?.reason ?? state.securing?.reason ?? "both campaigns are kept from dialing"}`,
      at: sentAt,
    });
    if (command.kind === "secure") return event.type === "seen" ? command.sides.map((side) => change(side, "paused")) : [];
    if (command.kind === "pause" || command.kind === "activate") {
      const sent = change(command.side, command.kind === "pause" ? "paused" : "active");
      this.#open = event.type === "unanswered" ? { side: command.side, change: sent } : undefined;
      return event.type === "sent" ? [sent] : [];
    }
    if ((event.type !== "seen" && event.type !== "looked") || this.#open === undefined) return [];
    const { side, change: lost } = this.#open;
    this.#open = undefined;
    return event.statuses[side].status === lost.target ? [lost] : [];
  }
}
