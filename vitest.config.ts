// Suites: unit (beside the code, no I/O beyond loopback), integration (PostgreSQL, sandbox, CLI as a subprocess), chaos (kill -9, faults, fuzz).
import { defineConfig } from "vitest/config";

const suite = (name: string, include: string[], timeout: number, workers: number) => ({
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    maxWorkers: workers,
    globalSetup: name === "unit" ? [] : ["test/support/postgres-setup.ts"],
  },
});

export default defineConfig({
  test: {
    projects: [
      suite("unit", ["src/**/*.test.ts"], 30_000, 2),
      suite("integration", ["test/integration/**/*.test.ts"], 180_000, 2),
      suite("chaos", ["test/chaos/**/*.test.ts"], 900_000, 1),
    ],
  },
});
