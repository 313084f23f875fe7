// Loaded before a program of the tests: on SIGUSR2 it does what the file of its process in TEST_TROUBLES says. `{"stall": true}` holds up its thread until the
// file is gone, `{"jumpMs": N}` sets its clock; a file beside it with the ending `.seen` says that it did.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { jump } from "./shift-clock.mjs";

const { TEST_TROUBLES } = process.env;
if (TEST_TROUBLES !== undefined && isMainThread) {
  const file = join(TEST_TROUBLES, `trouble-${process.pid}.json`);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  process.on("SIGUSR2", () => {
    const { stall, jumpMs } = JSON.parse(readFileSync(file, "utf8"));
    if (jumpMs !== undefined) jump(jumpMs);
    writeFileSync(`${file}.seen`, "");
    if (stall === true) while (existsSync(file)) Atomics.wait(cell, 0, 0, 20);
  });
}
