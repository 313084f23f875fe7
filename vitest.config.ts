// Suites: unit (beside the code, no I/O beyond loopback), integration (PostgreSQL, sandbox, CLI as a subprocess), browser (the dashboard in Chromium),
// chaos (kill -9, faults, fuzz).
import { defineConfig } from "vitest/config";

const suite = (name: string, include: string[], timeout: number, workers: number, env: Record<string, string> = {}) => ({
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    maxWorkers: workers,
    env,
    globalSetup: name === "unit" ? [] : ["test/support/postgres-setup.ts"],
  },
});

export default defineConfig({
  test: {
    projects: [
      suite("unit", ["src/**/*.test.ts"], 30_000, 2),
      suite("integration", ["test/integration/**/*.test.ts"], 180_000, 2),
      suite("browser", ["test/browser/**/*.test.ts"], 300_000, 1),
      // The long hunt of the fuzz test that the unit suite runs briefly: with the 90,000 files of fuzz-input it makes 100,000 mutations.
      suite("chaos", ["test/chaos/**/*.test.ts", "src/tenant/fuzz.test.ts"], 900_000, 1, { FUZZ_RUNS: "10000" }),
    ],
  },
});
