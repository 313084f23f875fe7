// The entities of the event list: each has one timer and the number `index * 4 + kind`.

/** Timer of a call: end of ringing, of machine detection, or of patience. */
export const CALL_TIMER = 0;
/** Timer of an agent: end of the call or the wrap-up. */
export const AGENT_TIMER = 1;
/** Timer of an agent: what the roster plans next. */
export const PLAN_TIMER = 2;
/** Timer of the next arrival. This and the following are the dialer's own timers, of kind 3. */
export const ARRIVAL = 3;
/** Timer of the pacing strategy's next decision. */
export const DECISION = 7;
/** Timer of the next call that rate limit and spacing allow. */
export const DIAL = 11;
/** Timer of the end of the present bucket. */
export const BUCKET = 15;
/** Timer of the end of the warm-up, when measuring begins. */
export const WARM_UP = 19;
/** Number of the dialer's own timers. */
export const CLOCKS = 5;
