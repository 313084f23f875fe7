// Files as editors on Windows write them: with CRLF at the ends of lines.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startWorld } from "../../support/world.ts";

test("configuration, secrets, campaign files and rows with CRLF are read as those with LF", async () => {
  await using world = await startWorld();
  const { folder, environment } = world;
  const inFolder = (name: string, text: string) => writeFile(join(folder, name), text);
  await mkdir(join(folder, "campaigns"));
  const secret = environment["CXONE_CLIENT_SECRET"] ?? "";
  const env = { ...environment, CXONE_CLIENT_SECRET: undefined, CXONE_CLIENT_SECRET_FILE: join(folder, "secret") };
  const configuration = await readFile(join(folder, "outdial.yaml"), "utf8");
  const calls = "call_id,disposition_code_id\ncall_001,DISP_NONE\n";
  const campaign = await world.run(["campaign", "export", "camp_primary_001"]);
  expect(campaign.code).toBe(0);
  const said: unknown[] = [];
  for (const end of ["\n", "\r\n"]) {
    const ended = (text: string) => text.replaceAll("\n", end);
    await world.configure(ended(`# ours\n${configuration}`));
    await inFolder("secret", ended(`${secret}\n`));
    await inFolder("calls.csv", ended(calls));
    await inFolder("campaigns/primary.yaml", ended(campaign.stdout));
    const tagged = await world.run(["tag", "--campaign", "camp_primary_001", "calls.csv", "--dry-run", "--json"], { env });
    const planned = await world.run(["campaign", "plan", "--json"], { env });
    said.push([
      tagged.code,
      tagged.stdout.replaceAll(/"(?:sha256|hash|bytes)":("[^"]*"|\d+)/g, ""),
      planned.code,
      planned.stdout,
    ]);
  }
  expect(said[1]).toEqual(said[0]);
  expect(said[0]).toEqual([
    expect.any(Number),
    expect.stringContaining("call_001"),
    0,
    expect.stringContaining("camp_primary_001"),
  ]);
});
