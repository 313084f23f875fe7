// What a run says at its end beside vitest's own words: its ten slowest files, what processor time it took, and what repeats it when it failed.

import type { Reporter, TestModule } from "vitest/node";

const SHOWN = 10;

export default class RunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], _errors: readonly unknown[], reason: string): void {
    if (modules.length < 2 && reason === "passed") return;
    const files = modules.map((one) => ({ name: one.relativeModuleId, ms: one.diagnostic().duration }));
    const slowest = files.sort((a, b) => b.ms - a.ms).slice(0, SHOWN);
    const lines = slowest.map(({ name, ms }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${name}`);
    if (lines.length > 1) process.stderr.write(`\nslowest files\n${lines.join("\n")}\n`);
    if (reason !== "passed")
      process.stderr.write(
        `\nto repeat what was random: TEST_SEED=${process.env["TEST_SEED"]} TEST_SCALE=${process.env["TEST_SCALE"]}\n`,
      );
  }
}
