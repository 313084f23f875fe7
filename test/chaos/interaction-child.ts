// A process with several writers on one interaction: arguments policy, interaction, first writer, how many. Begins when told to on stdin.

import { once } from "node:events";
import { openCorrections } from "../../src/app/index.ts";
import type { Policy } from "../../src/operations/index.ts";

const [policy = "append", interaction = "", first = "1", count = "1"] = process.argv.slice(2);
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function main(): Promise<void> {
  await using runtime = await openCorrections({ dir: process.env["WRITER_DIR"] }, process.env, {
    warn: () => undefined,
    deliver: false,
    concurrency: 32,
  });
  say({ ready: process.pid });
  await once(process.stdin, "data");

  /** One writer: a job of one row. */
  async function write(n: number): Promise<void> {
    const row = {
      interaction_id: interaction,
      code: "101",
      agent_id: `agent_${n}`,
      timestamp: "2026-05-01T10:00:00Z",
      policy: policy as Policy,
    };
    const bytes = Buffer.from(JSON.stringify(row));
    const source = {
      name: `writer ${n}`,
      async *bytes() {
        yield bytes;
      },
      rereadable: true,
      read: {},
    };
    const { job } = await runtime.corrections.submit(source, {});
    await runtime.corrections.run(job.id);
    for await (const { result, reason } of (await runtime.records.rows(job.id)).rows)
      say({ agent: row.agent_id, result, reason });
  }

  await Promise.all(Array.from({ length: Number(count) }, (_, n) => write(Number(first) + n)));
  process.stdin.destroy();
}

await main();
