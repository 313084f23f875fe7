// What a state machine makes of journals: walks along random events, the same in each run, as one hash. A machine that replays a journal to another state
// has another hash, and then needs another version (`MACHINE`), so that nothing open is continued from a state that it is not in.

import { createHash } from "node:crypto";
import { canonicalJson, createRandom } from "../../src/kernel/index.ts";

const WALKS = 400;
const STEPS = 12;

/** Texts for people do not count. @param first a journal's first event; @param events those that may follow, whether they fit or not */
export function machinePrint<State, Event>(
  plans: readonly { readonly start: State; readonly decide: (before: State, event: Event) => { readonly state: State } }[],
  first: Event,
  events: readonly Event[],
): string {
  const random = createRandom(1, "machine");
  const hash = createHash("sha256");
  for (let walk = 0; walk < WALKS; walk++) {
    const plan = plans[walk % plans.length];
    if (plan === undefined) throw new Error("no plan to walk along");
    let event = first;
    let before = plan.start;
    for (let step = 0; step < STEPS; step++) {
      const decision = plan.decide(before, event);
      hash.update(canonicalJson(JSON.parse(JSON.stringify(decision, (key, value) => (key === "message" ? undefined : value)))));
      before = decision.state;
      event = events[random.int(events.length)] ?? first;
    }
  }
  return hash.digest("hex").slice(0, 16);
}
