// outdial mcp: serves AI assistants until they disconnect or it is told to stop.

import { PassThrough } from "node:stream";
import { openAssistance } from "../../app/index.ts";
import { OperationError } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/mcp.ts";
import type { Io } from "../io.ts";
import { stopped } from "../running.ts";

const PORT = 8384;

export const mcp: Run<typeof declared.mcp> = async ({ options, io }) => {
  const { http, port, allow } = options;
  if (!http && port !== undefined) throw new OperationError("invalid_input", "--port needs --http");
  await using assistance = await openAssistance(options, io.env, { allow, warn: (message) => io.say(`warning: ${message}`) });
  const { tools, name } = assistance;
  if (!http) {
    io.say(`${tools.length} tools, in the name of ${name}; waiting for an assistant on stdin`);
    const output = new PassThrough({ encoding: "utf8" });
    const written = writeAll(output, io);
    await assistance.serveStreams(io.stdin, output, io.signal);
    output.end();
    return await written;
  }
  const url = await assistance.listen(port ?? PORT);
  await io.answer({ url, tools }, `${tools.length} tools are at ${url}`);
  await stopped(io);
};

/** Writes the lines, which are complete, to stdout. */
async function writeAll(lines: AsyncIterable<string>, io: Io): Promise<void> {
  for await (const text of lines) await io.data(text.replace(/\n$/, ""));
}
