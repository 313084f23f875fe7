// outdial campaign failover watch, rehearse, remove.

import { type FailoverRuntime, openFailover } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { type FailoverProgress, type FiledPolicy, isSettled } from "../../operations/index.ts";
import type { FailoverPairView } from "../../operations/views/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import type { Io } from "../io.ts";
import { failoverLines, pairText } from "../render-failover.ts";
import { printable, printableWhole } from "../text.ts";

type Options = OptionsOf<typeof declared.start>;
type WatchOptions = OptionsOf<typeof declared.watch>;

export const openPairs = (options: Options, io: Io): Promise<FailoverRuntime> => openFailover(options, io.env, { warn: io.say });

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
export const summaryOf = async (failover: Failover, { primary, policy }: FiledPolicy): Promise<string> =>
  `by its campaign file: ${(await failover.planPut(primary, policy)).summary}`;

/** @param asData with --json each progress is an object on stdout */
export function progressTo(io: Io, { waits = true, asData = true } = {}): FailoverProgress {
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
  await using runtime = await openPairs(options, io);
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

export function exitOfPair({ alarms, unanswered, dials }: FailoverPairView): number {
  if (alarms.includes("NOT_AUTHORISED")) return EXIT.notAuthorised;
  if (unanswered > 0) return EXIT.vendorUnavailable;
  return dials === null ? EXIT.failed : EXIT.done;
}

export const rehearse: Run<typeof declared.rehearse> = async ({ args: { primary }, options, io }) => {
  await using runtime = await openPairs(options, io);
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

export const remove: Run<typeof declared.remove> = async ({ args: { primary }, options, io }) => {
  await using runtime = await openPairs(options, io);
  io.say(printableWhole(`${primary}: ${await runtime.failover.removal(primary)}`));
  if (!(await confirmed(`End the watch over ${primary}?`, io))) return EXIT.interrupted;
  const left = await runtime.failover.remove(primary);
  if (!io.json) io.say(printableWhole(`${primary} is not watched any more; ${left}`));
  await io.answer({ removed: primary, left }, []);
};
