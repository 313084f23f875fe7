// The chance that one more call, if a person answers it, meets no agent in time: the P rule over everything the dialer sees at this instant.

import type { DialingBeliefs } from "./beliefs.ts";
import { AgentTable, CallTable, HORIZONS, horizonsOf } from "./hazard-tables.ts";
import { CountLaw, shortage } from "./poisson-binomial.ts";
import { AgentState, type DialerView } from "./strategy.ts";

/** Above this many, a law is matched by its first two moments instead of being built event by event. */
const EXACT_CALLS = 24;
const EXACT_AGENTS = 12;
/** Agents for whom there is room before the first view. */
const FIRST_AGENTS = 128;
/** Horizons in the order in which they tend to say no. */
const ORDER = Uint8Array.of(0, 7, 3, 1, 5, 2, 6, 4);

/** What the forecast expects at one horizon, for explanations. */
export interface HorizonForecast {
  /** Seconds ahead. */
  readonly horizon: number;
  /** Agents idle then if nobody were freed, less callers waiting. */
  readonly spare: number;
  /** Expected number of agents freed, of persons answering, and the chance that a further one meets no agent. */
  readonly freed: number;
  readonly answers: number;
  readonly shortage: number;
}

/** Beliefs as tables, which several forecasts may read. */
interface ForecastTables {
  readonly horizons: Float64Array;
  readonly calls: CallTable;
  readonly talking: AgentTable;
  readonly wrapping: AgentTable;
  readonly patience: number;
}

/** Tables, over horizons of time, of when calls under way are answered and when agents come free, for one set of beliefs. */
export function forecastTables(beliefs: DialingBeliefs): ForecastTables {
  const horizons = horizonsOf(beliefs);
  return {
    horizons,
    calls: new CallTable(beliefs, horizons),
    talking: AgentTable.talking(beliefs, horizons),
    wrapping: AgentTable.wrapping(beliefs, horizons),
    patience: beliefs.patience,
  };
}

/**
 * P = mean over k of Pr[D_k >= b_k + S_k]: within horizon tau_k, D_k persons answer (Poisson-binomial over the calls in the air by their ages),
 * S_k agents come free (by their elapsed talk or wrap-up, and only who is still on shift then), b_k is idle agents and planned returns less waiting callers.
 * Reads a view, allocates nothing after the first calls.
 */
export class ShortageForecast {
  calls: CallTable;
  #horizons: Float64Array;
  #talking: AgentTable;
  #wrapping: AgentTable;
  #patience: number;
  #demand: readonly CountLaw[] = [];
  #supply: readonly CountLaw[] = [];
  readonly #spare = new Int32Array(HORIZONS);
  readonly #shortage = new Float64Array(HORIZONS);
  readonly #fresh = new Float64Array(HORIZONS);
  readonly #callMeans = new Float64Array(HORIZONS);
  readonly #callSquares = new Float64Array(HORIZONS);
  readonly #talkMeans = new Float64Array(HORIZONS);
  readonly #talkSquares = new Float64Array(HORIZONS);
  #callRows = new Int32Array(256);
  #callWeights = new Float64Array(256);
  #agentRows = new Int32Array(0);
  #agentStays = new Uint8Array(0);
  #ringing = 0;
  #inAir = 0;
  #talkers = 0;
  #busy = 0;

  constructor({ horizons, calls, talking, wrapping, patience }: ForecastTables) {
    this.calls = calls;
    this.#horizons = horizons;
    this.#talking = talking;
    this.#wrapping = wrapping;
    this.#patience = patience;
    this.#makeRoom(FIRST_AGENTS);
  }

  /** Goes on with other beliefs. */
  believe({ horizons, calls, talking, wrapping, patience }: ForecastTables): void {
    this.calls = calls;
    this.#horizons = horizons;
    this.#talking = talking;
    this.#wrapping = wrapping;
    this.#patience = patience;
  }

  /**
   * P for the next call. Stops early once P is surely above `enough`, and then returns what it had found so far (which is above `enough`).
   * @param liveRate believed share of attempts that a person answers
   */
  evaluate(view: DialerView, liveRate: number, enough = Number.POSITIVE_INFINITY): number {
    this.#readCalls(view, liveRate);
    this.#readAgents(view);
    if (this.#ringing > EXACT_CALLS) this.#sumCalls();
    if (this.#talkers > EXACT_AGENTS) this.#sumTalkers();
    const limit = enough * HORIZONS;
    let sum = 0;
    for (let i = 0; i < HORIZONS; i++) {
      const k = ORDER[i]!;
      this.#demandWithin(k);
      this.#supplyWithin(k);
      const p = shortage(this.#demand[k]!, this.#supply[k]!, this.#spare[k]!);
      this.#shortage[k] = p;
      sum += p;
      if (sum > limit) return sum / HORIZONS;
    }
    const row = this.calls.row(0);
    const weight = this.calls.ringingWeight(row, liveRate);
    for (let k = 0; k < HORIZONS; k++) this.#fresh[k] = weight * this.calls.ringing[row * HORIZONS + k]!;
    return sum / HORIZONS;
  }

  /** P once another call has been placed. Only after an `evaluate` that did not stop early. */
  add(): number {
    let sum = 0;
    for (let k = 0; k < HORIZONS; k++) {
      this.#demand[k]!.add(this.#fresh[k]!);
      const p = shortage(this.#demand[k]!, this.#supply[k]!, this.#spare[k]!);
      this.#shortage[k] = p;
      sum += p;
    }
    return sum / HORIZONS;
  }

  /** What was expected at each horizon in the last complete `evaluate` or `add`. */
  horizons(): HorizonForecast[] {
    return Array.from({ length: HORIZONS }, (_, k) => ({
      horizon: this.#horizons[k]!,
      spare: this.#spare[k]!,
      freed: this.#supply[k]!.mean(),
      answers: this.#demand[k]!.mean(),
      shortage: this.#shortage[k]!,
    }));
  }

  #readCalls(view: DialerView, liveRate: number): void {
    const { now, dialing, detecting, dialedAt, answeredAt } = view;
    const count = dialing + detecting;
    if (count > this.#callRows.length) {
      this.#callRows = new Int32Array(count * 2);
      this.#callWeights = new Float64Array(count * 2);
    }
    for (let i = 0; i < dialing; i++) {
      const row = this.calls.row(now - dialedAt[i]!);
      this.#callRows[i] = row;
      this.#callWeights[i] = this.calls.ringingWeight(row, liveRate);
    }
    for (let i = 0; i < detecting; i++) {
      const row = this.calls.row(now - answeredAt[i]!);
      this.#callRows[dialing + i] = row;
      this.#callWeights[dialing + i] = this.calls.detectingWeight(row, liveRate);
    }
    this.#ringing = dialing;
    this.#inAir = count;
  }

  /** Laws that tell apart twice as many answers as there are agents: fewer would hide how likely a shortage is. */
  #makeRoom(agents: number): void {
    const laws = () => Array.from({ length: HORIZONS }, () => new CountLaw(2 * agents));
    this.#demand = laws();
    this.#supply = laws();
    this.#agentRows = new Int32Array(agents);
    this.#agentStays = new Uint8Array(agents);
  }

  #readAgents(view: DialerView): void {
    const { now, agents, agentState, agentSince, agentLeavesAt, agentReturnsAt } = view;
    if (agents > this.#agentRows.length) this.#makeRoom(agents * 2);
    const spare = this.#spare;
    spare.fill(-view.waiting);
    // Talkers fill the lists from the front, agents in wrap-up from the back.
    let talkers = 0;
    let back = this.#agentRows.length;
    for (let i = 0; i < agents; i++) {
      const state = agentState[i]!;
      if (state === AgentState.off || state === AgentState.onBreak) {
        this.#countReturn(agentReturnsAt[i]! - now);
        continue;
      }
      if (state === AgentState.reserved) continue;
      const stays = this.#horizonsBefore(agentLeavesAt[i]! - now);
      if (stays === 0) continue;
      if (state === AgentState.idle) for (let k = 0; k < stays; k++) spare[k] = spare[k]! + 1;
      else {
        const talking = state === AgentState.talking;
        const at = talking ? talkers++ : --back;
        this.#agentRows[at] = (talking ? this.#talking : this.#wrapping).row(now - agentSince[i]!);
        this.#agentStays[at] = stays;
      }
    }
    this.#talkers = talkers;
    this.#busy = back;
  }

  /** How many horizons end before `seconds` from now. */
  #horizonsBefore(seconds: number): number {
    let k = HORIZONS;
    while (k > 0 && this.#horizons[k - 1]! >= seconds) k -= 1;
    return k;
  }

  #countReturn(seconds: number): void {
    const spare = this.#spare;
    for (let k = HORIZONS - 1; k >= 0 && this.#horizons[k]! + this.#patience >= seconds; k--) spare[k] = spare[k]! + 1;
  }

  /** Adds up, for every horizon at once, the chances of many calls or talkers and their squares: the tables are read in the order in which they lie. */
  #sumCalls(): void {
    const [means, squares, chances] = [this.#callMeans, this.#callSquares, this.calls.ringing];
    means.fill(0);
    squares.fill(0);
    for (let i = 0; i < this.#ringing; i++) {
      const weight = this.#callWeights[i]!;
      const from = this.#callRows[i]! * HORIZONS;
      for (let k = 0; k < HORIZONS; k++) {
        const q = weight * chances[from + k]!;
        means[k] = means[k]! + q;
        squares[k] = squares[k]! + q * q;
      }
    }
  }

  #sumTalkers(): void {
    const [means, squares, chances] = [this.#talkMeans, this.#talkSquares, this.#talking.chances];
    means.fill(0);
    squares.fill(0);
    for (let i = 0; i < this.#talkers; i++) {
      const from = this.#agentRows[i]! * HORIZONS;
      const stays = this.#agentStays[i]!;
      for (let k = 0; k < stays; k++) {
        const q = chances[from + k]!;
        means[k] = means[k]! + q;
        squares[k] = squares[k]! + q * q;
      }
    }
  }

  #demandWithin(k: number): void {
    const law = this.#demand[k]!;
    const [rows, weights, calls] = [this.#callRows, this.#callWeights, this.calls];
    if (this.#ringing > EXACT_CALLS) law.match(this.#callMeans[k]!, this.#callSquares[k]!);
    else {
      law.reset();
      for (let i = 0; i < this.#ringing; i++) law.add(weights[i]! * calls.ringing[rows[i]! * HORIZONS + k]!);
    }
    for (let i = this.#ringing; i < this.#inAir; i++) law.add(weights[i]! * calls.detectingChance(rows[i]!, k));
  }

  #supplyWithin(k: number): void {
    const law = this.#supply[k]!;
    const [rows, stays] = [this.#agentRows, this.#agentStays];
    if (this.#talkers > EXACT_AGENTS) law.match(this.#talkMeans[k]!, this.#talkSquares[k]!);
    else {
      law.reset();
      for (let i = 0; i < this.#talkers; i++) if (stays[i]! > k) law.add(this.#talking.chances[rows[i]! * HORIZONS + k]!);
    }
    for (let i = this.#busy; i < rows.length; i++) if (stays[i]! > k) law.add(this.#wrapping.chances[rows[i]! * HORIZONS + k]!);
  }
}
