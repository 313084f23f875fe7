// Settings files of the dialer commands: reading one, validating it, making a campaign of it.

import { basename } from "node:path";
import { openApi, openDialer, openDialerTenant } from "../../app/index.ts";
import { durationText, OutdialError } from "../../kernel/index.ts";
import { parseSettingsFile, simulatedText } from "../../operations/index.ts";
import { MOST_SETTINGS_TEXT, type SimulatorComparison } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { judgementLines } from "../render-dialer.ts";
import { readText } from "../source.ts";
import { table } from "../table.ts";
import { grouped, printable } from "../text.ts";

const FIGURES = table<SimulatorComparison["figures"][number]>([
  { title: "figure", value: ({ figure }) => figure },
  { title: "tenant", value: ({ unit, tenant }) => (tenant === null ? "–" : simulatedText(unit, tenant)), align: "right" },
  { title: "here", value: ({ unit, here }) => (here === null ? "–" : simulatedText(unit, here.median)), align: "right" },
  {
    title: "90 % band",
    value: ({ unit, here }) =>
      here === null || here.low === here.high ? "" : `${simulatedText(unit, here.low)} to ${simulatedText(unit, here.high)}`,
  },
  { title: "the tenant's is", value: ({ differs }) => differs ?? "" },
]);

const comparisonLines = ({ figures }: SimulatorComparison, width: number | undefined): string[] => FIGURES.lines(figures, width);

/** Further notes about a comparison. */
function comparisonNotes(comparison: SimulatorComparison): string[] {
  const { minutes, volume, lines, differences, assumed, recommendation, problem } = comparison;
  const calls = volume === null ? "calls without end" : `${grouped(volume)} calls`;
  const notes = [`simulated: ${durationText(minutes * 60_000)}, ${calls}, ${grouped(lines)} free lines`];
  if (problem !== null) notes.push(`no simulation by outdial: ${problem}`);
  else
    notes.push(
      ...(differences.length === 0
        ? ["both agree: the tenant's figures are within outdial's bands"]
        : differences.map((one) => `differs: ${one}`)),
    );
  if (assumed.length > 0) notes.push(`assumed here: ${assumed.join(", ")}; put what you know under "expected" in the file`);
  if (recommendation !== null) notes.push(`the tenant recommends: ${printable(recommendation)}`);
  return notes;
}

/** Characters of a file's name that the API takes. */
const MOST_NAME = 200;

/** The text of a settings file, - for stdin, with its name for people. Throws `invalid_input`. */
export async function settingsText(path: string, io: Io): Promise<{ readonly text: string; readonly name: string }> {
  const text = await readText(path, io);
  const name = path === "-" ? "stdin" : basename(path).slice(-MOST_NAME);
  if (text.length <= MOST_SETTINGS_TEXT) return { text, name };
  throw new OutdialError(
    "invalid_input",
    `${name} has ${text.length} characters; settings files have at most ${MOST_SETTINGS_TEXT}`,
  );
}

export const validate: Run<typeof declared.validate> = async ({ args, options, io }) => {
  const { campaign } = options;
  const checks = options.check.length === 0 ? undefined : [...options.check];
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  await using api = openApi(options, io);
  const judgement = await api.ask("dialer.validate", { body: { file, sourceName, checks, campaign } });
  const valid = judgement.refusals.length === 0;
  await io.answer({ file: sourceName, valid, ...judgement }, judgementLines(judgement));
  return valid ? EXIT.done : EXIT.refused;
};

export const simulateVendor: Run<typeof declared.simulateVendor> = async ({ args, options, io }) => {
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  await using api = openApi(options, io);
  const { minutes, volume } = options;
  const comparison = await api.ask("dialer.simulateVendor", { body: { file, sourceName, minutes, volume } });
  await io.answer({ file: sourceName, ...comparison }, comparisonLines(comparison, io.width));
  io.say(comparisonNotes(comparison));
};

export const createCampaign: Run<typeof declared.createCampaign> = async ({ args, options, io }) => {
  await using tenant = await openDialerTenant(options, io.env);
  tenant.requireMaking();
  const { text, name: source } = await settingsText(args.file, io);
  const file = await parseSettingsFile(text, source);
  const name = JSON.stringify(printable(file.settings.name));
  {
    const judgement = await tenant.validate(file);
    io.say(judgementLines(judgement));
    if (judgement.refusals.length > 0) {
      await io.answer({ refused: judgement.refusals }, []);
      return EXIT.refused;
    }
  }
  if (!(await confirmed(`Create the dialer campaign ${name}?`, io))) return EXIT.interrupted;
  await using opened = await openDialer(options, io.env, { warn: io.say });
  const { campaignId, already } = await opened.dialer.createCampaign(file, { again: options.again });
  await io.answer({ campaignId, already }, `${campaignId} ${already ? "was created from this file before" : "created"}`);
};
