// outdial campaign failover: what asks the tenant or changes a pair, and what the store knows of pairs without the tenant.

import { type FailoverRuntime, openFailover, openFailoverRecords } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import {
  dialingSide,
  type FailoverPolicy,
  type FailoverProgress,
  failoverPolicySchema,
  isSettled,
  type PairReport,
  readPair,
} from "../../operations/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import type { Io } from "../io.ts";
import { failoverLines, pairText } from "../render-failover.ts";
import { printable, timeText } from "../text.ts";

type Options = OptionsOf<typeof declared.start>;
type WatchOptions = OptionsOf<typeof declared.watch>;

const open = (options: Options, io: Io): Promise<FailoverRuntime> => openFailover(options, io.env, { warn: io.say });

/** What the options say of the policy. */
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

/** The policy of the options over the one that is stored. */
function policyOf(options: WatchOptions, before: FailoverPolicy | undefined): FailoverPolicy {
  const parsed = failoverPolicySchema.safeParse({ ...before, ...policyOptions(options) });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new OutdialError("invalid_input", `the policy cannot be used: ${problems.join("; ")}`);
}

/** The pairs to watch, made or changed as the options say. */
async function pairsOf({ failover }: FailoverRuntime, options: WatchOptions): Promise<PairReport[]> {
  const { primary } = options;
  const pairs = await failover.list();
  if (primary === undefined) {
    if (Object.keys(policyOptions(options)).length > 0)
      throw new OutdialError("invalid_input", "flags about a pair need --primary", {
        advice: "Name the primary campaign of the pair.",
      });
    if (pairs.length > 0) return pairs;
    throw new OutdialError("invalid_input", "there is no pair to watch", {
      advice: "Make one: outdial campaign failover watch --primary <id> --backup <id>.",
    });
  }
  const pair = pairs.find((pair) => pair.primary === primary);
  if (pair === undefined && options.backup === undefined)
    throw new OutdialError("invalid_input", `there is no pair of ${primary} yet`, {
      advice: "Name the campaign that takes over: --backup <id>.",
    });
  await failover.put(primary, policyOf(options, pair?.policy));
  return [await failover.find(primary)];
}

function progressTo(io: Io): FailoverProgress {
  const told = new Map<string, string>();
  return (progress) => {
    const { primary } = progress.pair;
    const lines = failoverLines(progress);
    const text = lines.join("\n");
    // Looks that say the same again are no news.
    if (lines.length === 0 || told.get(primary) === text) return;
    told.set(primary, text);
    if (!io.json) return io.say(lines);
    if (progress.elsewhere) return;
    const { event, alarms, pair } = progress;
    void io.data(JSON.stringify({ primary, phase: pair.state.phase, event, alarms })).catch(() => undefined);
  };
}

export const watch: Run<typeof declared.watch> = async ({ options, io }) => {
  await using runtime = await open(options, io);
  const pairs = await pairsOf(runtime, options);
  io.say(pairs.map(pairText));
  if (!(await confirmed("Watch, and let the backup dial when the primary fails?", io))) return EXIT.interrupted;
  const { signal } = io;
  const until = options.once
    ? (state: PairReport["state"], event: { type: string }) => event.type !== "taken" && isSettled(state)
    : undefined;
  await Promise.all(pairs.map(({ primary }) => runtime.failover.watch(primary, { signal, onProgress: progressTo(io), until })));
  await runtime.deliverEvents();
  if (signal.aborted) return EXIT.interrupted;
  const after = await Promise.all(pairs.map(({ primary }) => runtime.failover.find(primary)));
  await io.each(after, pairText);
  return Math.max(...after.map(({ state }) => exitOfState(state)));
};

function exitOfState(state: PairReport["state"]): number {
  const { standing, unanswered } = state;
  if (standing.NOT_AUTHORISED !== undefined) return EXIT.notAuthorised;
  if (unanswered > 0) return EXIT.vendorUnavailable;
  return dialingSide(state) === null ? EXIT.failed : EXIT.done;
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

/** Leaves the order and sees it through: here, or by looking at the process that runs the pair. */
async function ordered(primary: string, what: "fail-over" | "fail-back", options: Options, io: Io): Promise<number> {
  await using runtime = await open(options, io);
  const { failover } = runtime;
  const pair = await failover.find(primary);
  io.say(pairText(pair));
  const to = what === "fail-over" ? pair.backup : primary;
  if (!(await confirmed(`Pause ${what === "fail-over" ? primary : pair.backup} and let ${to} dial?`, io)))
    return EXIT.interrupted;
  await failover.order(primary, what);
  const { signal } = io;
  const seen = new AbortController();
  const tell = progressTo(io);
  try {
    await failover.watch(primary, {
      signal: AbortSignal.any([signal, seen.signal]),
      onProgress: (progress) => {
        tell(progress);
        // Another process runs the pair: its order is gone when it has been taken in.
        if (progress.elsewhere && progress.pair.order === null && isSettled(progress.pair.state)) seen.abort();
      },
      until: (state, event) => event.type !== "taken" && isSettled(state),
    });
  } catch (thrown) {
    io.complain(messageOf(thrown));
    throw thrown;
  }
  await runtime.deliverEvents();
  if (signal.aborted) return EXIT.interrupted;
  const after = await failover.find(primary);
  await io.answer(after, pairText(after));
  const dials = dialingSide(after.state) === (what === "fail-over" ? "backup" : "primary");
  return dials ? EXIT.done : Math.max(EXIT.failed, exitOfState(after.state));
}

export const remove: Run<typeof declared.remove> = async ({ args: { primary }, options, io }) => {
  await using runtime = await open(options, io);
  if (!(await confirmed(`End the watch over ${primary}?`, io))) return EXIT.interrupted;
  await runtime.failover.remove(primary);
  if (!io.json) io.say(`${primary} is not watched any more; neither campaign was changed`);
  await io.answer({ removed: primary }, []);
};

/** Looks that may be missing before a watch counts as dead. */
const MISSED_LOOKS = 3;
const PAGE = 10_000;

export const status: Run<typeof declared.status> = async ({ args: { primary }, options, io }) => {
  await using records = await openFailoverRecords(options, io.env);
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
  await io.answer(
    { pairs: pairs.map((pair) => ({ ...pair, lookedAt: timeText(pair.lookedAt) })) },
    pairs.flatMap((pair) => {
      const last = pair.lookedAt === null ? "never looked at" : `last look ${timeText(pair.lookedAt)}`;
      const watched = pair.watched ? "" : ": nobody watches it";
      return [pairText(pair), `  ${last}${watched} · ${pair.held} contacts held back from ${printable(pair.backup)}`];
    }),
    "there are no failover pairs",
  );
  const trouble = pairs.some(
    ({ watched, state }) => !watched || state.phase === "halted" || Object.keys(state.standing).length > 0,
  );
  return trouble ? EXIT.failed : EXIT.done;
};

export const history: Run<typeof declared.history> = async ({ args: { primary }, options, io }) => {
  await using records = await openFailoverRecords(options, io.env);
  const happenings = await records.failovers.history(primary, options.limit);
  const history = happenings.map(({ at, ...rest }) => ({ at: timeText(at), ...rest }));
  await io.answer(
    { primary, history },
    history.map(({ at, phase, event, alarms }) => {
      const type = typeof event === "object" && event !== null && "type" in event ? String(event.type) : "";
      const told = Array.isArray(alarms) ? alarms.map((alarm) => String(alarm?.message ?? "")).join("; ") : "";
      return printable(`${at} ${type.padEnd(10)} ${phase.padEnd(12)} ${told}`).trimEnd();
    }),
  );
};

export const holds: Run<typeof declared.holds> = async ({ args: { campaign }, options, io }) => {
  await using records = await openFailoverRecords(options, io.env);
  const now = io.clock.now();
  if (!io.json) await io.data("number,until");
  for (let after = 0; ; ) {
    const page = await records.holds.list(campaign, now, after, PAGE);
    const rows = page.map(({ number, until }) => ({ number: `+${number}`, until: timeText(until) }));
    await io.each(rows, ({ number, until }) => `${number},${until}`);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.number;
  }
};
