// Clients of the service's benchmarks, in a process of their own so that they do not take the service's time: one JSON question a line on stdin,
// one JSON answer a line on stdout.

import { Agent, type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { Histogram } from "../src/kernel/index.ts";

interface Question {
  readonly kind: "read" | "listen";
  readonly origin: string;
  readonly paths: readonly string[];
  readonly token: string;
  readonly clients: number;
  /** Requests of all clients together, or events that each listener waits for. */
  readonly count: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

function get({ origin, token }: Question, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}${path}`, { agent, headers: { authorization: `Bearer ${token}` } }, resolve);
    asked.on("error", reject).end();
  });
}

async function read(question: Question): Promise<object> {
  const { clients, count, paths } = question;
  const times = new Histogram();
  let left = count;
  let failed = 0;
  const began = performance.now();
  const one = async () => {
    while (left-- > 0) {
      const path = paths[left % paths.length] ?? "/";
      const start = performance.now();
      const reply = await get(question, path);
      for await (const _ of reply);
      times.record(performance.now() - start);
      if (reply.statusCode !== 200) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
  const perSecond = count / ((performance.now() - began) / 1000);
  return { ...times.summary(), perSecond, failed };
}

/** Delays from an event's own time to its arrival. */
async function listen(question: Question): Promise<object> {
  const { clients, count, paths } = question;
  const delays = new Histogram();
  let ready = 0;
  const one = async () => {
    const reply = await get(question, paths[0] ?? "/");
    reply.setEncoding("utf8");
    ready += 1;
    if (ready === clients) process.stdout.write(`${JSON.stringify({ ready })}\n`);
    let rest = "";
    let seen = 0;
    for await (const chunk of reply) {
      const now = Date.now();
      const blocks = (rest + String(chunk)).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const at = /"at":"([^"]+)"/.exec(block)?.[1];
        if (at === undefined) continue;
        delays.record(Math.max(0, now - Date.parse(at)));
        seen += 1;
      }
      if (seen >= count) {
        reply.destroy();
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, () => one().catch(() => undefined)));
  return delays.summary();
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question;
  process.stdout.write(`${JSON.stringify(await (question.kind === "read" ? read(question) : listen(question)))}\n`);
}
