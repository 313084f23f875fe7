// outdial campaign failover status, history, holds: what the store knows of pairs; needs no tenant.

import { openFailoverRecords } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { readPair } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { pairText } from "../render-failover.ts";
import { printable } from "../render-tagging.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
}

/** Looks that may be missing before a watch counts as dead. */
const MISSED_LOOKS = 3;
const PAGE = 10_000;

export async function status([primary]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openFailoverRecords(flags, io.env);
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
  for (const pair of pairs) {
    if (io.json) continue;
    await io.data(pairText(pair));
    const last = pair.lookedAt === null ? "never looked at" : `last look ${new Date(pair.lookedAt).toISOString()}`;
    await io.data(
      `  ${last}${pair.watched ? "" : ": nobody watches it"} · ${pair.held} contacts held back from ${printable(pair.backup)}`,
    );
  }
  if (io.json)
    await io.data(
      JSON.stringify({
        pairs: pairs.map((pair) => ({
          ...pair,
          lookedAt: pair.lookedAt === null ? null : new Date(pair.lookedAt).toISOString(),
        })),
      }),
    );
  else if (pairs.length === 0) io.say("there are no failover pairs");
  const trouble = pairs.some(
    ({ watched, state }) => !watched || state.phase === "halted" || Object.keys(state.standing).length > 0,
  );
  return trouble ? EXIT.failed : EXIT.done;
}

export async function history(
  [primary = ""]: readonly string[],
  flags: Flags & { readonly limit: string },
  io: Io,
): Promise<number> {
  await using records = await openFailoverRecords(flags, io.env);
  const happenings = await records.failovers.history(primary, wholeNumber("--limit", flags.limit, 1, 100_000));
  const rows = happenings.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }));
  if (io.json) await io.data(JSON.stringify({ primary, history: rows }));
  else
    for (const { at, phase, event, alarms } of rows) {
      const type = typeof event === "object" && event !== null && "type" in event ? String(event.type) : "";
      const told = Array.isArray(alarms) ? alarms.map((alarm) => String(alarm?.message ?? "")).join("; ") : "";
      await io.data(printable(`${at} ${type.padEnd(10)} ${phase.padEnd(12)} ${told}`).trimEnd());
    }
  return EXIT.done;
}

export async function holds([campaign = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openFailoverRecords(flags, io.env);
  const now = io.clock.now();
  if (!io.json) await io.data("number,until");
  for (let after = 0; ; ) {
    const page = await records.holds.list(campaign, now, after, PAGE);
    for (const { number, until } of page) {
      const time = new Date(until).toISOString();
      await io.data(io.json ? JSON.stringify({ number: `+${number}`, until: time }) : `+${number},${time}`);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return EXIT.done;
    after = last.number;
  }
}
