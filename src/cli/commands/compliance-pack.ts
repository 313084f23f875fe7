// outdial compliance pack: show, validate and compare rule packs, and replay recorded decisions with one.

import {
  openApi,
  openCompliance,
  openFactsIfAny,
  readPackDocument,
  readRulePack,
  readRules,
  readSignedPack,
  withOwnRules,
} from "../../app/index.ts";
import {
  describeDifferences,
  describeRule,
  diffPacks,
  formatInstant,
  freshnessOf,
  type PackDifference,
  type RulePack,
  readingOf,
  type StaleRule,
} from "../../compliance/index.ts";
import {
  compileRulePack,
  noneReplayed,
  OperationError,
  openSignedPack,
  REPLAYED_MS,
  replayDecisions,
  replayPlaced,
  validatedPack,
} from "../../operations/index.ts";
import { type PackComparison, type ReplayCounts, replayCounts } from "../../operations/views/index.ts";
import { known, type Run } from "../command.ts";
import { SHIPPED_PACK } from "../declare.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { writeText } from "../output.ts";
import { openInput, readFileText } from "../source.ts";
import { grouped, printable } from "../text.ts";

/** A file, or the built-in pack by its id. */
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
    readingOf(rule),
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

export const replayPack: Run<typeof declared.replayPack> = async (given) => {
  const { args, options, io } = given;
  if (options.calls) return replayCalls(given);
  if (options.against !== undefined)
    throw new OperationError("invalid_input", "--against needs --calls: recorded decisions contain what was decided");
  const inputs = [];
  for (const file of args.decisions.length === 0 ? ["-"] : args.decisions) inputs.push(await openInput(file, io));
  const { pack, campaignRules, since } = options;
  const first = JSON.stringify({ pack: await withOwnRules(options, io.env, await namedPack(pack), campaignRules) });
  await using api = await openApi(options, io, known({ campaignRules }));
  const counts = noneReplayed();
  let version = "";
  for (const input of inputs) {
    // With several files, each row names its file.
    const where = inputs.length === 1 ? {} : { file: input.name };
    async function* bytes() {
      yield Buffer.from(`${first}\n`);
      yield* input.bytes();
    }
    const query = { since: since === undefined ? undefined : formatInstant(since) };
    const file = { bytes, rereadable: input.rereadable };
    for await (const line of api.lines("packs.replay", { query, file, signal: io.signal })) {
      if (!("counts" in line)) await io.data(JSON.stringify({ ...where, ...line }));
      else {
        version = String(line.pack);
        for (const [what, many] of Object.entries(replayCounts.parse(line.counts))) counts[what as keyof ReplayCounts] += many;
      }
    }
  }
  io.say(
    `${grouped(counts.decisions)} decisions replayed with ${version}: ${countsText(counts)}` +
      (counts.older === 0 ? "" : ` · ${grouped(counts.older)} left out because they were made before --since`),
  );
  return counts.unreadable > 0 ? EXIT.partlyFailed : EXIT.done;
};

/** How the decisions that were made again differ. */
export function countsText({ decision, rules, next, unreadable, notDecided }: ReplayCounts): string {
  return [
    `${grouped(decision)} swap allow and deny`,
    `${grouped(rules)} break other rules`,
    `${grouped(next)} move their next instant`,
    `${grouped(unreadable)} unreadable`,
    ...(notDecided === 0 ? [] : [`${grouped(notDecided)} that could not be decided when they were recorded`]),
  ].join(" · ");
}

const replayCalls: Run<typeof declared.replayPack> = async ({ args, options, io }) => {
  if (args.decisions.length > 0)
    throw new OperationError(
      "invalid_input",
      "--calls reads the store and cannot be used together with files of recorded decisions",
    );
  const { against, since, callType } = options;
  const after = await withOwnRules(options, io.env, await namedPack(options.pack), options.campaignRules);
  const before = against === undefined ? "in-force" : await namedPack(against);
  await using api = await openApi(options, io, known({ campaignRules: options.campaignRules }));
  const asked = { since: since === undefined ? undefined : formatInstant(since), callType, reveal: api.reveals };
  const found = await api.ask("packs.compare", { body: { before, after, ...asked }, withinMs: REPLAY_MS });
  await io.answer(found, [
    `${grouped(found.changes.length)} changes from ${found.before} to ${found.after}`,
    ...found.changes.map((one) => `  ${printable(one)}`),
    ...placedLines(found.calls),
  ]);
};

/** How long an answer about all placed calls may take, ms. */
const REPLAY_MS = 1_800_000;

/** What packs change for placed calls, for a person. */
export function placedLines({
  since,
  calls,
  assumed,
  forbidden,
  allowed,
  otherRules,
  byRule,
  examples,
}: PackComparison["calls"]): string[] {
  const rules = byRule.map(({ rule, calls: many }) => `${rule} ${grouped(many)}`).join(", ");
  return [
    `${grouped(calls)} calls placed since ${since}: ${grouped(forbidden)} would be forbidden${rules === "" ? "" : ` (${rules})`}, ` +
      `${grouped(allowed)} that broke a rule would be allowed, ${grouped(otherRules)} break other rules than before`,
    ...(assumed.calls === 0
      ? []
      : [`${grouped(assumed.calls)} of them were decided as ${assumed.callType}: no gate says the call type of their campaign`]),
    ...examples.map(
      ({ at, campaign, number, change, before, after }) =>
        `  ${at}  ${number}  ${printable(campaign)}  ${change}: ${rulesText(before)} -> ${rulesText(after)}`,
    ),
  ];
}

const rulesText = (rules: readonly string[]) => (rules.length === 0 ? "no rule broken" : rules.join(", "));

// outdial compliance pack stale, sign, fetch: the age of the rules, and packs as signed files that are checked before they are
// used.

export const stalePack: Run<typeof declared.stalePack> = async ({ args, options, io }) => {
  const { days, at = io.clock.now() } = options;
  const pack = await namedPack(args.pack);
  const found = freshnessOf(pack, at, days);
  const { rules, calendars, unread } = found;
  const listed = options.texts ? unread.filter(({ id }) => rules.every((rule) => rule.id !== id)) : [];
  await io.answer({ pack: `${pack.id}@${pack.version}`, days, ...found }, [
    `${pack.id}@${pack.version}: ${grouped(rules.length)} of ${grouped(pack.rules.length)} rules were last looked up more than ${grouped(days)} days ago or on an unknown day`,
    ...rules.map(staleLine),
    `of ${grouped(unread.length)} rules the law itself was not read (--texts)`,
    ...listed.map(staleLine),
    ...calendars.map(({ calendar, lastDay, daysLeft }) =>
      daysLeft < 0
        ? `calendar ${calendar} ended on ${lastDay}: its rules no longer close any day`
        : `calendar ${calendar} ends on ${lastDay}, in ${grouped(daysLeft)} days`,
    ),
  ]);
  return rules.length + calendars.length + listed.length > 0 ? EXIT.refused : EXIT.done;
};

function staleLine({ id, jurisdiction, citation, confidence, lookedUp, days }: StaleRule): string {
  const ago = days === null ? "" : `, ${grouped(days)} days ago`;
  return `${jurisdiction}  ${id}  ${readingOf({ confidence, lookedUp: lookedUp ?? undefined })}${ago} · ${printable(citation)}`;
}

export const signPack: Run<typeof declared.signPack> = async ({ args, options, io }) => {
  const document = await readPackDocument(args.pack);
  await using runtime = await openCompliance(options, io.env);
  await writeText(options.out, runtime.compliance.signPack(document), 0o644);
  await io.answer({ out: options.out }, `${options.out} is signed; to fetch it, this store's audit.pub is needed`);
};

export const fetchPack: Run<typeof declared.fetchPack> = async ({ args, options, io }) => {
  const until = io.clock.now();
  const { out, against, replay, callType, since = until - REPLAYED_MS } = options;
  const key = (await readFileText(options.key, "the public key")).trim();
  const note = await readSignedPack(args.from);
  const { text, pack } = openSignedPack(note, key);
  const before = against === undefined ? (await readRules(options, io.env, {})).pack : await namedPack(against);
  const changes = describeDifferences(before, pack);
  const counts = noneReplayed();
  const compiled = compileRulePack(pack);
  const swapped: object[] = [];
  for (const name of replay) {
    const input = await openInput(name, io);
    const write = async (line: object) => void (swapped.length < 20 && swapped.push({ file: input.name, ...line }));
    await replayDecisions(input.bytes(), compiled, { since, write }, counts);
  }
  await using opened = await openFactsIfAny(options, io.env);
  const { store } = opened;
  const calls =
    store === undefined
      ? null
      : await replayPlaced(store.facts, { before: compileRulePack(before), after: compiled, since, until, callType }, (many) =>
          io.progress(`deciding again · ${grouped(many)} calls`),
        );
  if (out !== undefined) await writeText(out, options.signed ? note : text, 0o644);
  const version = `${pack.id}@${pack.version}`;
  await io.answer(
    {
      pack: version,
      signature: "fits",
      changes,
      calls,
      replay: replay.length === 0 ? null : { counts, examples: swapped },
      out: out ?? null,
    },
    [
      `${version}: the signature fits, and the pack has no fault`,
      `${grouped(changes.length)} changes against ${before.id}@${before.version}`,
      ...changes.map((one) => `  ${printable(one)}`),
      ...(calls === null ? [`no calls were decided again: there is no store in ${opened.dir}`] : placedLines(calls)),
      replay.length === 0
        ? "no recorded decisions were replayed: name them with --replay"
        : `${grouped(counts.decisions)} recorded decisions decided again: ${countsText(counts)}${counts.older === 0 ? "" : ` · ${grouped(counts.older)} left out because they were made before ${formatInstant(since)} (--since)`}`,
      out === undefined
        ? "nothing was written: name a file with --out"
        : `written to ${out}${options.signed ? " with its signature" : ""}; it takes effect when compliance.pack in outdial.yaml, or --pack, names it`,
    ],
  );
};
