// outdial compliance pack: show, validate and compare rule packs, and replay recorded decisions with one.

import { compileRulePack, readRulePack, withCampaignRules } from "../../app/index.ts";
import { describeRule, diffPacks, type PackDifference, type RulePack, replay } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { ndjsonLines } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";
import { openInput } from "../source.ts";

const SHIPPED = "us-ca-uk-2026";

/** A file, or the shipped pack by its id. */
function namedPack(name: string): Promise<RulePack> {
  return readRulePack(name === SHIPPED ? undefined : name);
}

export async function showPack(
  [name = SHIPPED]: readonly string[],
  flags: GlobalFlags & { readonly jurisdiction?: string },
  io: Io,
): Promise<number> {
  const pack = await namedPack(name);
  const only = flags.jurisdiction?.toUpperCase();
  const shown = pack.rules.filter(({ jurisdiction }) => only === undefined || jurisdiction === only);
  if (io.json) {
    await io.data(JSON.stringify(only === undefined ? pack : { ...pack, rules: shown }));
    return EXIT.done;
  }
  await io.data(`${pack.id}@${pack.version} · ${printable(pack.title)}`);
  await io.data(
    `${grouped(pack.rules.length)} rules · ${grouped(pack.jurisdictions.length)} jurisdictions · ${grouped(pack.emergencies.length)} emergencies`,
  );
  for (const rule of shown) {
    const dates = [
      rule.effective === undefined ? "" : `from ${rule.effective}`,
      rule.ends === undefined ? "" : `until ${rule.ends}`,
    ];
    const lifted = rule.exempt === undefined ? "" : `lifted by ${rule.exempt.join(", ")}`;
    const more = [rule.binds.join("/"), lifted, ...dates, rule.confidence].filter((part) => part !== "").join(" · ");
    await io.data(`\n${rule.jurisdiction}  ${rule.id}  ${describeRule(rule)}`);
    await io.data(`    ${more} · ${printable(rule.citation)}`);
    if (rule.note !== undefined) await io.data(`    ${printable(rule.note)}`);
  }
  return EXIT.done;
}

export async function validatePack([name = ""]: readonly string[], _flags: GlobalFlags, io: Io): Promise<number> {
  const pack = await namedPack(name);
  compileRulePack(pack);
  const counts = {
    rules: pack.rules.length,
    jurisdictions: pack.jurisdictions.length,
    calendars: Object.keys(pack.calendars).length,
  };
  if (io.json) await io.data(JSON.stringify({ valid: true, id: pack.id, version: pack.version, ...counts }));
  else await io.data(`${name} is a usable rule pack: ${pack.id}@${pack.version}, ${grouped(counts.rules)} rules`);
  return EXIT.done;
}

export async function diffPack([before = "", after = ""]: readonly string[], _flags: GlobalFlags, io: Io): Promise<number> {
  const differences = diffPacks(await namedPack(before), await namedPack(after));
  if (io.json) await io.data(JSON.stringify({ differences }));
  else for (const difference of differences) await io.data(printable(differenceText(difference)));
  io.say(`${grouped(differences.length)} differences`);
  return EXIT.done;
}

function differenceText({ section, id, field, before, after }: PackDifference): string {
  const short = (value: unknown) => {
    const text = JSON.stringify(value);
    return text.length > 70 ? `${text.slice(0, 67)}...` : text;
  };
  const what = [section, id, field].filter((part) => part !== "").join(" ");
  if (before === undefined) return `+ ${what}: ${short(after)}`;
  if (after === undefined) return `- ${what}: ${short(before)}`;
  return `~ ${what}: ${short(before)} -> ${short(after)}`;
}

export async function replayPack(
  files: readonly string[],
  flags: GlobalFlags & { readonly pack: string; readonly campaignRules?: string },
  io: Io,
): Promise<number> {
  const inputs = [];
  for (const file of files.length === 0 ? ["-"] : files) inputs.push(await openInput(file, io));
  const pack = compileRulePack(await withCampaignRules(await namedPack(flags.pack), flags.campaignRules));
  const counts = { decisions: 0, decision: 0, rules: 0, next: 0, unreadable: 0 };
  for (const input of inputs) {
    // Of several files each row says which it is of.
    const where = inputs.length === 1 ? {} : { file: input.name };
    for await (const read of ndjsonLines(input.bytes())) {
      const { line } = read;
      try {
        if ("problem" in read) throw new OutdialError("invalid_facts", read.problem);
        const { id, change, before, after } = replay(Object.fromEntries(read.members), pack);
        counts.decisions += 1;
        if (counts.decisions % 1000 === 0) io.progress(`deciding again · ${grouped(counts.decisions)} lines`);
        if (change === undefined) continue;
        counts[change] += 1;
        await io.data(JSON.stringify({ ...where, line, ...(id === undefined ? {} : { id }), change, before, after }));
      } catch (thrown) {
        if (!(thrown instanceof OutdialError) || thrown.code !== "invalid_facts") throw thrown;
        counts.unreadable += 1;
        await io.data(JSON.stringify({ ...where, line, error: { code: "invalid_input", message: thrown.message } }));
      }
    }
  }
  io.say(
    `${grouped(counts.decisions)} decisions replayed with ${pack.packVersion}: ${grouped(counts.decision)} swap allow and deny · ` +
      `${grouped(counts.rules)} break other rules · ${grouped(counts.next)} move their next instant · ${grouped(counts.unreadable)} unreadable`,
  );
  return counts.unreadable > 0 ? EXIT.partlyFailed : EXIT.done;
}
