// outdial campaign failover watch, drill, start, failback, remove: what asks the tenant or changes a pair.

import { type FailoverRuntime, openFailover } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import {
  dialingSide,
  type FailoverPolicy,
  type FailoverProgress,
  failoverPolicySchema,
  isSettled,
  type PairReport,
} from "../../operations/index.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { failoverLines, pairText } from "../render-failover.ts";
import { span } from "../time-options.ts";

interface Flags extends GlobalFlags {
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

interface WatchFlags extends Flags {
  readonly primary?: string;
  readonly backup?: string;
  readonly threshold?: string;
  readonly window?: string;
  readonly every?: string;
  readonly minimumCalls?: string;
  readonly rule?: string;
  readonly coolDown?: string;
  readonly failBack?: string;
  readonly safeAction?: string;
  readonly drain?: string;
  readonly hold?: string;
  readonly overlap?: string;
  readonly whenBackupFails?: string;
  readonly once?: boolean;
}

const open = (flags: Flags, io: Io): Promise<FailoverRuntime> =>
  openFailover(flags, io.env, { warn: (message) => io.say(message) });

/** Aborts on the first SIGINT or SIGTERM. */
function untilInterrupted(io: Io): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort(new OutdialError("interrupted", "interrupted"));
  const listening = io.onInterrupt(stop);
  return { signal: controller.signal, end: () => listening[Symbol.dispose]() };
}

/** What the flags say of the policy. Throws `invalid_input` naming the flag. */
function policyFlags(flags: WatchFlags): Record<string, unknown> {
  const minutes = (flag: string, text: string | undefined) => {
    const ms = span(flag, text);
    return ms === undefined ? undefined : ms / 60_000;
  };
  const seconds = span("--every", flags.every);
  const hold = span("--hold", flags.hold);
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const given = {
    backup: flags.backup,
    threshold: number(flags.threshold),
    windowMinutes: minutes("--window", flags.window),
    everySeconds: seconds === undefined ? undefined : seconds / 1000,
    minimumCalls: number(flags.minimumCalls),
    rule: flags.rule,
    coolDownMinutes: minutes("--cool-down", flags.coolDown),
    failBack: flags.failBack,
    safeAction: flags.safeAction,
    drainMinutes: minutes("--drain", flags.drain),
    holdHours: hold === undefined ? undefined : hold / 3_600_000,
    overlap: flags.overlap,
    whenBackupFails: flags.whenBackupFails,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The policy of the flags over the one that is stored. */
function policyOf(flags: WatchFlags, known: FailoverPolicy | undefined): FailoverPolicy {
  const parsed = failoverPolicySchema.safeParse({ ...known, ...policyFlags(flags) });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new OutdialError("invalid_input", `the policy cannot be used: ${problems.join("; ")}`);
}

/** The pairs to watch, made or changed as the flags say. */
async function pairsOf({ failover }: FailoverRuntime, flags: WatchFlags): Promise<PairReport[]> {
  const { primary } = flags;
  const pairs = await failover.list();
  if (primary === undefined) {
    if (Object.keys(policyFlags(flags)).length > 0)
      throw new OutdialError("invalid_input", "flags about a pair need --primary", {
        advice: "Name the primary campaign of the pair.",
      });
    if (pairs.length > 0) return pairs;
    throw new OutdialError("invalid_input", "there is no pair to watch", {
      advice: "Make one: outdial campaign failover watch --primary <id> --backup <id>.",
    });
  }
  const known = pairs.find((pair) => pair.primary === primary);
  if (known === undefined && flags.backup === undefined)
    throw new OutdialError("invalid_input", `there is no pair of ${primary} yet`, {
      advice: "Name the campaign that takes over: --backup <id>.",
    });
  await failover.put(primary, policyOf(flags, known?.policy));
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
    if (!io.json) {
      for (const line of lines) io.say(line);
      return;
    }
    if (progress.elsewhere) return;
    const { event, alarms, pair } = progress;
    void io.data(JSON.stringify({ primary, phase: pair.state.phase, event, alarms })).catch(() => undefined);
  };
}

export async function watch(_: readonly string[], flags: WatchFlags, io: Io): Promise<number> {
  await using runtime = await open(flags, io);
  const pairs = await pairsOf(runtime, flags);
  for (const pair of pairs) io.say(pairText(pair));
  if (!(await confirmed("Watch, and let the backup dial when the primary fails?", flags, io))) return EXIT.interrupted;
  const { signal, end } = untilInterrupted(io);
  try {
    const until =
      flags.once === true
        ? (state: PairReport["state"], event: { type: string }) => event.type !== "taken" && isSettled(state)
        : undefined;
    await Promise.all(pairs.map(({ primary }) => runtime.failover.watch(primary, { signal, onProgress: progressTo(io), until })));
  } finally {
    end();
  }
  await runtime.deliverEvents();
  if (signal.aborted) return EXIT.interrupted;
  const after = await Promise.all(pairs.map(({ primary }) => runtime.failover.find(primary)));
  for (const pair of after) await io.data(io.json ? JSON.stringify(pair) : pairText(pair));
  return Math.max(...after.map(({ state }) => exitOfState(state)));
}

function exitOfState(state: PairReport["state"]): number {
  const { standing, unanswered } = state;
  if (standing.NOT_AUTHORISED !== undefined) return EXIT.notAuthorised;
  if (unanswered > 0) return EXIT.vendorUnavailable;
  return dialingSide(state) === null ? EXIT.failed : EXIT.done;
}

export async function rehearse([primary = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using runtime = await open(flags, io);
  const { signal, end } = untilInterrupted(io);
  try {
    const report = await runtime.failover.drill(primary, signal);
    if (io.json) await io.data(JSON.stringify(report));
    else {
      for (const { would, found } of report.steps) await io.data(`would ${would}\n  ${found}`);
      for (const { name, message } of report.alarms)
        await io.data(`would raise ${name.toLowerCase().replaceAll("_", " ")}: ${message}`);
      await io.data(
        report.passed
          ? `passed: ${report.wouldTrigger ? "the watch would hand over now" : "it would succeed, but there is no evidence to hand over now"}`
          : `would not succeed: the pair would be ${report.ends}`,
      );
    }
    return report.passed ? EXIT.done : EXIT.refused;
  } finally {
    end();
  }
}

export const start = (args: readonly string[], flags: Flags, io: Io): Promise<number> => ordered(args, "fail-over", flags, io);
export const failback = (args: readonly string[], flags: Flags, io: Io): Promise<number> => ordered(args, "fail-back", flags, io);

/** Leaves the order and sees it through: here, or by looking at the process that runs the pair. */
async function ordered(
  [primary = ""]: readonly string[],
  what: "fail-over" | "fail-back",
  flags: Flags,
  io: Io,
): Promise<number> {
  await using runtime = await open(flags, io);
  const { failover } = runtime;
  const pair = await failover.find(primary);
  io.say(pairText(pair));
  const to = what === "fail-over" ? pair.backup : primary;
  if (!(await confirmed(`Pause ${what === "fail-over" ? primary : pair.backup} and let ${to} dial?`, flags, io)))
    return EXIT.interrupted;
  await failover.order(primary, what);
  const { signal, end } = untilInterrupted(io);
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
  } finally {
    end();
  }
  await runtime.deliverEvents();
  if (signal.aborted) return EXIT.interrupted;
  const after = await failover.find(primary);
  await io.data(io.json ? JSON.stringify(after) : pairText(after));
  const dials = dialingSide(after.state) === (what === "fail-over" ? "backup" : "primary");
  return dials ? EXIT.done : Math.max(EXIT.failed, exitOfState(after.state));
}

export async function remove([primary = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using runtime = await open(flags, io);
  if (!(await confirmed(`End the watch over ${primary}?`, flags, io))) return EXIT.interrupted;
  await runtime.failover.remove(primary);
  if (io.json) await io.data(JSON.stringify({ removed: primary }));
  else io.say(`${primary} is not watched any more; neither campaign was changed`);
  return EXIT.done;
}
