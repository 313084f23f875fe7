// outdial campaign status and agents.

import { openApi } from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import type { CampaignAgent, CampaignStatus, CampaignStatusList } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { HEALTH, healthLines } from "../render-campaign-state.ts";
import { table } from "../table.ts";
import { printable } from "../text.ts";

export const status: Run<typeof declared.status> = async ({ args: { id }, options, io }) => {
  const { watch, every, check, window, contacts } = options;
  const { signal } = io;
  try {
    await using api = await openApi(options, io, { window, contacts });
    for (let fresh = true; ; fresh = false) {
      // Only the first look says at once that a service does not answer.
      const list = await api.ask("campaigns.status", { query: { campaign: id, fresh }, patiently: !fresh });
      await show(list, id !== undefined, io);
      if (!watch) return codeOf(list, check);
      await io.clock.sleep(every, signal);
    }
  } catch (thrown) {
    // A watch ends by being interrupted.
    if (signal.aborted && watch) return EXIT.done;
    throw thrown;
  }
};

async function show(list: CampaignStatusList, one: boolean, io: Io): Promise<void> {
  const { items, known } = list;
  const lines = () => (one ? items.flatMap(healthLines) : items.length === 0 ? [] : HEALTH.lines(items, io.width, io.colour));
  const empty = known.at === null ? "the tenant's campaigns have not been read yet" : "the tenant has no campaigns";
  await io.answer((one ? items[0] : undefined) ?? list, lines, one ? undefined : empty);
  if (known.code === null) return;
  const since = known.since === null ? "" : ` since ${formatInstant(Date.parse(known.since))}`;
  io.say(`not all of it could be read${since}: ${printable(known.why ?? known.code)}`);
}

/**
 * What the tenant would not tell decides the exit code; a campaign that does not dial is no failure.
 * @param check one that dials and must not is
 */
function codeOf({ items, known }: CampaignStatusList, check: boolean): number {
  const calls = ({ lastDialing, activeCalls }: CampaignStatus) => lastDialing.value === true || (activeCalls ?? 0) > 0;
  // Between two calls, too: only the tenant's own hours keep one that is active from dialing, no refusal of outdial's does.
  const mustNot = ({ status: state, mayDial }: CampaignStatus) => state === "active" && mayDial.atAnyHour;
  if (check && items.some((one) => mustNot(one) || (one.mayDial.verdict === "not_ok" && calls(one)))) return EXIT.refused;
  const problems = items.flatMap((one) => Object.values(one.known).find(({ code }) => code !== null)?.code ?? []);
  if (known.code !== null || (problems.length > 0 && problems.length === items.length))
    return exitOf(known.code ?? problems[0] ?? "");
  if (check && items.some((one) => one.dialing === null || (one.mayDial.verdict === "unknown" && calls(one))))
    return EXIT.partlyFailed;
  return problems.length === 0 ? EXIT.done : EXIT.partlyFailed;
}

const AGENTS = table<CampaignAgent>([
  { title: "agent", value: ({ id }) => id, isWhole: true },
  { title: "name", value: ({ name }) => name ?? "not known" },
  { title: "team", value: ({ team }) => team ?? "" },
  { title: "assigned", value: ({ assigned }) => (assigned ? "yes" : "no") },
  {
    title: "state",
    value: ({ signedIn, state }) => (signedIn === null ? "not known" : signedIn ? (state ?? "signed in") : "signed out"),
  },
  { title: "since", value: ({ since }) => since ?? "" },
]);

export const agents: Run<typeof declared.agents> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const { items } = await api.ask("campaigns.agents", { params: { id } });
  await io.answer({ items }, AGENTS.lines(items, io.width));
  const there = items.filter(({ signedIn }) => signedIn === true).length;
  const unknown = items.some(({ signedIn }) => signedIn === null);
  io.say(`${items.length} agents, ${unknown ? "of whom it is not known how many are" : there} signed in`);
};
