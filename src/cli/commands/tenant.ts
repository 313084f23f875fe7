// outdial tenant probe, missing, gone; call, smoke.

import { openApi } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import type { MissingThing } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/tenant.ts";
import { table } from "../table.ts";
import { printable, printableWhole } from "../text.ts";

/** How long a tenant that answers nothing may take for all reads of a probe, ms. */
const PROBE_MS = 900_000;

export const probe: Run<typeof declared.probe> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const found = await api.ask("tenant.probe", { takesMs: PROBE_MS });
  await io.answer(found, [
    ...STEPS.lines(found.steps, io.width),
    "",
    ...found.capabilities.flatMap(({ capability, verdict, why, alternative }) => [
      `${verdict.padEnd(13)}  ${capability}${why === null ? "" : `: ${printableWhole(why)}`}`,
      ...(alternative === null ? [] : [`${" ".repeat(15)}${printableWhole(alternative)}`]),
    ]),
    ...(found.questions.length === 0
      ? []
      : ["", "please tell us, if you can find out:", ...found.questions.map((one) => `  ${one}`)]),
  ]);
  if (found.steps.some(({ step, state }) => state === "failed" && (step === "token" || step === "discovery"))) return EXIT.failed;
  return found.capabilities.some(({ verdict }) => verdict === "unknown") ? EXIT.partlyFailed : EXIT.done;
};

const MISSING = table<MissingThing>([
  { title: "what", value: ({ what }) => what },
  { title: "id", value: ({ id }) => id, isWhole: true },
  { title: "name", value: ({ name }) => name },
  { title: "known", value: ({ known }) => known },
  { title: "the tenant says", value: ({ answered }) => answered },
  { title: "since", value: ({ since }) => since },
]);

export const missing: Run<typeof declared.missing> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const found = await api.ask("tenant.missing", {});
  const { items, known } = found;
  const since = known.at === null ? "" : ` since ${known.at}`;
  const unknown = known.why === null ? [] : [`whether anything is missing${since} is NOT KNOWN: ${printableWhole(known.why)}`];
  const told =
    items.length > 0 ? MISSING.lines(items, io.width) : unknown.length > 0 ? [] : [`nothing is missing, as of ${known.at}`];
  await io.answer(found, [...told, ...unknown]);
  return items.length > 0 ? EXIT.refused : unknown.length > 0 ? EXIT.partlyFailed : EXIT.done;
};

export const gone: Run<typeof declared.gone> = async ({ args: { ids }, options, io }) => {
  const { reason } = options;
  const [count, are] = ids.length === 1 ? ["", "is"] : [`${ids.length} of them: `, "are"];
  const question = `Say that ${count}${ids.map(printable).join(", ")} ${are} really gone, or really that short? A campaign may then be made again, and a list be dialed as it is.`;
  if (!(await confirmed(question, io))) return EXIT.interrupted;
  await using api = await openApi(options, io);
  const said = await api.ask("tenant.gone", { body: { ids: [...ids], reason } });
  await io.answer(said, [
    ...said.campaigns.map((id) => `${printable(id)} is gone`),
    ...said.lists.map((id) => `contact list ${printable(id)} has as few contacts as the tenant says`),
  ]);
};

interface Line {
  readonly state: string;
  readonly status: number | null;
  readonly latencyMs: number | null;
  readonly version: number | null;
  readonly text: string | null;
}
const FACTS = [
  { title: "status", value: ({ status }: Line) => status, align: "right" },
  { title: "ms", value: ({ latencyMs }: Line) => latencyMs, align: "right" },
  { title: "version", value: ({ version }: Line) => (version === null ? "" : `v${version}`) },
  { title: "found", value: ({ text }: Line) => text },
] as const;
const STEPS = table<Line & { readonly step: string }>([
  { title: "step", value: ({ step }) => step },
  { title: "state", value: ({ state }) => state },
  ...FACTS,
]);
const SMOKE = table<Line & { readonly operation: string }>([
  { title: "operation", value: ({ operation }) => operation },
  { title: "state", value: ({ state }) => state },
  ...FACTS,
]);
const READS = table<{ readonly operation: string; readonly summary: string; readonly parameters: string }>([
  { title: "operation", value: ({ operation }) => operation },
  { title: "what it reads", value: ({ summary }) => summary },
  { title: "parameters", value: ({ parameters }) => parameters },
]);

export const call: Run<typeof declared.call> = async ({ args: { operation }, options, io }) => {
  await using api = await openApi(options, io);
  if (options.list || operation === undefined) {
    const reads = await api.ask("tenant.reads", {});
    await io.answer(reads, READS.lines(reads.operations, io.width));
    return;
  }
  const body = { parameters: [...options.param], body: bodyOf(options.body) };
  const answer = await api.ask("tenant.read", { params: { operation }, body });
  await io.answer(answer, JSON.stringify(answer.reply, undefined, 2).split("\n"));
};

function bodyOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new OutdialError("invalid_input", `--body ${text.slice(0, 60)} is no JSON`);
  }
}

export const smoke: Run<typeof declared.smoke> = async ({ options, io }) => {
  const { tenant, writes } = options;
  const question = `Call every read of the tenant in use${writes ? ", and make and remove objects there" : ""}?`;
  if (tenant === undefined && !(await confirmed(question, io, "Add --tenant or --yes to confirm this."))) return EXIT.interrupted;
  await using api = await openApi({ ...options, tenant: tenant === true ? undefined : tenant }, io);
  const found = await api.ask("tenant.smoke", { body: { writes }, takesMs: PROBE_MS, signal: io.signal });
  await io.answer(found, [
    ...SMOKE.lines(found.lines, io.width),
    "",
    `${found.differs} differ from the contract of the profile ${found.profile}`,
  ]);
  return found.differs > 0 ? EXIT.failed : EXIT.done;
};
