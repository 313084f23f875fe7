// outdial serve: runs the service until it is told to stop.

import { dashboardFolder, openService } from "../../app/index.ts";
import { createLogger } from "../../server/index.ts";
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
    format === "json"
      ? createLogger({ level, secrets: secretsIn(process.env), write: (line) => process.stderr.write(line) })
      : undefined;
  await using service = await openService(flags, process.env, {
    host: flags.host,
    port,
    pages,
    logger,
    log:
      logger?.log ??
      ((level, message, details) => {
        if (level === "debug" && flags.verbose !== true) return;
        io.say(`${level}: ${printable(message)}${details === undefined ? "" : ` ${printable(JSON.stringify(details))}`}`);
      }),
  });
  const link = await service.loginLink(process.env["USER"] ?? "owner", "admin");
  if (io.json) await io.data(JSON.stringify({ url: service.url, port: service.port, loginUrl: link }));
  else await io.data(`outdial is at ${service.url}`);
  io.say(`sign in within ten minutes, once: ${link}`);
  if (flags.open === true) openBrowser(link, io);
  await stopped();
  io.say("stopping: what is under way is being finished …");
  return EXIT.done;
}

/** Values of the environment that no log may show. */
function secretsIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = Object.entries(environment).filter(([name]) => /SECRET|TOKEN|PASSWORD|_KEY$|DATABASE_URL$/.test(name));
  return named.flatMap(([, value]) => value ?? []);
}
