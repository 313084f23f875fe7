// outdial compliance check: questions in, decisions out, one line each, in order, in constant memory.

import { compileRulePack, readRulePack, readSettings, withCampaignRules } from "../../app/index.ts";
import { type CompiledPack, decide, formatInstant, parseQuestion } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { ndjsonLines } from "../../operations/index.ts";
import type { Place, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import type { Io } from "../io.ts";
import { grouped } from "../render-tagging.ts";
import { openInput } from "../source.ts";

/** Options that say which rules to decide with. */
export interface PackOptions extends Place {
  readonly pack: string | undefined;
  readonly campaignRules: string | undefined;
}

/** Compiles the pack of the flags, else of the configuration, else the shipped one; a campaign's own rules beside it. */
export async function packOf(options: PackOptions, io: Io): Promise<CompiledPack> {
  const path = options.pack ?? (await readSettings(options, io.env)).pack;
  return compileRulePack(await withCampaignRules(await readRulePack(path), options.campaignRules));
}

export const check: Run<typeof declared.check> = async ({ args, options, io }) => {
  const { at, record } = options;
  const input = await openInput(args.file, io);
  const pack = await packOf(options, io);
  const counts = { allow: 0, deny: 0, unreadable: 0 };
  for await (const read of ndjsonLines(input.bytes())) {
    const { line } = read;
    const answer = "problem" in read ? unreadable(read.problem) : answerTo(Object.fromEntries(read.members), pack, at, record);
    if ("error" in answer) counts.unreadable += 1;
    else counts[answer.decision] += 1;
    await io.data(JSON.stringify({ line, ...answer }));
    const all = counts.allow + counts.deny + counts.unreadable;
    if (all % 1000 === 0) io.progress(`deciding · ${grouped(all)} lines`);
  }
  io.say(
    `${grouped(counts.allow)} allowed · ${grouped(counts.deny)} denied · ${grouped(counts.unreadable)} unreadable · ${pack.packVersion}`,
  );
  return counts.unreadable > 0 ? EXIT.partlyFailed : EXIT.done;
};

function answerTo(value: object, pack: CompiledPack, at: number | undefined, record: boolean) {
  try {
    const { id, call, facts, at: asked } = parseQuestion(value, at);
    const { decision, rules, reasons, next, zones, packVersion, timeZoneData } = decide(call, facts, pack, asked);
    return {
      ...(id === undefined ? {} : { id }),
      decision,
      rules,
      reasons: reasons.map(({ text }) => text),
      next: next === null ? null : formatInstant(next),
      zones,
      packVersion,
      timeZoneData,
      ...(record ? { input: { ...inputOf(value), at: formatInstant(asked) } } : {}),
    };
  } catch (thrown) {
    if (thrown instanceof OutdialError && thrown.code === "invalid_facts") return unreadable(thrown.message);
    throw thrown;
  }
}

/** The question as it was put, without what stood around it. */
function inputOf(value: object): object {
  return "input" in value && typeof value.input === "object" && value.input !== null ? value.input : value;
}

function unreadable(problem: string) {
  return { error: { code: "invalid_input", message: problem } };
}
