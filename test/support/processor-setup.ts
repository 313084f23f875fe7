// Loaded before each file of tests: notes for the run's report what processor time its process takes meanwhile.

import { afterAll } from "vitest";
import { processorMs } from "./processor.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Processor time of the file's process and of what it started and saw end, ms. */
    processorMs?: number;
  }
}

const before = processorMs();
// oxlint-disable-next-line no-empty-pattern -- vitest wants to see which fixtures a hook asks for
afterAll(({}, file) => {
  file.meta.processorMs = processorMs() - before;
});
