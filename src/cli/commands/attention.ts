// outdial attention.

import { openApi } from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import type { Concern, TenantKnown } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/attention.ts";
import { grouped, printable, printableWhole } from "../text.ts";

const EXIT_OF: Readonly<Record<TenantKnown["verdict"], number>> = {
  ok: EXIT.done,
  not_ok: EXIT.refused,
  unknown: EXIT.partlyFailed,
};

export const attention: Run<typeof declared.attention> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const list = await api.ask("attention.list", {});
  const { items, known } = list;
  const open = items.filter(({ acknowledged }) => acknowledged === null).length;
  const nothing = known.verdict === "ok" ? "nothing needs attention" : "nothing known needs attention";
  await io.answer(list, [
    open > 0 ? `needs attention: ${grouped(open)}` : nothing,
    howMuch(known),
    ...items.flatMap((one) => ["", ...linesOf(one)]),
  ]);
  return options.check ? EXIT_OF[known.verdict] : EXIT.done;
};

const time = (at: string) => formatInstant(Date.parse(at));

function howMuch({ covers, oldest, missing, away }: TenantKnown): string {
  const told = `${grouped(covers.known)} of ${grouped(covers.of)} campaigns known`;
  if (away !== null)
    return `the tenant has not answered ${away.since === null ? "yet" : `since ${time(away.since)}`}: ${printable(away.reason)}; this is what it showed last`;
  if (missing.length > 0)
    return `NOT known: ${missing.map(({ what, count }) => `${what} (${grouped(count)})`).join(", ")}; ${told}`;
  return `${told}${oldest === null ? "" : `, the oldest read at ${time(oldest)}`}`;
}

function linesOf({ severity, subject, what, cause, evidence, since, lastSeen, next, acknowledged, owner }: Concern): string[] {
  const { kind, id, name } = subject;
  const named = id === "" || id === name || kind === "store" ? printable(name) : `${printable(name)} (${printable(id)})`;
  const seen = [
    since === null ? "since when is not known" : `since ${time(since)}`,
    ...(lastSeen === null ? [] : [`last seen ${time(lastSeen)}`]),
    ...(owner === null ? [] : [`${printable(owner)} sees to it`]),
    ...(acknowledged === null ? [] : [`acknowledged by ${printable(acknowledged.by)}`]),
  ];
  return [
    `${severity}: ${named}: ${printableWhole(what)}`,
    ...evidence.map((text, i) => `  ${i > 0 ? "also" : cause === null ? "why" : `why (${cause})`}: ${printableWhole(text)}`),
    `  next: ${printableWhole(next)}`,
    `  ${seen.join(" · ")}`,
  ];
}
