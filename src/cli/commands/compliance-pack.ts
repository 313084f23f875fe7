// outdial compliance pack: show, validate and compare rule packs, and replay recorded decisions with one.

import { readRulePack, withCampaignRules } from "../../app/index.ts";
import { describeDifferences, describeRule, diffPacks, type PackDifference, type RulePack } from "../../compliance/index.ts";
import { compileRulePack, replayDecisions, validatedPack } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { SHIPPED_PACK } from "../declare.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { openInput } from "../source.ts";
import { grouped, printable } from "../text.ts";

/** A file, or the shipped pack by its id. */
export function namedPack(name: string): Promise<RulePack> {
  return readRulePack(name === SHIPPED_PACK ? undefined : name);
}

export const showPack: Run<typeof declared.showPack> = async ({ args, options, io }) => {
  const pack = await namedPack(args.pack);
  const only = options.jurisdiction?.toUpperCase();
  const shown = pack.rules.filter(({ jurisdiction }) => only === undefined || jurisdiction === only);
  await io.answer(only === undefined ? pack : { ...pack, rules: shown }, [
    `${pack.id}@${pack.version} · ${printable(pack.title)}`,
    `${grouped(pack.rules.length)} rules · ${grouped(pack.jurisdictions.length)} jurisdictions · ${grouped(pack.emergencies.length)} emergencies`,
    ...shown.flatMap(ruleLines),
  ]);
};

function ruleLines(rule: RulePack["rules"][number]): string[] {
  const more = [
    rule.binds.join("/"),
    rule.exempt === undefined ? "" : `lifted by ${rule.exempt.join(", ")}`,
    rule.effective === undefined ? "" : `from ${rule.effective}`,
    rule.ends === undefined ? "" : `until ${rule.ends}`,
    rule.confidence,
    rule.lookedUp === undefined ? "" : `looked up ${rule.lookedUp}`,
  ];
  return [
    `\n${rule.jurisdiction}  ${rule.id}  ${describeRule(rule)}`,
    `    ${more.filter((part) => part !== "").join(" · ")} · ${printable(rule.citation)}`,
    ...(rule.note === undefined ? [] : [`    ${printable(rule.note)}`]),
  ];
}

export const validatePack: Run<typeof declared.validatePack> = async ({ args, io }) => {
  const found = validatedPack(await namedPack(args.pack));
  const { id, version, rules } = found;
  await io.answer(found, `${args.pack} is a usable rule pack: ${id}@${version}, ${grouped(rules)} rules`);
};

export const diffPack: Run<typeof declared.diffPack> = async ({ args, options, io }) => {
  const [before, after] = [await namedPack(args.before), await namedPack(args.after)];
  if (options.words) {
    const sentences = describeDifferences(before, after);
    return io.answer({ sentences }, sentences.map(printable));
  }
  const differences = diffPacks(before, after);
  await io.answer(
    { differences },
    differences.map((difference) => printable(differenceText(difference))),
  );
  io.say(`${grouped(differences.length)} differences`);
};

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

export const replayPack: Run<typeof declared.replayPack> = async ({ args, options, io }) => {
  const inputs = [];
  for (const file of args.decisions.length === 0 ? ["-"] : args.decisions) inputs.push(await openInput(file, io));
  const pack = compileRulePack(await withCampaignRules(await namedPack(options.pack), options.campaignRules));
  const counts = { decisions: 0, decision: 0, rules: 0, next: 0, unreadable: 0 };
  for (const input of inputs) {
    // Of several files each row says which it is of.
    const where = inputs.length === 1 ? {} : { file: input.name };
    const sink = {
      since: options.since,
      write: (line: object) => io.data(JSON.stringify({ ...where, ...line })),
      progress(decisions: number) {
        if (decisions % 1000 === 0) io.progress(`deciding again · ${grouped(decisions)} lines`);
      },
    };
    await replayDecisions(input.bytes(), pack, sink, counts);
  }
  io.say(
    `${grouped(counts.decisions)} decisions replayed with ${pack.packVersion}: ${grouped(counts.decision)} swap allow and deny · ` +
      `${grouped(counts.rules)} break other rules · ${grouped(counts.next)} move their next instant · ${grouped(counts.unreadable)} unreadable`,
  );
  return counts.unreadable > 0 ? EXIT.partlyFailed : EXIT.done;
};
