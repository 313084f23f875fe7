// How much of a limit of 100 requests a second a job of 30 seconds uses, and whether the tenant ever says 429.

import { openTagging } from "../src/app/index.ts";
import { benchFolder, CAMPAIGN, csvRows, rounded, sized, startSandbox, stopSandbox, tagEnvironment } from "./support.ts";

const ROWS = sized(3000, 150);
await using folder = await benchFolder();
const sandbox = await startSandbox(folder.path, ROWS, false);
const runtime = await openTagging({}, tagEnvironment(sandbox, folder.path), { warn: () => undefined });
try {
  const bytes = Buffer.from([...csvRows(1, ROWS)].join(""));
  const { job } = await runtime.tagging.submit(
    {
      name: "rows",
      bytes: async function* () {
        yield bytes;
      },
      rereadable: true,
      read: {},
    },
    CAMPAIGN,
    {},
  );
  await runtime.tagging.run(job.id);
  const reply = await fetch(`${sandbox.url}/__sandbox/requests?operation=assignDisposition&limit=100000`);
  const { requests } = (await reply.json()) as { requests: { at: number | string; status: number }[] };
  const times = requests.map((request) => new Date(request.at).getTime()).sort((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  const limited = requests.filter((request) => request.status === 429).length;
  const used = (times.length - 1) / seconds;
  process.stdout.write(
    `${JSON.stringify({ usedPerSecond: rounded(used, 2), ratio: rounded(used / 100), atLeast: 0.98, answers429: limited, seconds: rounded(seconds, 1) })}\n`,
  );
} finally {
  await runtime[Symbol.asyncDispose]();
  await stopSandbox(sandbox);
}
