// outdial campaign failover watch, rehearse, prepare, remove.

import { type ApiClient, type HereOperation, openApi } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import type { FailoverProgress } from "../../operations/index.ts";
import type { CampaignPreview, FailoverPairView } from "../../operations/views/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import type { Io } from "../io.ts";
import { failoverLines, happeningLine, pairText } from "../render-failover.ts";
import { effectLines } from "../render-verb.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { grouped, printable, printableWhole } from "../text.ts";

type Api = ApiClient<HereOperation>;
type Options = OptionsOf<typeof declared.start>;
type WatchOptions = OptionsOf<typeof declared.watch>;

/** The options that belong to the policy. */
function policyOptions(options: WatchOptions): object {
  const { backup, threshold, minimumCalls, rule, failBack, safeAction, overlap, whenBackupFails } = options;
  const per = (ms: number | undefined, unit: number) => (ms === undefined ? undefined : ms / unit);
  return known({
    backup,
    threshold,
    windowMinutes: per(options.window, 60_000),
    everySeconds: per(options.every, 1000),
    minimumCalls,
    rule,
    coolDownMinutes: per(options.coolDown, 60_000),
    failBack,
    safeAction,
    drainMinutes: per(options.drain, 60_000),
    holdHours: per(options.hold, 3_600_000),
    overlap,
    whenBackupFails,
  });
}

/** The policy of a pair that the options make or change; undefined when all pairs are watched as they are. */
async function askedOf(api: Api, options: WatchOptions, io: Io) {
  const { primary, backup } = options;
  const { items, filed } = await api.ask("failover.list", {});
  const given = policyOptions(options);
  if (primary === undefined) {
    if (Object.keys(given).length > 0)
      throw new OutdialError("invalid_input", "options of a pair need --primary", {
        advice: "Name the primary campaign of the pair.",
      });
    if (items.length + filed.length === 0)
      throw new OutdialError("invalid_input", "there is no pair to watch", {
        advice: "Create one: outdial campaign failover watch --primary <id> --backup <id>.",
      });
    io.say([...items.map(pairText), ...filed.map(filedText)]);
    return undefined;
  }
  const known = filed.find((one) => one.primary === primary) ?? items.find((one) => one.primary === primary);
  if (known === undefined && backup === undefined)
    throw new OutdialError("invalid_input", `there is no pair of ${primary} yet`, {
      advice: "Name the campaign that takes over: --backup <id>.",
    });
  return { primary, policy: { ...known?.policy, ...given } };
}

const filedText = ({ summary }: { readonly summary: string }) => printable(`by its campaign file: ${summary}`);

/** @param asData with --json each progress is an object on stdout */
function progressTo(io: Io, { waits = true, asData = true } = {}): FailoverProgress {
  const told = new Map<string, string>();
  return (progress) => {
    const { primary } = progress.pair;
    const lines = failoverLines(progress, waits);
    const text = failoverLines(progress, waits, false).join("\n");
    // A look with the same result is not printed again, whenever it was.
    if (lines.length === 0 || told.get(primary) === text) return;
    told.set(primary, text);
    if (!io.json || !asData) return io.say(lines);
    if (progress.elsewhere) return;
    const { event, alarms, pair } = progress;
    void io.data(JSON.stringify({ primary, phase: pair.state.phase, event, alarms })).catch(() => undefined);
  };
}

export const watch: Run<typeof declared.watch> = async ({ options, io }) => {
  await using api = await openApi(options, io, { once: options.once ? true : undefined });
  const asked = await askedOf(api, options, io);
  const preview = asked && (await api.ask("failover.preview", { body: asked }));
  if (preview !== undefined && preview.refusals.length > 0)
    throw new OutdialError("invalid_input", preview.refusals.join("; "), { advice: "Name another campaign with --backup." });
  if (preview !== undefined) io.say(printable(preview.summary));
  if (!(await confirmed("Watch, and let the backup dial when the primary fails?", io))) return EXIT.interrupted;
  // From here on every service on the store watches it.
  if (asked === undefined || preview === undefined) io.say((await api.ask("failover.take", {})).problems.map(printableWhole));
  else {
    const { approval } = await api.carryOut("failover.put", { body: { ...asked, confirm: preview.confirm } });
    if (approval !== null) return await answerWaits(approval, io);
  }
  const { items } = await api.ask("failover.list", {});
  const pairs = items.filter(({ primary }) => asked === undefined || primary === asked.primary);
  using _listening = endedByInterrupt(io, api);
  const after = await Promise.all(
    pairs.map(async ({ primary }) => {
      const tell = standing(io);
      return api.follow(
        "failover.show",
        { params: { primary } },
        {
          job: primary,
          ended: () => false,
          onLook: (seen) => tell(pairText(seen)),
          onProgress: progressTo(io, { waits: !options.once }),
          again: `outdial campaign failover status ${primary}`,
        },
      );
    }),
  );
  if (io.pressed) return EXIT.interrupted;
  // With --json, each progress line was also an object.
  for (const pair of after) await io.answer(pair, pairText(pair));
  return Math.max(...after.map(exitOfPair));
};

function exitOfPair({ alarms, unanswered, dials }: FailoverPairView): number {
  if (alarms.includes("NOT_AUTHORISED")) return EXIT.notAuthorised;
  if (unanswered > 0) return EXIT.vendorUnavailable;
  return dials === null ? EXIT.failed : EXIT.done;
}

/** How long reads of a drill, and copies of lists, may take, ms. */
const TAKES_MS = 900_000;

/** A pair, first as a campaign file that nobody watches yet has it. */
async function pairOf(api: Api, primary: string) {
  const filed = (await api.ask("failover.list", {})).filed.find((one) => one.primary === primary);
  return filed ?? (await api.ask("failover.show", { params: { primary } }));
}

export const rehearse: Run<typeof declared.rehearse> = async ({ args: { primary }, options, io }) => {
  await using api = await openApi(options, io);
  const report = await api.ask("failover.drill", { params: { primary }, takesMs: TAKES_MS, signal: io.signal });
  const { steps, alarms, passed, wouldTrigger, ends } = report;
  await io.answer(report, [
    ...steps.map(({ would, found }) => `would ${would}\n  ${found}`),
    ...alarms.map(({ name, message }) => `would raise ${name.toLowerCase().replaceAll("_", " ")}: ${message}`),
    passed
      ? `passed: ${wouldTrigger ? "the watch would hand over now" : "it would succeed, but there is no evidence to hand over now"}`
      : `would not succeed: the pair would be ${ends}`,
  ]);
  return passed ? EXIT.done : EXIT.refused;
};

export const prepare: Run<typeof declared.prepare> = async ({ args: { primary: id }, options, io }) => {
  await using api = await openApi(options, io);
  const { primary, backup } = await pairOf(api, id);
  if (!(await confirmed(`Upload the contacts of ${primary} to ${backup}, which stays stopped?`, io))) return EXIT.interrupted;
  const prepared = await api.ask("failover.prepare", { params: { primary }, takesMs: TAKES_MS, signal: io.signal });
  const { lists, notes } = prepared;
  await io.answer(prepared, [
    ...lists.flatMap(({ list, copy, records, already, notes: own }) => [
      printableWhole(
        `${list}: ${already ? `${backup} has ${copy} already` : `${grouped(records)} contacts as ${copy}, not dialed before a hand-over`}`,
      ),
      ...own.map((note) => `  ${printableWhole(note)}`),
    ]),
    ...notes.map((note) => `note: ${printableWhole(note)}`),
  ]);
  return lists.length === 0 ? EXIT.refused : EXIT.done;
};

export const remove: Run<typeof declared.remove> = async ({ args: { primary }, options, io }) => {
  await using api = await openApi(options, io);
  const params = { primary };
  io.say(printableWhole(`${primary}: ${(await api.ask("failover.removal", { params })).left}`));
  if (!(await confirmed(`End the watch over ${primary}?`, io))) return EXIT.interrupted;
  const { left } = await api.ask("failover.remove", { params });
  if (!io.json) io.say(printableWhole(`${primary} is not watched any more; ${left}`));
  await io.answer({ removed: primary, left }, []);
};

// outdial campaign failover status, history, holds: pairs as the store has them.

export const status: Run<typeof declared.status> = async ({ args: { primary }, options, io }) => {
  await using api = await openApi(options, io);
  const { items: all, filed: files } = await api.ask("failover.list", {});
  const filed = files.filter((one) => primary === undefined || one.primary === primary);
  const items =
    primary === undefined || filed.length > 0
      ? all.filter((pair) => primary === undefined || pair.primary === primary || pair.backup === primary)
      : [await api.ask("failover.show", { params: { primary } })];
  for (const one of filed)
    io.say(
      `${printable(one.primary)} is not watched yet as its campaign file says, with ${printable(one.backup)} as its backup; watch it with: outdial campaign failover watch --primary ${printable(one.primary)} (a running service does it by itself)`,
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

export const history: Run<typeof declared.history> = async ({ args: { primary }, options, io }) => {
  await using api = await openApi(options, io);
  const items = await api.list("failover.history", { params: { id: primary }, most: options.limit });
  await io.answer({ items }, items.map(happeningLine));
};

export const holds: Run<typeof declared.holds> = async ({ args: { campaign }, options, io }) => {
  await using api = await openApi(options, io);
  const all = await Array.fromAsync(api.lines("failover.holds", { params: { id: campaign }, query: { reveal: true } }));
  if (!io.json) await io.data("number,until");
  await io.each(all, ({ number, until }) => `${number},${until}`);
};

// outdial campaign failover start, failback: a person orders a hand-over.

export const start: Run<typeof declared.start> = ({ args, options, io }) => ordered(args.primary, "fail-over", options, io);

export const failback: Run<typeof declared.failback> = ({ args, options, io }) => ordered(args.primary, "fail-back", options, io);

type Order = "fail-over" | "fail-back";

const VERBS = { "fail-over": "failover", "fail-back": "failback" } as const;

/** Phases in which no hand-over is under way. */
const SETTLED: ReadonlySet<string> = new Set(["watching", "failed-over", "halted"] satisfies FailoverPairView["phase"][]);

/** Records the order, and follows the watch that carries it out. */
async function ordered(given: string, what: Order, options: Options, io: Io): Promise<number> {
  await using api = await openApi(options, io);
  const verb = VERBS[what];
  const preview = await api.ask("campaigns.preview", { params: { id: given, verb } });
  const pair = await pairOf(api, given);
  const text = "phase" in pair ? pairText(pair) : filedText(pair);
  if (!(await agreed(preview, text, io))) return EXIT.interrupted;
  const asked = { params: { id: given }, body: { confirm: preview.confirm } };
  const { approval } = await api.carryOut(`campaigns.${verb}`, asked);
  if (approval !== null) return await answerWaits(approval, io);
  const tell = standing(io);
  using _listening = endedByInterrupt(io, api);
  const { primary } = pair;
  const after = await api.follow(
    "failover.show",
    { params: { primary } },
    {
      job: primary,
      ended: ({ order, phase }) => order === null && SETTLED.has(phase),
      onLook: (seen) => tell(pairText(seen)),
      onProgress: progressTo(io, { asData: false }),
      again: `outdial campaign failover status ${primary}`,
    },
  );
  return io.pressed ? EXIT.interrupted : concludeOrder(after, what, io);
}

/** Shows what a hand-over would do, and asks. @param pair as text. @throws OutdialError `job_state` when something forbids it */
async function agreed(preview: CampaignPreview, pair: string, io: Io): Promise<boolean> {
  io.say(pair);
  if (preview.refusals.length > 0)
    throw new OutdialError("job_state", `refused, nothing was paused: ${preview.refusals.join("; ")}`);
  io.say(effectLines(preview));
  return await confirmed(preview.verb === "failback" ? "Fail back?" : "Hand over?", io);
}

async function concludeOrder(after: FailoverPairView, what: Order, io: Io): Promise<number> {
  await io.answer(after, pairText(after));
  const dials = after.dials === (what === "fail-over" ? "backup" : "primary");
  return dials ? EXIT.done : Math.max(EXIT.failed, exitOfPair(after));
}
