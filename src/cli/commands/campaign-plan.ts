// outdial campaign plan, drift, export: files against the tenant, where nothing is changed.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportCampaignFiles, openCampaignReader } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { driftOf, type ExportedFile, parseCampaignFiles, planText, readCampaignFiles } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import { writeText } from "../output.ts";
import { planLines } from "../render-campaign-plan.ts";

/** Where campaign files are looked for. */
export const FOLDER = "campaigns";

export const plan: Run<typeof declared.plan> = async ({ args, options, io }) => {
  const { activate, contacts: contactPages, pack, out } = options;
  const files = await parseCampaignFiles(await readCampaignFiles(args.path ?? io.path(FOLDER)));
  await using reader = await openCampaignReader(options, io.env, { pack });
  const made = await reader.plan(files, { activate, contactPages });
  if (out !== undefined) await writeText(out, planText(made));
  await io.answer(made, planLines(made));
  return made.violations.length > 0 ? EXIT.refused : EXIT.done;
};

export const drift: Run<typeof declared.drift> = async ({ args, options, io }) => {
  const files = await parseCampaignFiles(await readCampaignFiles(args.path ?? io.path(FOLDER)));
  await using reader = await openCampaignReader(options, io.env);
  // The law is the plan's business: no contact is needed to compare.
  const made = await reader.plan(files, { activate: false, contactPages: 1 });
  const { drifted, campaigns: differing, unmanaged, unmatched } = driftOf(made, { managedOnly: options.managedOnly });
  const campaigns = differing.map(({ name, id, action, changes, held, source }) => ({ name, id, action, changes, held, source }));
  const shown = { ...made, entries: differing, unmanaged, violations: unmatched, notices: [] };
  await io.answer({ drift: drifted, campaigns, unmanaged, unmatched }, () => [
    ...planLines(shown).slice(0, -2),
    ...differing.filter(({ held }) => held).map(({ name }) => `~ ${name}: the file wants it active, and it is not`),
    drifted ? "tenant and files differ" : "tenant and files agree",
  ]);
  return drifted ? EXIT.refused : EXIT.done;
};

export const exportAll: Run<typeof declared.exportAll> = async ({ args, options, io }) => {
  const files = await exportCampaignFiles(options, io.env, args.ids, io.say);
  const { out, force } = options;
  if (out === undefined) return await io.answer({ files }, files.map(({ text }) => text.trimEnd()).join("\n---\n"));
  const taken = force ? [] : await conflicting(out, files);
  for (const path of taken) io.complain(`${path} is there and says something else; --force overwrites it`);
  if (taken.length > 0) return EXIT.refused;
  try {
    await mkdir(out, { recursive: true });
    for (const { name, text } of files) await writeFile(join(out, name), text);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot write to ${out}: ${messageOf(thrown)}`);
  }
  const written = files.map(({ name, campaignId }) => ({ path: join(out, name), campaignId }));
  await io.answer(
    { files: written },
    written.map(({ path, campaignId }) => `${path} ${campaignId}`),
  );
};

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
