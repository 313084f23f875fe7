// Suites: unit (beside the code, no I/O beyond loopback), integration (PostgreSQL, sandbox, the command line), browser (the dashboard in Chromium),
// chaos (kill -9, faults, fuzz). TEST_SCALE says how much of each (test/support/scale.ts).

import { randomInt } from "node:crypto";
import { defineConfig } from "vitest/config";

process.env["TEST_SEED"] ??= String(randomInt(2 ** 31));
process.env["TEST_SCALE"] ??= "0.02";

const suite = (order: number, name: string, include: string[], timeout: number, workers: number) => ({
  test: {
    name,
    include,
    // One after the other: projects of one group must agree on their number of workers.
    sequence: { groupOrder: order },
    testTimeout: timeout,
    hookTimeout: timeout,
    maxWorkers: workers,
    // A file leaves nothing behind in its process, so the next one finds the code loaded.
    isolate: false,
    globalSetup: name === "unit" ? [] : ["test/support/postgres-setup.ts"],
  },
});

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      suite(0, "unit", ["src/**/*.test.ts"], 60_000, 2),
      suite(1, "integration", ["test/integration/**/*.test.ts"], 180_000, 2),
      suite(2, "browser", ["test/browser/**/*.test.ts"], 300_000, 1),
      suite(3, "chaos", ["test/chaos/**/*.test.ts"], 900_000, 1),
    ],
  },
});
