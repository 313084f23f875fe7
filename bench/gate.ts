// Peak memory and speed of `outdial compliance gate` over 1,000,000 contacts against 100,000, their facts joined from a store that knows
// something of most numbers: consents, attempts, our own list and a registry file.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";

import { OTHERS, openStore } from "../src/store/index.ts";
import { benchFolder, rounded, sized } from "./support.ts";

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));
const SIZES = [sized(100_000, 500), sized(1_000_000, 2000)] as const;
const NUMBERS = SIZES[1];
const AT = "2026-06-16T18:00:00Z";

/** Area codes of the contacts: several zones, states with rules of their own. */
const AREAS = [212, 813, 512, 602, 206, 312, 405, 617, 702, 850] as const;
const numberOf = (n: number) => `${AREAS[n % AREAS.length]}${2_000_000 + Math.floor(n / AREAS.length)}`;
/** The same in SQL. */
const numberSql = `('1' || (array[${AREAS.join()}])[n % ${AREAS.length} + 1] || (2000000 + n / ${AREAS.length}))::bigint`;

await using folder = await benchFolder();
const dir = join(folder.path, ".outdial");
const store = await openStore({ dir, clock: { now: Date.now, sleep: async () => undefined } });
await seed(store.url);

/** Facts of most numbers; the registry file is loaded as a load would leave it. */
async function seed(url: string): Promise<void> {
  const file = await store.facts.beginRegistryFile({ registry: "US", asOf: "2026-06-10", sourceName: "bench", actor: "bench" });
  await store.facts.declareNoCompanyList({ id: "imp_bench", actor: "bench", name: "bench", reason: "the list is made below" });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const each = (every: number) => `from generate_series(0, ${NUMBERS - 1}, ${every}) n`;
  await client.query(`insert into outdial.registry_blocks_${file} (block, bits)
    select number / 10000, bit_or(set_bit(repeat('0', 10000)::bit(10000), (number % 10000)::int, 1))
    from (select ${numberSql} as number ${each(4)}) listed group by 1`);
  await client.query("insert into outdial.wordings values ('00000000000000000000000000000001', 'yes')");
  await client.query(`insert into outdial.consents (number, given_at, digest, level, basis, source, evidence, wording, recorded_at)
    select ${numberSql}, '2026-01-01Z', '00000000000000000000000000000001', 'written', '', '', '', '00000000000000000000000000000001', now() ${each(2)}`);
  await client.query(`insert into outdial.attempts (number, at, kind, subject, campaign, call_id)
    select ${numberSql}, '2026-06-16 12:00Z'::timestamptz - h * interval '5 hours', 'attempt', '', 'bench', '' ${each(3)}, generate_series(0, 4) h`);
  await client.query(`insert into outdial.suppressions (number, origin, code, reference, actor, recorded_at)
    select ${numberSql}, 'list', '', '', 'bench', now() ${each(10)}`);
  await client.query("analyze");
  await client.end();
  await store.facts.switchRegistryFile({
    id: file,
    contentHash: "bench",
    covers: [{ areaCode: OTHERS, numbers: Math.ceil(NUMBERS / 4) }],
    actor: "bench",
  });
}

function* rows(count: number): Generator<string> {
  yield "id,number\n";
  let block = "";
  for (let n = 0; n < count; n++) {
    block += `contact-${n},+1${numberOf(n)}\n`;
    if (n % 1000 === 999 || n === count - 1) {
      yield block;
      block = "";
    }
  }
}

/** @returns peak resident memory of the gate's process, MiB (the kernel's high-water mark), and contacts a second */
async function gate(count: number): Promise<{ peak: number; perSecond: number; dial: number }> {
  const file = join(folder.path, `contacts-${count}.csv`);
  await pipeline(Readable.from(rows(count)), createWriteStream(file));
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [BIN, "compliance", "gate", file, "--campaign", "bench", "--at", AT, "--json", "--quiet"],
    {
      cwd: folder.path,
      env: { ...process.env, DATABASE_URL: undefined, OUTDIAL_DIR: dir },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  let peak = 0;
  const watch = setInterval(() => {
    readFile(`/proc/${child.pid}/status`, "utf8")
      .then((status) => {
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      })
      .catch(() => undefined);
  }, 50);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`the gate of ${count} contacts ended with ${code}`);
  const { manifest } = JSON.parse(said) as { manifest: { counts: { dial: number }; input: { contacts: number } } };
  if (manifest.input.contacts !== count) throw new Error(`the gate saw ${manifest.input.contacts} of ${count} contacts`);
  return { peak, perSecond: count / ((performance.now() - begun) / 1000), dial: manifest.counts.dial };
}

const small = await gate(SIZES[0]);
const large = await gate(SIZES[1]);
await store.close();
process.stdout.write(
  `${JSON.stringify({
    ratio: rounded(large.peak / small.peak),
    below: 1.3,
    contacts: SIZES,
    peakMiB: [rounded(small.peak, 0), rounded(large.peak, 0)],
    contactsPerSecond: [rounded(small.perSecond, 0), rounded(large.perSecond, 0)],
    dial: [small.dial, large.dial],
  })}\n`,
);
