// Who has timers: an entity of the event list is `index * 4 + kind`.

/** Timer of a call: the end of ringing, of machine detection, or of patience. */
export const CALL_TIMER = 0;
/** What ends an agent's call or wrap-up. */
export const AGENT_TIMER = 1;
/** What the roster plans next for an agent. */
export const PLAN_TIMER = 2;
/** The dialer's own timers, of the kind 3. */
export const ARRIVAL = 3;
/** Clock of the next decision of the pacing strategy. */
export const DECISION = 7;
/** Clock of the next call that limits on rate and spacing allow. */
export const DIAL = 11;
/** Clock of the end of the present bucket of the time series. */
export const BUCKET = 15;
/** Clock of the end of the warm-up, from which figures count. */
export const WARM_UP = 19;
/** How many of those there are. */
export const CLOCKS = 5;
