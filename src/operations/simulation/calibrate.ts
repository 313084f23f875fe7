// Computes a calibration and a scenario from a file of calls.

import {
  type CalibratedScenario,
  type Calibration,
  calibratedScenario,
  createCalibration,
  parseScenario,
} from "../../dialing/index.ts";
import { OperationError } from "../error.ts";
import type { RefusedLine } from "../table/records.ts";
import { type CallRecordOptions, readCallRecords } from "./call-records.ts";

/** How records are read, and the calibration's callbacks. */
export interface CalibrateOptions extends CallRecordOptions {
  /** Name of the scenario. */
  readonly name: string;
  /** Called for each line that was refused. */
  readonly onRefused: (refused: RefusedLine) => Promise<void> | void;
  /** Called after each fixed number of lines. */
  readonly onProgress?: (records: number) => void;
}

interface Calibrated {
  readonly records: number;
  readonly refused: number;
  readonly calibration: Calibration;
  /** Input of a scenario; `parseScenario` takes it. */
  readonly scenario: CalibratedScenario;
}

const PROGRESS_EVERY = 10_000;

/** @throws OperationError `invalid_input` when the file as a whole cannot be read, or it has no valid line */
export async function calibrateCalls(source: AsyncIterable<Uint8Array>, options: CalibrateOptions): Promise<Calibrated> {
  const { name, onRefused, onProgress, ...read } = options;
  const builder = createCalibration();
  let [records, refused] = [0, 0];
  let first: RefusedLine | undefined;
  for await (const line of readCallRecords(source, read)) {
    if ("record" in line) {
      builder.add(line.record);
      records += 1;
      if (records % PROGRESS_EVERY === 0) onProgress?.(records);
    } else {
      refused += 1;
      first ??= line;
      await onRefused(line);
    }
  }
  if (records === 0) {
    const why = first === undefined ? "it has no lines but the header" : `line ${first.line}: ${first.reason}`;
    throw new OperationError("invalid_input", `no call could be read: ${why}`, {
      advice: "docs/simulate.md lists the columns; map other names with --column FIELD=NAME.",
    });
  }
  const calibration = builder.finish();
  const scenario = calibratedScenario(calibration, name);
  // The written scenario must be valid: a bug that would make it invalid shows here instead of later.
  parseScenario(scenario, name);
  return { records, refused, calibration, scenario };
}
