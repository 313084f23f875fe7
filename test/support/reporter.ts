// What a run says at its end beside vitest's own words: its slowest and its dearest files, what processor time all of it took, and what repeats it when it
// failed.

import type { Reporter, TestModule } from "vitest/node";
import { processorMs } from "./processor.ts";

const SHOWN = 10;

export default class RunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], _errors: readonly unknown[], reason: string): void {
    if (modules.length > 1) {
      say("slowest files", modules, (one) => one.diagnostic().duration);
      say("files with the most processor time", modules, (one) => one.meta().processorMs ?? 0);
      // The workers and the database's server are children of this process, which have ended by then.
      process.once("exit", () => {
        process.stderr.write(`\nprocessor time of the run: ${seconds(processorMs())}\n`);
      });
    }
    if (reason !== "passed")
      process.stderr.write(
        `\nto repeat what was random: TEST_SEED=${process.env["TEST_SEED"]} TEST_SCALE=${process.env["TEST_SCALE"]}\n`,
      );
  }
}

function say(title: string, modules: readonly TestModule[], measure: (one: TestModule) => number): void {
  const most = modules.map((one) => ({ name: one.relativeModuleId, ms: measure(one) })).sort((a, b) => b.ms - a.ms);
  const lines = most.slice(0, SHOWN).map(({ name, ms }) => `${seconds(ms).padStart(10)}  ${name}`);
  process.stderr.write(`\n${title}\n${lines.join("\n")}\n`);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
