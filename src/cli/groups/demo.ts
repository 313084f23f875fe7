// outdial demo and outdial sandbox.

import type { Register } from "./tools.ts";

export const registerDemo: Register = (program, { action }) => {
  action(
    program
      .command("demo")
      .description("the service with its dashboard over a living tenant of its own, with something happening; until Ctrl-C")
      .option("--once", "a tagging job on examples/calls.csv and what happened instead; ends by itself")
      .option("--port <number>", "port to listen on; 0 takes a free one", "0")
      .option("--dir <folder>", "folder that is kept; a temporary one by default, removed at the end")
      .option("--open", "open the dashboard in the browser, signed in"),
    async () => (await import("../commands/demo.ts")).demo,
  );

  action(
    program
      .command("sandbox")
      .description("a stateful CXone tenant on this machine; prints one JSON line with its address and credentials when ready")
      .option("--port <number>", "port to listen on; 0 takes a free one", "0")
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .option("--scenario <file>", "scenario file, YAML or JSON (schemas/scenario.schema.json)")
      .option("--speed <factor>", "run the sandbox's clock this many times faster")
      .option("--frozen", "stop the sandbox's clock; advance it with POST /__sandbox/clock")
      .option("--seed <seed>", "seed of everything random")
      .addHelpText("after", "\nExamples:\n  $ outdial sandbox\n  $ outdial sandbox --scenario examples/scenario.yaml --speed 60"),
    async () => (await import("../commands/sandbox.ts")).sandbox,
  );
};
