// outdial demo and outdial sandbox.

import { command } from "../command.ts";
import { choice, file, flag, input, NOTHING, text, value, whole, wrong } from "../declare.ts";

const PORT = whole("--port <number>", "port to listen on; 0 takes a free one", { to: 65_535, default: 0 });

export const demo = command("demo", NOTHING, {
  summary: "a sandbox tenant with live campaigns, and the service with its dashboard; runs until Ctrl-C",
  options: [
    flag("--once", "instead: tag the calls of examples/calls.csv, print a report and end"),
    choice("--profile <profile>", "which interface of the tenant is used; the demo says what acd does not offer", [
      "rest",
      "acd",
    ]),
    PORT,
    file("--dir <folder>", "folder for the data, which is kept; by default a temporary one, removed at the end"),
    flag("--open", "open the dashboard in the browser, signed in"),
  ],
  interrupted: "interrupted: the demo is over, its folder is removed",
});

export const sandbox = command("sandbox", NOTHING, {
  summary: "a stateful CXone tenant on this machine; prints one JSON line with its address and credentials when ready",
  options: [
    PORT,
    text("--host <address>", "address to listen on", { default: "127.0.0.1" }),
    choice("--profile <profile>", "profile of the printed credentials; both APIs are served at one address", ["rest", "acd"]),
    input("--scenario <file>", "scenario file, YAML or JSON (schemas/scenario.schema.json)"),
    value("--speed <factor>", "run the sandbox's clock this many times faster", (written) => {
      const speed = Number(written);
      if (speed > 0 && speed <= 100_000) return speed;
      throw wrong(`--speed ${written} is not a number above 0 and up to 100000`);
    }),
    flag("--frozen", "stop the sandbox's clock; advance it with POST /__sandbox/clock"),
    text("--seed <seed>", "seed of all random numbers"),
  ],
  examples: ["outdial sandbox", "outdial sandbox --scenario examples/scenario.yaml --speed 60"],
});
