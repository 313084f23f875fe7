// Types of a dialer: its parts, changes while it runs, its flow balance, its state as data.

import type { PacingStrategy } from "../pacing/strategy.ts";
import type { ArrivalStreamSnapshot } from "./arrival-stream.ts";
import type { CallFlowSnapshot } from "./call-flow.ts";
import type { GateSnapshot } from "./gate.ts";
import type { LeadSource } from "./leads.ts";
import type { CallModel, DialerModel } from "./model.ts";
import type { DialerSink } from "./sink.ts";
import type { Uniforms } from "./uniforms.ts";

/** The parts of a dialer, made from a scenario. */
export interface DialerParts {
  readonly model: DialerModel;
  readonly leads: LeadSource;
  readonly uniforms: Uniforms;
  /** Paces the calls; undefined when calls arrive by themselves. */
  readonly strategy: PacingStrategy | undefined;
  /** The random stream of the strategy: its position is part of the state. */
  readonly pacingRandom: { position: number };
  readonly sink: DialerSink | undefined;
}

/** Settings that can be changed while the dialer runs; those left out stay. */
export interface DialerChange {
  /** The number of agents from now on, without shifts and breaks. Agents beyond it leave after their call. */
  readonly agents?: number;
  /** Infinity lifts the limit. Calls under way keep their trunks. */
  readonly trunks?: number;
  /** Infinity lifts the limit. */
  readonly callsPerSecond?: number;
  readonly burst?: number;
  /** Least seconds between placing two calls. */
  readonly spacing?: number;
  /** Idle seconds after which an agent's line is dropped; Infinity keeps it. */
  readonly warmLineTimeout?: number;
  /** How calls placed from now on turn out. */
  readonly calls?: CallModel;
  readonly strategy?: PacingStrategy;
}

/** What became of the calls of a run: `carried + placed` equals the sum of all following fields at every instant. */
export interface FlowBalance {
  /** Under way when measuring began. */
  readonly carried: number;
  /** Placed, or arrived, since then. */
  readonly placed: number;
  readonly blocked: number;
  readonly noAnswer: number;
  readonly busy: number;
  readonly invalid: number;
  /** Calls recognised as machines. */
  readonly machines: number;
  /** Machines that were taken for people and dropped because no agent was free. */
  readonly machinesDropped: number;
  readonly silentCalls: number;
  /** People who left before an agent spoke. */
  readonly lost: number;
  /** Calls that an agent talked on. */
  readonly completed: number;
  /** Calls under way now, counted one by one. */
  readonly inSystem: number;
}

/** State of a dialer as plain JSON data. Only a dialer of the same model, seed and kind of strategy can restore it. */
export interface DialerSnapshot {
  readonly now: number;
  readonly events: number;
  readonly pending: number;
  readonly carried: number;
  readonly bucketsClosed: number;
  /** null means "no limit": JSON has no Infinity. */
  readonly trunks: number | null;
  readonly flow: CallFlowSnapshot;
  readonly gate: GateSnapshot;
  readonly arrivals: ArrivalStreamSnapshot | null;
  readonly leads: object;
  readonly pacingPosition: number;
  /** null when the strategy keeps no state. */
  readonly strategy: object | null;
}
