// outdial campaign export: a campaign file for each campaign.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportCampaignFiles } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import type { ExportedFile } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { CampaignFlags } from "./campaign-plan.ts";

interface ExportFlags extends CampaignFlags {
  readonly out?: string;
  readonly force?: boolean;
}

export async function exportAll(ids: readonly string[], flags: ExportFlags, io: Io): Promise<number> {
  const files = await exportCampaignFiles(flags, io.env, ids, (message) => io.say(message));
  const { out } = flags;
  if (out === undefined) {
    if (io.json) await io.data(JSON.stringify({ files }));
    else await io.data(files.map(({ text }) => text.trimEnd()).join("\n---\n"));
    return EXIT.done;
  }
  const taken = flags.force === true ? [] : await conflicting(out, files);
  if (taken.length > 0) {
    for (const path of taken) io.complain(`${path} is there and says something else; --force overwrites it`);
    return EXIT.refused;
  }
  try {
    await mkdir(out, { recursive: true });
    for (const { name, text } of files) await writeFile(join(out, name), text);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot write to ${out}: ${messageOf(thrown)}`);
  }
  const written = files.map(({ name, campaignId }) => ({ path: join(out, name), campaignId }));
  if (io.json) await io.data(JSON.stringify({ files: written }));
  else for (const { path, campaignId } of written) await io.data(`${path} ${campaignId}`);
  return EXIT.done;
}

/** Files that are there with another text. */
async function conflicting(folder: string, files: readonly ExportedFile[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, text } of files) {
    const path = join(folder, name);
    const there = await readFile(path, "utf8").catch(() => undefined);
    if (there !== undefined && there !== text) found.push(path);
  }
  return found;
}
