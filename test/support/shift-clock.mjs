// Loaded before a program of the tests: its wall clock stands at TEST_NOW when the run begins (TEST_NOW_BASE, in milliseconds since the epoch), and goes on
// from there. The database keeps the machine's clock.

import { Server } from "node:http";

const { TEST_NOW, TEST_NOW_BASE, TEST_TROUBLES } = process.env;
const isShifted = TEST_NOW !== undefined && TEST_NOW_BASE !== undefined;
let ahead = isShifted ? Date.parse(TEST_NOW) - Number(TEST_NOW_BASE) : 0;

/** Sets the clock forward or back. */
export function jump(byMs) {
  ahead += byMs;
}

if (isShifted || TEST_TROUBLES !== undefined) {
  const Machine = globalThis.Date;
  class ShiftedDate extends Machine {
    constructor(...given) {
      if (given.length === 0) super(Machine.now() + ahead);
      else super(...given);
    }
    static now() {
      return Machine.now() + ahead;
    }
  }
  globalThis.Date = new Proxy(ShiftedDate, { apply: () => new ShiftedDate().toString() });
  // Node writes the Date of its answers by the machine's clock: whoever compares clocks would find them apart.
  const emit = Reflect.get(Server.prototype, "emit");
  Server.prototype.emit = function emitShifted(name, ...given) {
    if (name === "request") given[1].setHeader("date", new ShiftedDate().toUTCString());
    return emit.call(this, name, ...given);
  };
}
