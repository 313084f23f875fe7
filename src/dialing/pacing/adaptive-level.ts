// VICIdial-like adaptive dialing: lines = level x agents every 2.5 s, the level moved every 15 s by `nextLevel`. A yardstick.

import type { DialerView, PacingStrategy } from "./strategy.ts";
import { type DropMethod, nextLevel } from "./vicidial-level.ts";

interface AdaptiveLevelParameters {
  readonly method?: DropMethod;
  /** Drop percentage limit of the day. Default 3. */
  readonly dropLimit?: number;
  readonly intensity?: number;
  readonly differenceTarget?: number;
  readonly maximumLevel?: number;
  /** Latest time for TAPERED as HHMM. Default 2100. */
  readonly latest?: number;
}

const INTERVAL = 2.5;
const SAMPLES = 20;
const TICKS_PER_STEP = 6;
const TICKS_PER_COUNT = 24;

interface LevelState {
  level: number;
  tick: number;
  /** Idle agents less waiting callers, and agents, of the last samples, a ring. */
  differences: number[];
  agents: number[];
  /** Answers and drops of the day as last counted, and as counted a minute before that. */
  answers: number;
  drops: number;
  answersBefore: number;
  dropsBefore: number;
}

/**
 * VICIdial's rule as far as it is known: agents idle or in a call count, agents in wrap-up do not; calls with agents count as lines; drops are counted anew
 * each minute and belong to the day; the 20 samples cover 50 s. Default method AVERAGE.
 */
export function adaptiveLevel(parameters: AdaptiveLevelParameters = {}): PacingStrategy {
  const { method = "AVERAGE", latest = 2100, ...limits } = parameters;
  let state: LevelState = {
    level: 1,
    tick: 0,
    differences: [],
    agents: [],
    answers: 0,
    drops: 0,
    answersBefore: 0,
    dropsBefore: 0,
  };
  const counted = (view: DialerView) => view.idle + view.reserved + view.talking;
  const lines = (view: DialerView) => view.dialing + view.detecting + view.waiting + view.talking + view.reserved;
  const recount = (view: DialerView) => {
    state.answersBefore = state.answers;
    state.dropsBefore = state.drops;
    state.answers = view.dayLiveAnswers;
    state.drops = view.dayAbandoned;
  };
  const step = (view: DialerView) => {
    const minuteAnswers = Math.max(0, state.answers - state.answersBefore);
    const minuteDrops = Math.max(0, state.drops - state.dropsBefore);
    state.level = nextLevel({
      ...limits,
      method,
      level: state.level,
      difference: mean(state.differences),
      agents: mean(state.agents),
      callsToday: state.answers,
      dropPercentToday: percent(state.drops, state.answers),
      callsLastMinute: minuteAnswers,
      dropPercentLastMinute: percent(minuteDrops, minuteAnswers),
      now: Math.floor(view.hourOfDay) * 100 + Math.floor((view.hourOfDay % 1) * 60),
      latest,
    });
  };
  return {
    name: "adaptive-level",
    interval: INTERVAL,
    decide(view) {
      const at = state.tick % SAMPLES;
      state.differences[at] = view.idle - view.waiting;
      state.agents[at] = counted(view);
      if (state.tick % TICKS_PER_COUNT === 0) recount(view);
      if (state.tick % TICKS_PER_STEP === TICKS_PER_STEP - 1) step(view);
      state.tick += 1;
      return Math.max(0, Math.round(state.level * counted(view)) - lines(view));
    },
    explain: (view) => ({
      level: state.level,
      agents: counted(view),
      lines: lines(view),
      dropPercentToday: percent(state.drops, state.answers),
    }),
    snapshot: () => ({ ...state, differences: [...state.differences], agents: [...state.agents] }),
    restore(saved) {
      state = saved as LevelState;
    },
  };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function percent(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}
