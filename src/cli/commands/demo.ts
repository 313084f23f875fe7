// outdial demo: the whole product over a living tenant until it is interrupted; with --once a tagging job that ends by itself.

import { resolve } from "node:path";
import { dashboardFolder, openDemo } from "../../app/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { printable } from "../render-tagging.ts";
import { openBrowser, stopped } from "../running.ts";
import { demoOnce } from "./demo-once.ts";

interface DemoFlags extends GlobalFlags {
  readonly once?: boolean;
  readonly dir?: string;
  readonly port: string;
  readonly open?: boolean;
}

const STORY = [
  "what you are seeing",
  "  Campaigns    Spring renewals dials; its second list stands by. In a few seconds nobody answers the first list any more.",
  "  Watch        Within a minute the watch is sure of it, not before: it pauses the first, waits until its calls have ended,",
  "               asks the pre-dial gate, and lets the second dial. The success rate, the evidence and each step are on one axis.",
  "  Abandonment  The month is close to the 3 % that the law allows: the budget says what is left.",
  "  Jobs         400 calls are being tagged; a month of outcomes was brought home.",
  "  Audit        Everything that happened, verifiable.",
];

export async function demo(args: readonly string[], flags: DemoFlags, io: Io): Promise<number> {
  if (flags.once === true) return demoOnce(args, flags, io);
  const port = wholeNumber("--port", flags.port, 0, 65_535);
  const preparing = new AbortController();
  const ended = stopped(io).then(() => preparing.abort());
  const pages = await dashboardFolder();
  if (pages === undefined) io.say("the dashboard is not built here: npm run build:web builds it");
  const opened = await openDemo(io.env, {
    signal: preparing.signal,
    dir: flags.dir === undefined ? undefined : resolve(io.cwd, flags.dir),
    port,
    clock: io.clock,
    pages,
    say: (line) => io.say(line),
    log: (level, message) => {
      if (level === "error") io.say(`${level}: ${printable(message)}`);
    },
  }).catch((thrown: unknown) => {
    if (!preparing.signal.aborted) throw thrown;
  });
  if (opened === undefined) return EXIT.interrupted;
  await using running = opened;
  const { service, tenantUrl } = running;
  const loginUrl = await service.loginLink("demo", "admin");
  if (io.json) await io.data(JSON.stringify({ url: service.url, loginUrl, tenantUrl }));
  else await io.data(`outdial is at ${service.url}`);
  io.say(`sign in within ten minutes, once: ${loginUrl}`);
  for (const line of ["", ...STORY, "", "Ctrl-C ends everything."]) io.say(line);
  if (flags.open === true) openBrowser(loginUrl, io);
  await ended;
  io.say("stopping …");
  return EXIT.done;
}
