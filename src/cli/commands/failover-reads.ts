// outdial campaign failover status, history, holds: what the store knows of pairs; needs no tenant.

import { openFailoverRecords } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { readPair } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import { pairText } from "../render-failover.ts";
import { printable, timeText } from "../render-tagging.ts";

/** Looks that may be missing before a watch counts as dead. */
const MISSED_LOOKS = 3;
const PAGE = 10_000;

export const status: Run<typeof declared.status> = async ({ args: { primary }, options, io }) => {
  await using records = await openFailoverRecords(options, io.env);
  const all = await records.failovers.list();
  const chosen = primary === undefined ? all : all.filter((pair) => pair.primary === primary);
  if (primary !== undefined && chosen.length === 0)
    throw new OutdialError("invalid_input", `there is no failover pair of the campaign ${primary}`, {
      advice: "outdial campaign failover status lists all pairs.",
    });
  const now = io.clock.now();
  const pairs = await Promise.all(
    chosen.map(async (stored) => {
      const pair = readPair(stored);
      const silentMs = stored.lookedAt === null ? null : now - stored.lookedAt;
      const watched = silentMs !== null && silentMs <= MISSED_LOOKS * pair.policy.everySeconds * 1000;
      return { ...pair, lookedAt: stored.lookedAt, watched, held: await records.holds.count(pair.backup, now) };
    }),
  );
  await io.answer(
    { pairs: pairs.map((pair) => ({ ...pair, lookedAt: timeText(pair.lookedAt) })) },
    pairs.flatMap((pair) => {
      const last = pair.lookedAt === null ? "never looked at" : `last look ${timeText(pair.lookedAt)}`;
      const watched = pair.watched ? "" : ": nobody watches it";
      return [pairText(pair), `  ${last}${watched} · ${pair.held} contacts held back from ${printable(pair.backup)}`];
    }),
  );
  if (pairs.length === 0 && !io.json) io.say("there are no failover pairs");
  const trouble = pairs.some(
    ({ watched, state }) => !watched || state.phase === "halted" || Object.keys(state.standing).length > 0,
  );
  return trouble ? EXIT.failed : EXIT.done;
};

export const history: Run<typeof declared.history> = async ({ args: { primary }, options, io }) => {
  await using records = await openFailoverRecords(options, io.env);
  const happenings = await records.failovers.history(primary, options.limit);
  const history = happenings.map(({ at, ...rest }) => ({ at: timeText(at), ...rest }));
  await io.answer(
    { primary, history },
    history.map(({ at, phase, event, alarms }) => {
      const type = typeof event === "object" && event !== null && "type" in event ? String(event.type) : "";
      const told = Array.isArray(alarms) ? alarms.map((alarm) => String(alarm?.message ?? "")).join("; ") : "";
      return printable(`${at} ${type.padEnd(10)} ${phase.padEnd(12)} ${told}`).trimEnd();
    }),
  );
};

export const holds: Run<typeof declared.holds> = async ({ args: { campaign }, options, io }) => {
  await using records = await openFailoverRecords(options, io.env);
  const now = io.clock.now();
  if (!io.json) await io.data("number,until");
  for (let after = 0; ; ) {
    const page = await records.holds.list(campaign, now, after, PAGE);
    const rows = page.map(({ number, until }) => ({ number: `+${number}`, until: timeText(until) }));
    await io.each(rows, ({ number, until }) => `${number},${until}`);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.number;
  }
};
