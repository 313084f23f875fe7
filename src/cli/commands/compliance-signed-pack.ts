// outdial compliance pack stale, sign, fetch: the age of the rules, and packs as signed files that are checked before they are
// used.

import { openCompliance, openFactsIfAny, readPackDocument, readRules, readSignedPack } from "../../app/index.ts";
import { describeDifferences, formatInstant, freshnessOf, readingOf, type StaleRule } from "../../compliance/index.ts";
import {
  compileRulePack,
  noneReplayed,
  openSignedPack,
  REPLAYED_MS,
  replayDecisions,
  replayPlaced,
} from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { writeText } from "../output.ts";
import { openInput, readFileText } from "../source.ts";
import { grouped, printable } from "../text.ts";
import { countsText, namedPack, placedLines } from "./compliance-pack.ts";

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
