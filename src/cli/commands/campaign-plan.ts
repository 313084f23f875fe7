// outdial campaign plan, drift: files against the tenant; nothing is changed.

import { writeFile } from "node:fs/promises";
import { openCampaignReader } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { CONTACT_PAGES, driftOf, parseCampaignFiles, planText, readCampaignFiles } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { planLines } from "../render-campaign-plan.ts";

/** Where campaign files are looked for. */
export const FOLDER = "campaigns";

const PAGE = 100;
const MOST_CONTACTS = 10_000_000;

export interface CampaignFlags extends GlobalFlags {
  readonly pack?: string;
  readonly contacts?: string;
  readonly activate?: boolean;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

/** How many pages of each contact list are looked at. */
export function contactPages(text: string | undefined): number {
  if (text === undefined) return CONTACT_PAGES;
  return text === "all" ? Number.POSITIVE_INFINITY : Math.ceil(wholeNumber("--contacts", text, 1, MOST_CONTACTS) / PAGE);
}

export async function plan(
  [path = FOLDER]: readonly string[],
  flags: CampaignFlags & { readonly out?: string },
  io: Io,
): Promise<number> {
  const files = await parseCampaignFiles(await readCampaignFiles(io.path(path)));
  const pages = contactPages(flags.contacts);
  await using reader = await openCampaignReader(flags, io.env, { pack: flags.pack });
  const made = await reader.plan(files, { activate: flags.activate === true, contactPages: pages });
  if (flags.out !== undefined) await writePlan(flags.out, planText(made));
  if (io.json) await io.data(JSON.stringify(made));
  else for (const line of planLines(made)) await io.data(line);
  return made.violations.length > 0 ? EXIT.refused : EXIT.done;
}

async function writePlan(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot write ${path}: ${messageOf(thrown)}`);
  }
}

export async function drift(
  [path = FOLDER]: readonly string[],
  flags: CampaignFlags & { readonly managedOnly?: boolean },
  io: Io,
): Promise<number> {
  const files = await parseCampaignFiles(await readCampaignFiles(io.path(path)));
  await using reader = await openCampaignReader(flags, io.env);
  // The law is the plan's business: no contact is needed to compare.
  const made = await reader.plan(files, { activate: false, contactPages: 1 });
  const { drifted, campaigns: differing, unmanaged, unmatched } = driftOf(made, { managedOnly: flags.managedOnly === true });
  if (io.json) {
    const campaigns = differing.map(({ name, id, action, changes, held, source }) => ({
      name,
      id,
      action,
      changes,
      held,
      source,
    }));
    await io.data(JSON.stringify({ drift: drifted, campaigns, unmanaged, unmatched }));
  } else {
    const shown = { ...made, entries: differing, unmanaged, violations: unmatched, notices: [] };
    for (const line of planLines(shown).slice(0, -2)) await io.data(line);
    for (const { held, name } of differing) if (held) await io.data(`~ ${name}: the file wants it active, and it is not`);
    await io.data(drifted ? "tenant and files differ" : "tenant and files agree");
  }
  return drifted ? EXIT.refused : EXIT.done;
}
