// Peak memory of `outdial tag` over 1,000,000 rows against 100,000 rows: the whole job, planned, sent and recorded, limit lifted.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { benchFolder, CAMPAIGN, csvRows, rounded, sized, startSandbox, stopSandbox, tagEnvironment } from "./support.ts";

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));
const SIZES = [sized(100_000, 200), sized(1_000_000, 400)] as const;

await using folder = await benchFolder();
await writeFile(join(folder.path, "outdial.yaml"), 'limits: { outbound-write: "off", outbound-read: "off", other: "off" }\n');

/** @returns peak resident memory of the tagging process, MiB (the kernel's high-water mark) */
async function peak(rows: number): Promise<number> {
  const sandbox = await startSandbox(folder.path, rows, true);
  const file = join(folder.path, `calls-${rows}.csv`);
  await pipeline(Readable.from(csvRows(1, rows)), createWriteStream(file));
  const child = spawn(process.execPath, [BIN, "tag", file, "--campaign", CAMPAIGN, "--quiet"], {
    cwd: folder.path,
    env: tagEnvironment(sandbox, join(folder.path, String(rows))),
    stdio: ["ignore", "ignore", "inherit"],
  });
  let high = 0;
  const watch = setInterval(() => {
    readFile(`/proc/${child.pid}/status`, "utf8")
      .then((status) => {
        high = Math.max(high, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
      })
      .catch(() => undefined);
  }, 50);
  const [code] = (await once(child, "exit")) as [number | null];
  clearInterval(watch);
  await stopSandbox(sandbox);
  if (code !== 0) throw new Error(`tagging ${rows} rows ended with ${code}`);
  return high / 1024;
}

// The peak is what waits for the next collection, too, and a long run has more chances of a high one: several short ones have as many.
let small = 0;
for (let round = 0; round < sized(3, 1); round++) small = Math.max(small, await peak(SIZES[0]));
const large = await peak(SIZES[1]);
process.stdout.write(
  `${JSON.stringify({ ratio: rounded(large / small), below: 1.2, rows: SIZES, peakMiB: [rounded(small, 0), rounded(large, 0)] })}\n`,
);
