// outdial campaign status.

import { openCampaignStates } from "../../app/index.ts";
import { OutdialError, parseDuration } from "../../kernel/index.ts";
import { type CampaignHealth, OperationError } from "../../operations/index.ts";
import { TenantError } from "../../tenant/index.ts";
import { EXIT, exitOf } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { healthLines, healthRow } from "../render-campaign-state.ts";
import { tableLines } from "../render-rows.ts";

interface StatusFlags extends GlobalFlags {
  readonly watch?: boolean;
  readonly every: string;
  readonly window: string;
  readonly contacts?: string;
  readonly databaseUrl?: string;
  readonly tenantUrl?: string;
}

/** Contacts of a list that are looked at: of one campaign, of each of many. */
const CONTACTS_OF_ONE = 1_000;
const CONTACTS_OF_MANY = 100;
/** Campaigns read at once. */
const AT_ONCE = 4;

export async function status([id]: readonly string[], flags: StatusFlags, io: Io): Promise<number> {
  const everyMs = parseDuration(flags.every);
  if (everyMs === undefined || everyMs < 1_000)
    throw new OperationError(
      "invalid_input",
      `--every ${flags.every} is no span of a second or more; give one such as 10s or 1m`,
    );
  const windowMinutes = wholeNumber("--window", flags.window, 1, 10_080);
  const usual = id === undefined ? CONTACTS_OF_MANY : CONTACTS_OF_ONE;
  const contacts = flags.contacts === undefined ? usual : wholeNumber("--contacts", flags.contacts, 1, 10_000_000);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new OutdialError("interrupted", "interrupted"));
  using _listening = io.onInterrupt(interrupt);
  try {
    await using states = await openCampaignStates(flags, io.env);
    const { signal } = stop;
    const options = { windowMinutes, contacts, call: { signal } };
    for (;;) {
      const ids = id === undefined ? await states.list({ signal }) : [id];
      const found = await inTurns(ids, (one) => states.health.read(one, options));
      await show(found, id !== undefined, io);
      if (flags.watch !== true) return codeOf(found);
      await io.clock.sleep(everyMs, signal);
    }
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown;
    // A watch ends by being interrupted.
    if (flags.watch === true) return EXIT.done;
    throw stop.signal.reason;
  }
}

/** A campaign that was deleted since the list was read is left out. */
async function inTurns(ids: readonly string[], read: (id: string) => Promise<CampaignHealth>): Promise<CampaignHealth[]> {
  const waiting = [...ids.entries()];
  const found = new Map<number, CampaignHealth>();
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, id] = next;
      try {
        found.set(place, await read(id));
      } catch (thrown) {
        if (ids.length === 1 || !(thrown instanceof TenantError) || thrown.code !== "not_found") throw thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  return [...found].sort(([a], [b]) => a - b).map(([, health]) => health);
}

async function show(found: readonly CampaignHealth[], one: boolean, io: Io): Promise<void> {
  if (io.json) await io.data(JSON.stringify({ campaigns: found }));
  else if (one) for (const health of found) for (const line of healthLines(health)) await io.data(line);
  else if (found.length === 0) io.say("the tenant has no campaigns");
  else for (const line of tableLines(found.map(healthRow))) await io.data(line);
}

/** What the tenant would not tell decides the exit code; a campaign that does not dial is no failure. */
function codeOf(found: readonly CampaignHealth[]): number {
  const problems = found.flatMap(
    ({ campaignProblem, readingProblem, gateProblem }) => campaignProblem ?? readingProblem ?? gateProblem ?? [],
  );
  if (problems.length === 0) return EXIT.done;
  return problems.length < found.length ? EXIT.partlyFailed : exitOf(problems[0]?.code ?? "");
}
