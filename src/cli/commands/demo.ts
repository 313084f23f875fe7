// outdial demo: the whole product over a living tenant until it is interrupted; with --once a tagging job that ends by itself.

import { resolve } from "node:path";
import { dashboardFolder, openDemo } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/demo.ts";
import { printable } from "../render-tagging.ts";
import { openBrowser, stopped } from "../running.ts";
import { demoOnce } from "./demo-once.ts";

const STORY = [
  "what you are seeing",
  "  Campaigns    Spring renewals dials; its second list stands by. In a few seconds nobody answers the first list any more.",
  "  Watch        Within a minute the watch is sure of it, not before: it pauses the first, waits until its calls have ended,",
  "               asks the pre-dial gate, and lets the second dial. The success rate, the evidence and each step are on one axis.",
  "  Abandonment  The month is close to the 3 % that the law allows: the budget says what is left.",
  "  Jobs         400 calls are being tagged; a month of outcomes was brought home.",
  "  Audit        Everything that happened, verifiable.",
];

export const demo: Run<typeof declared.demo> = async ({ options, io }) => {
  if (options.once) return demoOnce(options, io);
  const { dir, port } = options;
  const { signal } = io;
  const pages = await dashboardFolder();
  if (pages === undefined) io.say("the dashboard is not built here: npm run build:web builds it");
  const opened = await openDemo(io.env, {
    signal,
    dir: dir === undefined ? undefined : resolve(io.cwd, dir),
    port,
    clock: io.clock,
    pages,
    say: io.say,
    log: (level, message) => {
      if (level === "error") io.say(`${level}: ${printable(message)}`);
    },
  }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
  });
  if (opened === undefined) return EXIT.interrupted;
  await using running = opened;
  const { service, tenantUrl } = running;
  const loginUrl = await service.loginLink("demo", "admin");
  await io.answer({ url: service.url, loginUrl, tenantUrl }, `outdial is at ${service.url}`);
  io.say([`sign in within ten minutes, once: ${loginUrl}`, "", ...STORY, "", "Ctrl-C ends everything."]);
  if (options.open) openBrowser(loginUrl, io);
  await stopped(io);
  io.say("stopping …");
};
