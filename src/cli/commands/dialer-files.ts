// Settings files of the dialer commands: reading one, validating it, making a campaign of it.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { openDialer, openDialerTenant } from "../../app/index.ts";
import { messageOf } from "../../kernel/index.ts";
import { OperationError, parseSettingsFile, type SettingsFile } from "../../operations/index.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { judgementLines } from "../render-dialer.ts";
import { printable } from "../render-tagging.ts";

export interface DialerFlags extends GlobalFlags {
  readonly databaseUrl?: string;
  readonly tenantUrl?: string;
}

/** Reads a settings file, - for stdin. Throws OperationError `invalid_input`. */
export async function settingsFile(path: string, io: Io): Promise<SettingsFile> {
  let text: string;
  try {
    text = path === "-" ? await textOf(io.stdin) : await readFile(path, "utf8");
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${path}: ${messageOf(thrown)}`);
  }
  return parseSettingsFile(text, path === "-" ? "stdin" : basename(path));
}

export async function validate([path = ""]: readonly string[], flags: DialerFlags, io: Io): Promise<number> {
  const file = await settingsFile(path, io);
  await using dialer = await openDialerTenant(flags, io.env);
  const judgement = await dialer.validate(file);
  if (io.json) await io.data(JSON.stringify({ file: file.name, valid: judgement.refusals.length === 0, ...judgement }));
  else for (const line of judgementLines(judgement)) await io.data(line);
  return judgement.refusals.length === 0 ? EXIT.done : EXIT.refused;
}

export async function createCampaign(
  [path = ""]: readonly string[],
  flags: DialerFlags & { readonly again?: boolean },
  io: Io,
): Promise<number> {
  const file = await settingsFile(path, io);
  const name = JSON.stringify(printable(file.settings.name));
  {
    await using tenant = await openDialerTenant(flags, io.env);
    const judgement = await tenant.validate(file);
    for (const line of judgementLines(judgement)) io.say(line);
    if (judgement.refusals.length > 0) {
      if (io.json) await io.data(JSON.stringify({ refused: judgement.refusals }));
      return EXIT.refused;
    }
  }
  if (!(await confirmed(`Create the dialer campaign ${name}?`, flags, io))) return EXIT.interrupted;
  await using opened = await openDialer(flags, io.env, { warn: (message) => io.say(message) });
  const { campaignId, already } = await opened.dialer.createCampaign(file, { again: flags.again === true });
  if (io.json) await io.data(JSON.stringify({ campaignId, already }));
  else await io.data(`${campaignId} ${already ? "was created from this file before" : "created"}`);
  return EXIT.done;
}
