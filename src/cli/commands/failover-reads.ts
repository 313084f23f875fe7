// outdial campaign failover status, history, holds: pairs as the store has them.

import { openApi, openFailoverRecords, ServiceClient } from "../../app/index.ts";
import type { FiledPolicy } from "../../operations/index.ts";
import type { FailoverPairView } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import type { Io } from "../io.ts";
import { happeningLine, pairText } from "../render-failover.ts";
import { printable } from "../text.ts";

export const status: Run<typeof declared.status> = async ({ args: { primary }, options, io }) => {
  const { items, filed } = await pairsOf(primary, options, io);
  for (const one of filed)
    io.say(
      `${printable(one.primary)} is not watched yet as its campaign file says, with ${printable(one.policy.backup)} as its backup; watch it with: outdial campaign failover watch --primary ${printable(one.primary)} (a running service does it by itself)`,
    );
  await io.answer(
    { items },
    items.flatMap((pair) => {
      const last = pair.lookedAt === null ? "never looked at" : `last look ${pair.lookedAt}`;
      return [pairText(pair), `  ${last}${unwatchedText(pair)} · ${pair.held} contacts held back from ${printable(pair.backup)}`];
    }),
    "there are no failover pairs",
  );
  const trouble =
    filed.length > 0 || items.some(({ watched, phase, alarms }) => !watched || phase === "halted" || alarms.length > 0);
  return trouble ? EXIT.failed : EXIT.done;
};

function unwatchedText({ watched, runs, trouble }: Pick<FailoverPairView, "watched" | "runs" | "trouble">): string {
  if (watched) return "";
  if (runs && trouble !== null) return `: its process lives, and has no answer: ${printable(trouble)}`;
  return runs ? ": its process lives, and waits for the tenant or for the request budget" : ": nobody watches it";
}

/** The pairs, and those in applied campaign files that nobody watches yet; a service takes over the latter by itself. */
async function pairsOf(
  primary: string | undefined,
  options: OptionsOf<typeof declared.status>,
  io: Io,
): Promise<{ readonly items: readonly FailoverPairView[]; readonly filed: readonly FiledPolicy[] }> {
  const { service } = options;
  if (service !== undefined) {
    const api = new ServiceClient(service, io.signal);
    const items = primary === undefined ? api.list("failover.list", {}) : api.ask("failover.show", { params: { primary } });
    return { items: [await items].flat(), filed: [] };
  }
  await using records = await openFailoverRecords(options, io.env);
  const filed = (await records.filed()).filter((one) => primary === undefined || one.primary === primary);
  if (primary !== undefined && filed.length === 0) return { items: [await records.show(primary)], filed };
  const all = await records.list();
  return {
    items: primary === undefined ? all : all.filter((pair) => pair.primary === primary || pair.backup === primary),
    filed,
  };
}

export const history: Run<typeof declared.history> = async ({ args: { primary }, options, io }) => {
  await using api = openApi(options, io);
  const items = await api.list("failover.history", { params: { id: primary }, most: options.limit });
  await io.answer({ items }, items.map(happeningLine));
};

export const holds: Run<typeof declared.holds> = async ({ args: { campaign }, options, io }) => {
  await using api = openApi(options, io);
  const all = await Array.fromAsync(api.lines("failover.holds", { params: { id: campaign }, query: { reveal: true } }));
  if (!io.json) await io.data("number,until");
  await io.each(all, ({ number, until }) => `${number},${until}`);
};
