// outdial campaign failover: commands that ask the tenant or change a pair, and commands that only read pairs from the store.

import {
  type FailoverRuntime,
  Following,
  openFailover,
  openFailoverRecords,
  type ServiceAddress,
  ServiceCampaigns,
} from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { campaignPreviewOf, type FailoverProgress, type FiledPolicy, handOverPlanOf, isSettled } from "../../operations/index.ts";
import type { CampaignPreview, FailoverPairView } from "../../operations/views/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import type { Io } from "../io.ts";
import { failoverLines, happeningLine, pairText } from "../render-failover.ts";
import { effectLines } from "../render-verb.ts";
import { endedByInterrupt } from "../running.ts";
import { printable, printableWhole } from "../text.ts";
import { atService } from "./audit.ts";

type Options = OptionsOf<typeof declared.start>;
type WatchOptions = OptionsOf<typeof declared.watch>;

const open = (options: Options, io: Io): Promise<FailoverRuntime> => openFailover(options, io.env, { warn: io.say });

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

type Failover = FailoverRuntime["failover"];

interface Watching {
  /** The pairs as they are. */
  readonly pairs: readonly FailoverPairView[];
  /** Pairs that applied campaign files ask for, as sentences. */
  readonly filed: readonly string[];
  /** The pair to create, or to give another policy. */
  readonly put: Awaited<ReturnType<FailoverRuntime["failover"]["planPut"]>> | undefined;
}

/** The pairs to watch, and which of them the options create or change. Writes nothing. */
async function askedOf({ failover }: FailoverRuntime, options: WatchOptions): Promise<Watching> {
  const { primary } = options;
  const pairs = await failover.list();
  const files = await failover.filed();
  const given = policyOptions(options);
  if (primary === undefined) {
    if (Object.keys(given).length > 0)
      throw new OutdialError("invalid_input", "options of a pair need --primary", {
        advice: "Name the primary campaign of the pair.",
      });
    const filed = await Promise.all(files.map((one) => summaryOf(failover, one)));
    if (pairs.length + filed.length > 0) return { pairs, filed, put: undefined };
    throw new OutdialError("invalid_input", "there is no pair to watch", {
      advice: "Create one: outdial campaign failover watch --primary <id> --backup <id>.",
    });
  }
  const pair = pairs.find((pair) => pair.primary === primary);
  const file = files.find((one) => one.primary === primary);
  if (pair === undefined && file === undefined && options.backup === undefined)
    throw new OutdialError("invalid_input", `there is no pair of ${primary} yet`, {
      advice: "Name the campaign that takes over: --backup <id>.",
    });
  const put = await failover.planPut(primary, { ...(file ?? pair)?.policy, ...given });
  if (put.refusals.length > 0)
    throw new OutdialError("invalid_input", put.refusals.join("; "), { advice: "Name another campaign with --backup." });
  return { pairs: pair === undefined ? [] : [pair], filed: [], put };
}

/** What an applied campaign file asks for, as a sentence. */
const summaryOf = async (failover: Failover, { primary, policy }: FiledPolicy): Promise<string> =>
  `by its campaign file: ${(await failover.planPut(primary, policy)).summary}`;

/** @param asData with --json each progress is an object on stdout */
function progressTo(io: Io, { waits = true, asData = true } = {}): FailoverProgress {
  const told = new Map<string, string>();
  return (progress) => {
    const { primary } = progress.pair;
    const lines = failoverLines(progress, waits);
    const text = lines.join("\n");
    // A look with the same result is not printed again.
    if (lines.length === 0 || told.get(primary) === text) return;
    told.set(primary, text);
    if (!io.json || !asData) return io.say(lines);
    if (progress.elsewhere) return;
    const { event, alarms, pair } = progress;
    void io.data(JSON.stringify({ primary, phase: pair.state.phase, event, alarms })).catch(() => undefined);
  };
}

export const watch: Run<typeof declared.watch> = async ({ options, io }) => {
  await using runtime = await open(options, io);
  const { pairs: found, filed, put } = await askedOf(runtime, options);
  io.say(found.map(pairText));
  io.say(filed.map(printable));
  if (put !== undefined) io.say(printable(put.summary));
  if (!(await confirmed("Watch, and let the backup dial when the primary fails?", io))) return EXIT.interrupted;
  // From here on every service on the store watches it.
  if (put !== undefined) await runtime.failover.put(put.plan.primary, put.plan.policy);
  else io.say((await runtime.failover.takeFiles()).map(printableWhole));
  const pairs = put === undefined ? await runtime.failover.list() : [await runtime.failover.show(put.plan.primary)];
  const { signal } = io;
  const until = options.once
    ? (state: Parameters<typeof isSettled>[0], event: { type: string }) => event.type !== "taken" && isSettled(state)
    : undefined;
  await Promise.all(
    pairs.map(({ primary }) =>
      runtime.failover.watch(primary, {
        signal,
        onProgress: progressTo(io, { waits: !options.once }),
        until,
        leaveToOthers: options.once,
      }),
    ),
  );
  await runtime.deliverEvents();
  if (signal.aborted) return EXIT.interrupted;
  const after = await Promise.all(pairs.map(({ primary }) => runtime.failover.show(primary)));
  // With --json, each progress line was also an object.
  for (const pair of after) await io.answer(pair, pairText(pair));
  return Math.max(...after.map(exitOfPair));
};

function exitOfPair({ alarms, unanswered, dials }: FailoverPairView): number {
  if (alarms.includes("NOT_AUTHORISED")) return EXIT.notAuthorised;
  if (unanswered > 0) return EXIT.vendorUnavailable;
  return dials === null ? EXIT.failed : EXIT.done;
}

export const rehearse: Run<typeof declared.rehearse> = async ({ args: { primary }, options, io }) => {
  await using runtime = await open(options, io);
  const report = await runtime.failover.drill(primary, io.signal);
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

export const start: Run<typeof declared.start> = ({ args, options, io }) => ordered(args.primary, "fail-over", options, io);
export const failback: Run<typeof declared.failback> = ({ args, options, io }) => ordered(args.primary, "fail-back", options, io);

type Order = "fail-over" | "fail-back";
const VERBS = { "fail-over": "failover", "fail-back": "failback" } as const;

/** Records the order and sees it through: here, or by following the process that runs the pair. */
async function ordered(given: string, what: Order, options: Options, io: Io): Promise<number> {
  const { service } = options;
  if (service !== undefined) return orderedThere(service, given, what, io);
  await using runtime = await open(options, io);
  const { failover } = runtime;
  const { signal } = io;
  const stopMark = await failover.stopMark();
  const pair = await failover.find(given);
  const { primary } = pair;
  const filed = (await failover.filed()).find((one) => one.primary === primary);
  const text = filed === undefined ? pairText(await failover.show(primary)) : printable(await summaryOf(failover, filed));
  const found = await failover.doNotCall(what === "fail-over" ? pair.backup : primary, signal);
  const preview = campaignPreviewOf(handOverPlanOf(given, pair, VERBS[what], { found, stopMark }));
  if (!(await agreed(preview, text, io))) return EXIT.interrupted;
  await failover.order(primary, what, { mark: stopMark });
  const after = await failover.seeThrough(primary, { signal, onProgress: progressTo(io, { asData: false }) });
  await runtime.deliverEvents();
  return signal.aborted ? EXIT.interrupted : concludeOrder(after, what, io);
}

/** Sends the order to a service, whose watch carries it out. Ctrl-C stops the following, not the hand-over. */
async function orderedThere(service: ServiceAddress, primary: string, what: Order, io: Io): Promise<number> {
  const campaigns = new ServiceCampaigns(service);
  const { signal, clock } = io;
  const preview = await campaigns.preview(primary, VERBS[what], signal);
  if (!(await agreed(preview, pairText(await campaigns.pair(primary, signal)), io))) return EXIT.interrupted;
  const { approval } = await campaigns.carryOut(preview, { signal });
  if (approval !== null) return await answerWaits(approval, io);
  let told = "";
  const onLook = (pair: FailoverPairView) => {
    const text = pairText(pair);
    if (text !== told) io.say(text);
    told = text;
  };
  const following = new Following({ clock, warn: io.say, silence: service.silence });
  using _listening = endedByInterrupt(io, following);
  return await concludeOrder(await campaigns.seeThrough(primary, following, onLook), what, io);
}

/** Shows what a hand-over would do, and asks. @param pair as text. @throws OutdialError `job_state` when something forbids it */
async function agreed(preview: CampaignPreview, pair: string, io: Io): Promise<boolean> {
  io.say(pair);
  if (preview.refusals.length > 0)
    throw new OutdialError("job_state", `refused, nothing was paused: ${preview.refusals.join("; ")}`);
  io.say(effectLines(preview));
  return await confirmed("Hand over?", io);
}

async function concludeOrder(after: FailoverPairView, what: Order, io: Io): Promise<number> {
  await io.answer(after, pairText(after));
  const dials = after.dials === (what === "fail-over" ? "backup" : "primary");
  return dials ? EXIT.done : Math.max(EXIT.failed, exitOfPair(after));
}

export const remove: Run<typeof declared.remove> = async ({ args: { primary }, options, io }) => {
  await using runtime = await open(options, io);
  io.say(printableWhole(`${primary}: ${await runtime.failover.removal(primary)}`));
  if (!(await confirmed(`End the watch over ${primary}?`, io))) return EXIT.interrupted;
  const left = await runtime.failover.remove(primary);
  if (!io.json) io.say(printableWhole(`${primary} is not watched any more; ${left}`));
  await io.answer({ removed: primary, left }, []);
};

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
    const campaigns = new ServiceCampaigns(service);
    return { items: primary === undefined ? await campaigns.pairs() : [await campaigns.pair(primary)], filed: [] };
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
  const { limit } = options;
  const items = (await atService(options, io)?.happenings(primary, limit)) ?? (await historyHere(primary, options, io));
  await io.answer({ items }, items.map(happeningLine));
};

async function historyHere(primary: string, options: OptionsOf<typeof declared.history>, io: Io) {
  await using records = await openFailoverRecords(options, io.env);
  return await records.history(primary, options.limit);
}

export const holds: Run<typeof declared.holds> = async ({ args: { campaign }, options, io }) => {
  const there = atService(options, io);
  await using records = there === undefined ? await openFailoverRecords(options, io.env) : undefined;
  const all = [];
  for await (const held of there?.holds(campaign) ?? records?.holds(campaign) ?? []) all.push(held);
  if (!io.json) await io.data("number,until");
  await io.each(all, ({ number, until }) => `${number},${until}`);
};
