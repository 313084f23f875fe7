// A large world stays usable: at the full scale 100,000 calls and 1,000,000 contacts, in a process of its own below 1 GiB.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scaled } from "../../support/scale.ts";

const CALLS = scaled(100_000, 10_000);
const CONTACTS = 10 * CALLS;
const MIB = 1024 ** 2;
/** What the program takes before there is a world. */
const EMPTY_MIB = 224;
const SHARE = CALLS / 100_000;
const HEAP_MIB = Math.ceil((1024 - EMPTY_MIB) * SHARE);

test(`${CALLS} calls and ${CONTACTS} contacts are usable within their share of 1 GiB`, async () => {
  const script = fileURLToPath(new URL("./scale-child.ts", import.meta.url));
  // Without a bound the heap grows by as much as its collector is late, which tells of the machine and not of the world.
  const bound = `--max-old-space-size=${HEAP_MIB}`;
  const { stdout } = await promisify(execFile)(process.execPath, [bound, script, String(CALLS), String(CONTACTS)]);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({
    calls: CALLS,
    contacts: CONTACTS,
    walked: CALLS,
    tagged: CALLS,
    consented: 0.8 * CONTACTS,
  });
  expect((report as { peakBytes: number }).peakBytes).toBeLessThan((EMPTY_MIB + HEAP_MIB) * MIB);
});
