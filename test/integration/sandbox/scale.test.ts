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

test(`${CALLS} calls and ${CONTACTS} contacts are usable within their share of 1 GiB`, async () => {
  const script = fileURLToPath(new URL("./scale-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(CALLS), String(CONTACTS)]);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({
    calls: CALLS,
    contacts: CONTACTS,
    walked: CALLS,
    tagged: CALLS,
    consented: 0.8 * CONTACTS,
  });
  expect((report as { peakBytes: number }).peakBytes).toBeLessThan((EMPTY_MIB + (1024 - EMPTY_MIB) * (CALLS / 100_000)) * MIB);
});
