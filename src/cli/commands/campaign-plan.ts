// outdial campaign plan, drift, export: files against the tenant.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportCampaignFiles, openCampaignReader, ServiceCampaignFiles } from "../../app/index.ts";
import { fileTrouble, OutdialError } from "../../kernel/index.ts";
import {
  campaignPlanOf,
  type ExportedFile,
  type FileText,
  parseCampaignFiles,
  planText,
  readCampaignFiles,
  SAY_GONE,
} from "../../operations/index.ts";
import type { CampaignPlanView } from "../../operations/views/index.ts";
import { makeFolders } from "../../store/index.ts";
import type { Place, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { writeText } from "../output.ts";
import { driftLines, planLines } from "../render-campaign-plan.ts";
import { printable } from "../text.ts";

/** Where campaign files are looked for. */
export const FOLDER = "campaigns";

/** Campaign files at the service that OUTDIAL_URL names; undefined without one. Throws `invalid_input` for a rule pack: the service has its own */
export function atService(
  { service, pack, contacts: contactPages }: Place & { readonly pack?: string | undefined; readonly contacts?: number },
  io: Io,
): ServiceCampaignFiles | undefined {
  if (service === undefined) return undefined;
  if (pack !== undefined)
    throw new OutdialError("invalid_input", "--pack does not go through a service: it plans by its own rule pack");
  const { clock, signal } = io;
  return new ServiceCampaignFiles(service, {
    clock,
    signal,
    warn: io.say,
    ...(contactPages === undefined ? {} : { contactPages }),
  });
}

export const filesAt = (path: string | undefined, io: Io): Promise<FileText[]> => readCampaignFiles(path ?? io.path(FOLDER));

export const plan: Run<typeof declared.plan> = async ({ args, options, io }) => {
  const { activate, contacts: contactPages, pack, out } = options;
  const texts = await filesAt(args.path, io);
  const service = atService(options, io);
  if (service !== undefined && out !== undefined)
    throw new OutdialError("invalid_input", "--out does not go through a service: it keeps the plans that it shows", {
      advice: "outdial campaign apply --plan HASH names the plan.",
    });
  const tell = async (view: CampaignPlanView) => {
    await io.answer(view, planLines(view));
    return view.violations.length > 0 ? EXIT.refused : EXIT.done;
  };
  if (service !== undefined) return tell(await service.plan(texts, activate));
  const files = await parseCampaignFiles(texts);
  await using reader = await openCampaignReader(options, io.env, { pack });
  const made = await reader.plan(files, { activate, contactPages });
  if (out !== undefined) await writeText(out, planText(made));
  return await tell(campaignPlanOf(made));
};

export const drift: Run<typeof declared.drift> = async ({ args, options, io }) => {
  const { managedOnly } = options;
  const texts = await filesAt(args.path, io);
  const there = atService(options, io);
  const found =
    there === undefined ? await driftHere(options, texts, { managedOnly, env: io.env }) : await there.drift(texts, managedOnly);
  await io.answer(found, driftLines(found));
  return found.drifted ? EXIT.refused : EXIT.done;
};

async function driftHere(
  options: Place,
  texts: readonly FileText[],
  { managedOnly, env }: { readonly managedOnly: boolean; readonly env: Io["env"] },
) {
  const files = await parseCampaignFiles(texts);
  await using reader = await openCampaignReader(options, env);
  return await reader.drift(files, { managedOnly });
}

export const exportAll: Run<typeof declared.exportAll> = async ({ args, options, io }) => {
  const there = atService(options, io);
  const { files, shorter } =
    there === undefined ? await exportCampaignFiles(options, io.env, args.ids, io.say) : await there.export(args.ids);
  const code = shorter === null ? EXIT.done : EXIT.partlyFailed;
  if (shorter !== null) io.complain(`${printable(shorter)}; ${SAY_GONE}`);
  const { out, force } = options;
  if (out === undefined) {
    // A file is written as it is, also to a terminal.
    if (io.json) await io.answer({ files, shorter }, []);
    else if (files.length > 0) await io.data(files.map(({ text }) => text.trimEnd()).join("\n---\n"));
    return code;
  }
  const taken = force ? [] : await conflicting(out, files);
  for (const path of taken) io.complain(`${path} exists with other content; --force overwrites it`);
  if (taken.length > 0) return EXIT.refused;
  try {
    await makeFolders(out);
    for (const { name, text } of files) await writeFile(join(out, name), text);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot write to ${out}: ${fileTrouble(thrown)}`);
  }
  const written = files.map(({ name, campaignId }) => ({ path: join(out, name), campaignId }));
  await io.answer(
    { files: written, shorter },
    written.map(({ path, campaignId }) => `${path} ${campaignId}`),
  );
  return code;
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
