// Who has timers: an entity of the event list is `index * 4 + kind`.

export const CALL_TIMER = 0;
/** What ends an agent's call or wrap-up. */
export const AGENT_TIMER = 1;
/** What the roster plans next for an agent. */
export const PLAN_TIMER = 2;
/** The dialer's own timers, of the kind 3. */
export const ARRIVAL = 3;
export const DECISION = 7;
export const DIAL = 11;
export const BUCKET = 15;
export const WARM_UP = 19;
/** How many of those there are. */
export const CLOCKS = 5;
