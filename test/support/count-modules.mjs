// Loaded before a program of the tests: writes the modules that it has loaded to TEST_MODULES when it ends, one a line.

import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) loaded.add(url);
    return next(url, context);
  },
});
process.on("exit", () => writeFileSync(process.env["TEST_MODULES"], [...loaded].join("\n")));
