// What goes into and comes out of a dialer besides calls: its parts, changes while it runs, its flow balance, its state as data.

import type { PacingStrategy } from "../pacing/strategy.ts";
import type { ArrivalStreamSnapshot } from "./arrival-stream.ts";
import type { CallFlowSnapshot } from "./call-flow.ts";
import type { GateSnapshot } from "./gate.ts";
import type { LeadSource } from "./leads.ts";
import type { CallModel, DialerModel } from "./model.ts";
import type { DialerSink } from "./sink.ts";
import type { Uniforms } from "./uniforms.ts";

/** The parts of a dialer after its scenario was read. */
export interface DialerParts {
  readonly model: DialerModel;
  readonly leads: LeadSource;
  readonly uniforms: Uniforms;
  /** What paces the calls; undefined when they arrive by themselves. */
  readonly strategy: PacingStrategy | undefined;
  /** The stream that the strategy draws from: its position is part of the state. */
  readonly pacingRandom: { position: number };
  readonly sink: DialerSink | undefined;
}

/** What may be changed while the dialer runs; what is left out stays. */
export interface DialerChange {
  /** So many agents from now on, without shifts and breaks; those too many leave after their call. */
  readonly agents?: number;
  /** Infinity lifts the limit. Calls under way keep their trunks. */
  readonly trunks?: number;
  /** Infinity lifts the limit. */
  readonly callsPerSecond?: number;
  readonly burst?: number;
  /** Least seconds between two placings. */
  readonly spacing?: number;
  /** Seconds of idleness after which an agent's line is dropped; Infinity keeps it. */
  readonly warmLineTimeout?: number;
  /** How calls placed from now on turn out. */
  readonly calls?: CallModel;
  readonly strategy?: PacingStrategy;
}

/** Where the calls of a run have gone: `carried + placed` equals the sum of all that follow, at every instant. */
export interface FlowBalance {
  /** Under way when measuring began. */
  readonly carried: number;
  /** Placed, or arrived, since then. */
  readonly placed: number;
  readonly blocked: number;
  readonly noAnswer: number;
  readonly busy: number;
  readonly invalid: number;
  /** Recognised machines. */
  readonly machines: number;
  /** Machines taken for people, and dropped for want of an agent. */
  readonly machinesDropped: number;
  readonly silentCalls: number;
  /** People who left without having spoken to an agent. */
  readonly lost: number;
  /** Calls an agent has ended. */
  readonly completed: number;
  /** Under way now, counted one by one. */
  readonly inSystem: number;
}

/** State of a dialer as plain JSON data. Only a dialer of the same model, seed and kind of strategy can take it over. */
export interface DialerSnapshot {
  readonly now: number;
  readonly events: number;
  readonly pending: number;
  readonly carried: number;
  readonly bucketsClosed: number;
  /** null is "without limit": JSON has no Infinity. */
  readonly trunks: number | null;
  readonly flow: CallFlowSnapshot;
  readonly gate: GateSnapshot;
  readonly arrivals: ArrivalStreamSnapshot | null;
  readonly leads: object;
  readonly pacingPosition: number;
  /** null when the strategy has no state. */
  readonly strategy: object | null;
}
