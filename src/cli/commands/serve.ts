// outdial serve: runs the service until it is told to stop.

import { dashboardFolder, openService, type RunningService } from "../../app/index.ts";
import { createLogger, type ServiceLog } from "../../server/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf, wholeNumber } from "../options.ts";
import { printable } from "../render-tagging.ts";
import { openBrowser, stopped } from "../running.ts";

interface ServeFlags extends GlobalFlags {
  readonly host?: string;
  readonly port?: string;
  readonly open?: boolean;
  readonly verbose?: boolean;
  readonly logFormat?: string;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

export async function serve(_args: readonly string[], flags: ServeFlags, io: Io): Promise<number> {
  const port = flags.port === undefined ? undefined : wholeNumber("--port", flags.port, 0, 65_535);
  const pages = await dashboardFolder();
  if (pages === undefined) io.say("the dashboard is not built here; the API is served all the same");
  const format = oneOf("--log-format", flags.logFormat ?? "text", ["text", "json"] as const);
  const level = flags.verbose === true ? "debug" : "info";
  const logger =
    format === "json" ? createLogger({ level, secrets: secretsIn(io.env), write: (line) => io.stderr.write(line) }) : undefined;
  const log: ServiceLog =
    logger?.log ??
    ((level, message, details) => {
      if (level === "debug" && flags.verbose !== true) return;
      io.say(`${level}: ${printable(message)}${details === undefined ? "" : ` ${printable(JSON.stringify(details))}`}`);
    });
  const service = await openService(flags, io.env, { host: flags.host, port, pages, logger, log });
  let exit: number = EXIT.done;
  try {
    // Whoever reads that it is there may stop it at once.
    const stop = stopped(io);
    await announce(service, format, flags.open === true, log, io);
    await stop;
    io.say("stopping: what is under way is being finished …");
  } finally {
    // Connections to a database that does not answer would keep the process for good.
    if (!(await service.end())) {
      exit = EXIT.failed;
      io.leave();
    }
  }
  return exit;
}

/** Says where the service is and how to sign in. */
async function announce(
  service: RunningService,
  format: "text" | "json",
  opens: boolean,
  log: ServiceLog,
  io: Io,
): Promise<void> {
  const link = await service.loginLink(io.env["USER"] ?? "owner", "admin");
  // It makes an administrator of whoever has it, so it is for a terminal: whatever else stdout and stderr lead to keeps what it gets.
  const shown = io.attended && !io.json && format === "text";
  const loginFile = shown ? undefined : await service.keepLoginLink(link);
  if (io.json) await io.data(JSON.stringify({ url: service.url, port: service.port, loginFile }));
  else await io.data(`outdial is at ${service.url}`);
  if (loginFile === undefined) io.say(`sign in within ten minutes, once: ${link}`);
  else log("info", "the link that signs in once, within ten minutes, is in a file", { loginFile });
  if (opens) openBrowser(link, io);
}

/** Values of the environment that no log may show. */
function secretsIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = Object.entries(environment).filter(([name]) => /SECRET|TOKEN|PASSWORD|_KEY$|DATABASE_URL$/.test(name));
  return named.flatMap(([, value]) => value ?? []);
}
