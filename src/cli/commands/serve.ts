// outdial serve: runs the service until it is told to stop; its tokens and sessions.

import { execFile } from "node:child_process";
import { dashboardFolder, openAccess, openService, type RunningService } from "../../app/index.ts";
import { DAY_MS, OutdialError } from "../../kernel/index.ts";
import type { LogLevel, ServiceLog } from "../../server/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/serve.ts";
import { type Io, StdoutError } from "../io.ts";
import { openBrowser, stopped } from "../running.ts";
import { printable, timeText } from "../text.ts";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export const serve: Run<typeof declared.serve> = async ({ options, io }) => {
  const { host, port, verbose, open } = options;
  const pages = await dashboardFolder(io.say);
  if (pages === undefined) io.say("the dashboard is not built here; only the API is served");
  const { logger } = io;
  let least: LogLevel = verbose ? "debug" : "info";
  const log: ServiceLog =
    logger?.log ??
    ((level, message, details) => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
      io.say(`${level}: ${printable(message)}${details === undefined ? "" : ` ${printable(JSON.stringify(details))}`}`);
    });
  const onLevel = (level: LogLevel) => {
    if (verbose) return;
    least = level;
    logger?.setLevel(level);
  };
  let running: RunningService | undefined;
  let isAsked = false;
  using _signals = io.onServiceSignal?.((signal) => {
    if (signal !== "SIGHUP") log("info", `${signal} has no effect on a service`);
    else if (running === undefined) isAsked = true;
    else void reload();
  });
  using supervisor = supervisorOf(io.env, (message) => log("warn", message));
  const reload = async () => {
    await supervisor.tell("RELOADING=1");
    await running?.reload();
    if (running !== undefined) await supervisor.tell("READY=1");
  };
  const service = await openService(options, io.env, { host, port, pages, logger, log, onLevel });
  let exit: number = EXIT.done;
  try {
    // A program that reads the announcement may stop the service at once.
    const stop = stopped(io);
    await announce(service, open, log, io);
    running = service;
    void supervisor.tell("READY=1").then(() => supervisor.watch());
    if (isAsked) void reload();
    await stop;
    running = undefined;
    void supervisor.tell("STOPPING=1");
    io.say("stopping: finishing requests under way …");
  } finally {
    // Connections to a database that does not answer would keep the process alive forever.
    if (!(await service.end())) {
      exit = EXIT.failed;
      io.leave();
    }
  }
  return exit;
};

/**
 * Tells the systemd that `env` names, if any (Type=notify), that the service is ready, reads again, lives and stops. Node has no sockets of the kind
 * on which systemd listens, so its own program `systemd-notify` says it; that needs NotifyAccess=all.
 * @param warn told once, when it cannot be told anything
 */
function supervisorOf(env: Io["env"], warn: (message: string) => void) {
  const isThere = (env["NOTIFY_SOCKET"] ?? "") !== "";
  const everyMs = Number(env["WATCHDOG_USEC"] ?? 0) / 1000 / 2;
  // An older Node that only starts this one is its parent.
  const isWatched = [undefined, String(process.pid), String(process.ppid)].includes(env["WATCHDOG_PID"]);
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;
  /** Resolves when systemd has it; at once without systemd. */
  const tell = (state: "READY=1" | "RELOADING=1" | "STOPPING=1" | "WATCHDOG=1") =>
    new Promise<void>((resolve) => {
      if (!isThere) return resolve();
      // With the time of systemd's own clock it knows which of its requests is meant.
      const more = state === "RELOADING=1" ? [`MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`] : [];
      execFile("systemd-notify", [state, ...more], { env: { ...env }, timeout: 10_000 }, (failed) => {
        if (failed !== null && !isTold) warn(`systemd could not be told ${state}: ${failed.message.split("\n")[0]}`);
        isTold ||= failed !== null;
        resolve();
      });
    });
  return {
    tell,
    /** From now on says regularly that this thread still does its work, when systemd wants to know. */
    watch() {
      if (isThere && isWatched && everyMs > 0) timer ??= setInterval(() => void tell("WATCHDOG=1"), everyMs).unref();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Prints the address of the service and how to sign in. */
async function announce(service: RunningService, opens: boolean, log: ServiceLog, io: Io): Promise<void> {
  const link = await service.loginLink(io.env["USER"] ?? "owner", "admin");
  // The link makes its reader an administrator, so it is only printed on a terminal: other targets of stdout and stderr store
  // what they get.
  const shown = io.attended && !io.json;
  const loginFile = shown ? undefined : await service.keepLoginLink(link);
  // Nobody may read the address, and a log's disk may be full: that ends no service.
  const { url, port } = service;
  await io.answer({ url, port, loginFile }, `outdial is at ${url}`).catch((thrown) => {
    if (!(thrown instanceof StdoutError)) throw thrown;
  });
  io.logger?.log("info", "the service is ready", { url, port });
  if (shown) io.say(`sign in within ten minutes, once: ${link}`);
  else if (loginFile !== undefined) log("info", "the link that signs in once, within ten minutes, is in a file", { loginFile });
  if (opens) openBrowser(link, io);
}

export const addToken: Run<typeof declared.addToken> = async ({ args: { name }, options, io }) => {
  const { role, days, person } = options;
  await using opened = await openAccess(options, io.env);
  const expiresAt = days === 0 ? null : io.clock.now() + days * DAY_MS;
  const { id, token } = await opened.access.addToken({ name, role, expiresAt, by: opened.actor, person });
  await io.answer({ id, name, role, person: person ?? null, expiresAt: timeText(expiresAt), token }, token);
  io.say(`${printable(name)} may use the service as ${role}${expiresAt === null ? "" : ` until ${timeText(expiresAt)}`}`);
  io.say("the token is shown only now; use it as Authorization: Bearer TOKEN, or on the dashboard's login page");
};

export const listTokens: Run<typeof declared.listTokens> = async ({ options, io }) => {
  await using opened = await openAccess(options, io.env);
  const tokens = (await opened.access.listTokens()).map((token) => ({
    ...token,
    createdAt: timeText(token.createdAt),
    expiresAt: timeText(token.expiresAt),
    lastUsedAt: timeText(token.lastUsedAt),
    revokedAt: timeText(token.revokedAt),
  }));
  await io.each(
    tokens,
    ({ id, name, role, expiresAt, lastUsedAt, revokedAt }) => {
      const state = revokedAt === null ? `until ${expiresAt ?? "revoked"}` : `revoked ${revokedAt}`;
      return `${id}  ${printable(name)}  ${role}  ${state}  ${lastUsedAt === null ? "never used" : `used ${lastUsedAt}`}`;
    },
    { none: "no tokens" },
  );
};

export const revokeToken: Run<typeof declared.revokeToken> = async ({ args, options, io }) => {
  await using opened = await openAccess(options, io.env);
  const { id, name } = await opened.access.revokeToken(args.name, opened.actor);
  await io.answer({ id, name }, `${id}  ${printable(name)} revoked`);
};

export const listSessions: Run<typeof declared.listSessions> = async ({ options, io }) => {
  await using opened = await openAccess(options, io.env);
  const sessions = (await opened.access.listSessions()).map((session) => ({
    ...session,
    createdAt: timeText(session.createdAt),
    lastUsedAt: timeText(session.lastUsedAt),
    expiresAt: timeText(session.expiresAt),
  }));
  await io.each(
    sessions,
    ({ id, name, label, role, createdAt, lastUsedAt }) =>
      `${id}  ${printable(label ?? name)}  ${role}  since ${createdAt}  used ${lastUsedAt}`,
    { none: "nobody is signed in" },
  );
};

export const endSession: Run<typeof declared.endSession> = async ({ args: { id }, options, io }) => {
  await using opened = await openAccess(options, io.env);
  if (!(await opened.access.endSession(id, opened.actor)))
    throw new OutdialError("not_found", `there is no session ${id}`, {
      advice: "It has ended already, or never was: outdial serve session list",
    });
  await io.answer({ id }, `${id} ended`);
};
