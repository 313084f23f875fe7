// Tagging with the limit lifted and full durability (ledger, audit log, outbox) against bare undici PUTs: same sandbox, same concurrency,
// in turn. The job's time covers reading, checking and planning the file too.

import { Pool } from "undici";
import { openTagging } from "../src/app/index.ts";
import {
  benchFolder,
  CAMPAIGN,
  callId,
  csvRows,
  median,
  rounded,
  sized,
  startSandbox,
  stopSandbox,
  tagEnvironment,
} from "./support.ts";

const ROWS = sized(20_000, 200);
const ROUNDS = sized(5, 1);
const CONCURRENCY = 32;

await using folder = await benchFolder();
const sandbox = await startSandbox(folder.path, ROWS * 2 * (ROUNDS + 1), true);
const pool = new Pool(new URL(sandbox.url).origin, { connections: CONCURRENCY });

async function token(): Promise<string> {
  const reply = await fetch(sandbox.tokenUrl, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}

/** What any client must do at least: send the request, read the reply. @returns requests a second */
async function bare(from: number, bearer: string): Promise<number> {
  let next = from;
  const end = from + ROWS;
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
  const body = JSON.stringify({
    dispositionCodeId: "DISP_001",
    notes: "Automated verification completed",
    reasonCodeId: "REASON_001",
    tag: ["verified", "priority_a"],
  });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (next < end) {
        const reply = await pool.request({
          method: "PUT",
          path: `/api/v2/outbound/calls/${callId(next++)}/disposition`,
          headers,
          body,
        });
        await reply.body.text();
        if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}`);
      }
    }),
  );
  return (ROWS * 1000) / (performance.now() - start);
}

async function tagging(from: number): Promise<number> {
  const bytes = Buffer.from([...csvRows(from, from + ROWS - 1)].join(""));
  const start = performance.now();
  const { job } = await runtime.tagging.submit(
    {
      name: `rows ${from}`,
      bytes: async function* () {
        yield bytes;
      },
      rereadable: true,
      read: {},
    },
    CAMPAIGN,
    {},
  );
  const ended = await runtime.tagging.run(job.id);
  const seconds = (performance.now() - start) / 1000;
  const { counts } = await runtime.records.show(job.id);
  if (ended.status !== "done" || counts["tagged"] !== ROWS) throw new Error(`job ${ended.status}: ${JSON.stringify(counts)}`);
  return ROWS / seconds;
}

const environment = {
  ...tagEnvironment(sandbox, folder.path),
  OUTDIAL_BI_URL: "http://127.0.0.1:9/events",
  OUTDIAL_BI_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
};
const runtime = await openTagging({}, environment, {
  warn: () => undefined,
  concurrency: CONCURRENCY,
  limits: "off",
  deliver: false,
});
try {
  const bearer = await token();
  let from = 1;
  const take = () => {
    const first = from;
    from += ROWS;
    return first;
  };
  await bare(take(), bearer);
  await tagging(take());
  const bareRates: number[] = [];
  const taggingRates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bareRates.push(await bare(take(), bearer));
    taggingRates.push(await tagging(take()));
  }
  const ratios = taggingRates.map((rate, round) => rate / (bareRates[round] ?? Number.NaN));
  process.stdout.write(
    `${JSON.stringify({ ratio: rounded(median(ratios)), atLeast: 0.5, taggedPerSecond: rounded(median(taggingRates), 0), barePerSecond: rounded(median(bareRates), 0), concurrency: CONCURRENCY, rows: ROWS })}\n`,
  );
} finally {
  await runtime[Symbol.asyncDispose]();
  await pool.close();
  await stopSandbox(sandbox);
}
