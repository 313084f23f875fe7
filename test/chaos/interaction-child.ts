// A process with several writers on one interaction at once, round after round: each line of stdin is a round, answered by how each writer ended and
// an empty object.

import { createInterface } from "node:readline";
import { openWhole } from "../../src/app/index.ts";
import type { Policy } from "../../src/operations/index.ts";

/** Writers `first` and the following ones. */
interface Round {
  readonly policy: Policy;
  readonly interaction: string;
  readonly first: number;
  readonly count: number;
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function main(): Promise<void> {
  await using runtime = await openWhole({ dir: process.env["WRITER_DIR"] }, process.env, {
    warn: () => undefined,
    deliver: false,
    concurrency: 32,
  });
  say({ ready: process.pid });

  /** One writer: a job of one row. */
  async function write({ interaction, policy }: Round, n: number): Promise<void> {
    const row = { interaction_id: interaction, code: "101", agent_id: `agent_${n}`, timestamp: "2026-05-01T10:00:00Z", policy };
    const bytes = Buffer.from(JSON.stringify(row));
    const source = {
      name: `writer ${n}`,
      async *bytes() {
        yield bytes;
      },
      rereadable: true,
      read: {},
    };
    const { id } = await runtime.able.corrections.run(source);
    for await (const { result, reason } of (await runtime.able.jobs.rows(id)).rows) say({ agent: row.agent_id, result, reason });
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const round = JSON.parse(line) as Round;
    await Promise.all(Array.from({ length: round.count }, (_, n) => write(round, round.first + n)));
    say({});
  }
}

await main();
