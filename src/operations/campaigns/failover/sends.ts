// Finds which changes of state a pair's watch has made: those that were sent and accepted, and those that the tenant shows after
// a lost reply.

import type { MadeChange } from "../../../store/index.ts";
import type { Command, FailoverEvent, FailoverState, Side } from "./state.ts";

interface Sent {
  readonly ids: Readonly<Record<Side, string>>;
  /** The state from which the command came. */
  readonly state: FailoverState;
  readonly sentAt: number;
}

/** The sends of one pair, while one process runs it. */
export class SendsOfPair {
  readonly #actor: string;
  /** Sent, with the reply lost. */
  #open: readonly { readonly side: Side; readonly change: MadeChange }[] = [];

  constructor(actor: string) {
    this.#actor = actor;
  }

  /** The changes that an event proves. */
  madeBy(command: Command, event: FailoverEvent, { ids, state, sentAt }: Sent): MadeChange[] {
    const sent = (side: Side, target: MadeChange["target"]) => ({
      side,
      change: {
        campaignId: ids[side],
        target,
        actor: this.#actor,
        reason: `failover: ${state.handover?.reason ?? state.securing?.reason ?? "both campaigns must not dial"}`,
        at: sentAt,
      },
    });
    if (command.kind === "pause" || command.kind === "activate") {
      const one = sent(command.side, command.kind === "pause" ? "paused" : "active");
      this.#open = event.type === "unanswered" ? [one] : [];
      return event.type === "sent" ? [one.change] : [];
    }
    // A safety pause is read back with it. Of several, the first may have been accepted when the reply of the second was lost.
    if (command.kind === "secure") {
      const asked = command.sides.map((side) => sent(side, "paused"));
      const earlier = this.#open.filter(({ side }) => !command.sides.includes(side));
      this.#open = [...earlier, ...asked];
    }
    if (event.type !== "seen" && event.type !== "looked") return [];
    const made = this.#open.filter(({ side, change }) => event.statuses[side].status === change.target);
    this.#open = [];
    return made.map(({ change }) => change);
  }
}
