// outdial campaign status.

import { Following, openCampaignStates, ServiceClient } from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import { OperationError, suggesting } from "../../operations/index.ts";
import type { CampaignStatus, CampaignStatusList } from "../../operations/views/index.ts";
import { TenantError } from "../../tenant/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { HEALTH, healthLines } from "../render-campaign-state.ts";
import { printable } from "../text.ts";

/** Contacts of a list that are looked at: of one campaign, of each of many. */
const CONTACTS_OF_ONE = 1_000;
const CONTACTS_OF_MANY = 100;
/** Campaigns read at once. */
const AT_ONCE = 4;

export const status: Run<typeof declared.status> = async ({ args: { id }, options, io }) => {
  const { watch, every, check } = options;
  const { signal } = io;
  try {
    await using campaigns = await statusesOf(options, io);
    for (let first = true; ; first = false) {
      const list = await campaigns.read(id, first);
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

/** Where campaigns are read: of the tenant, or of a service. */
interface Statuses extends AsyncDisposable {
  /** @param first nothing was read before */
  readonly read: (id: string | undefined, first: boolean) => Promise<CampaignStatusList>;
}

async function statusesOf(options: OptionsOf<typeof declared.status>, io: Io): Promise<Statuses> {
  const { service, watch, contacts } = options;
  const { signal } = io;
  if (service !== undefined) {
    if (options.window !== undefined || contacts !== undefined)
      throw new OperationError("invalid_input", "--window and --contacts do not go through a service: it looks by its own");
    const api = new ServiceClient(service, signal);
    const following = new Following({ clock: io.clock, warn: io.say, silence: service.silence });
    signal.addEventListener("abort", () => following.interrupt(), { once: true });
    const read: Statuses["read"] = (campaign, fresh) => api.ask("campaigns.status", { query: { campaign, fresh } });
    return {
      // A look that a restart of the service spoils is made again; only the first says at once that it does not answer.
      read: (id, first) => (watch && !first ? following.patiently(() => read(id, false)) : read(id, first)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const states = await openCampaignStates(options, io.env);
  const one = (id: string, most: number, first: boolean) =>
    states.statusNow(id, { windowMinutes: options.window, contacts: contacts ?? most, first, signal });
  const read = async (id: string | undefined, first: boolean) =>
    id === undefined
      ? inTurns(await states.list({ signal }), (campaign) => one(campaign, CONTACTS_OF_MANY, first))
      : [
          await suggesting(
            id,
            () => states.list(),
            () => one(id, CONTACTS_OF_ONE, first),
          ),
        ];
  return {
    read: async (id, first) => ({
      items: await read(id, first),
      next: null,
      known: { at: new Date(io.clock.now()).toISOString(), from: "measured", code: null, why: null, since: null },
    }),
    [Symbol.asyncDispose]: () => states[Symbol.asyncDispose](),
  };
}

/** A campaign that was deleted since the list was read is left out. */
async function inTurns(ids: readonly string[], read: (id: string) => Promise<CampaignStatus>): Promise<CampaignStatus[]> {
  const waiting = [...ids.entries()];
  const found = new Map<number, CampaignStatus>();
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
  return [...found].sort(([a], [b]) => a - b).map(([, status]) => status);
}

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
