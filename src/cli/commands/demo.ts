// outdial demo: the whole product with a living tenant until it is interrupted; with --once a tagging job on the example file
// that ends by itself.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { credentialsOf, dashboardFolder, openDemo, openEventReceiver, openTagging } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { createSandbox, type Sandbox } from "../../sandbox/index.ts";
import type { Place, Run } from "../command.ts";
import { examplePath } from "../examples.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/demo.ts";
import type { Io } from "../io.ts";
import { jobLines, Pace, planLines, progressLine } from "../render-tagging.ts";
import { openBrowser, stopped } from "../running.ts";
import { openInput } from "../source.ts";
import { grouped, printable } from "../text.ts";

const STORY = [
  "what you are seeing",
  "  Campaigns    Spring renewals dials; its second list stands by. In a few seconds nobody answers the first list any more.",
  "  Watch        Within a minute the watch has enough evidence: it pauses the first, waits until its calls have ended,",
  "               asks the pre-dial gate, and lets the second dial. The success rate, the evidence and each step are on one axis.",
  "  Abandonment  About 3 of 100 live answers of the last 30 days were abandoned: the budget says what the law leaves.",
  "  Jobs         400 calls are being tagged; the outcomes of a month were retrieved.",
  "  Audit        Everything that happened, verifiable.",
];

const ACD_STORY = [
  "what you are seeing: the tenant answers the ACD API, and its campaigns are skills",
  "  Campaigns    Spring renewals dials; its second list stands by. In a few seconds nobody answers the first list any more.",
  "  Watch        The dialer's statistics are by quarter of an hour: within some minutes the watch has enough evidence. It stops the first",
  "               skill, sees it stopped and drained, asks the pre-dial gate, and starts the second.",
  "  Tenant       What this interface does not offer, with the reason and what stands in its place: dispositions of finished contacts,",
  "               closed interactions, events of the vendor, its audit log, its simulator. A probe finds out what the tenant can do.",
  "  Jobs         The outcomes of a month were retrieved: contacts joined with the attempts on the lists.",
  "  Audit        Everything that happened, verifiable.",
];

export const demo: Run<typeof declared.demo> = async ({ options, io }) => {
  const { dir, port, profile = "rest" } = options;
  if (options.once) return demoOnce(options, io, profile);
  const { signal } = io;
  const pages = await dashboardFolder(io.say);
  if (pages === undefined) io.say("the dashboard is not built here: npm run build:web builds it");
  const opened = await openDemo(io.env, {
    signal,
    profile,
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
  io.say([
    `sign in within ten minutes, once: ${loginUrl}`,
    "",
    ...(profile === "acd" ? ACD_STORY : STORY),
    "",
    "Ctrl-C ends everything.",
  ]);
  if (options.open) openBrowser(loginUrl, io);
  await stopped(io);
  io.say("stopping …");
};

const CAMPAIGN = "camp_primary_001";
const SKILL = "4001";
/** Number of contacts that the demo's job tags when dispositions cannot be set. */
const CONTACTS = 60;
const NO_LIMITS = { "acd-read": "off", "acd-write": "off", "acd-report": "off", "acd-extract": "off" } as const;
const ACD_ONCE = [
  `tagging             ${CONTACTS} finished contacts of skill ${SKILL}, by a tag for the code (--instead tag)`,
  "not offered         setting the disposition of a finished contact: this interface cannot change it",
];

/** Finished contacts of the first skill as rows of a job. */
async function contactRows(sandbox: Sandbox, url: string): Promise<string> {
  const { createAcdTenant } = await import("../../tenant/acd/index.ts");
  const tenant = createAcdTenant({ issuer: url, credentials: sandbox.accessKey, limits: NO_LIMITS });
  try {
    const { dispositionCodes } = await tenant.capabilities.dispositionCatalog.matrix(SKILL);
    const code = dispositionCodes[0]?.id ?? "";
    const rows = ["call_id,disposition_code_id,notes"];
    for await (const { id, side } of tenant.capabilities.outcomeSource.calls({ campaignId: SKILL }))
      if (side !== "attempts" && rows.length <= CONTACTS) rows.push(`${id},${code},seen in the demo`);
    return `${rows.join("\n")}\n`;
  } finally {
    await tenant.close();
  }
}

async function demoOnce({ config }: Pick<Place, "config">, io: Io, profile: "rest" | "acd"): Promise<number> {
  // Used from the start: whatever is open when the signal comes is closed, and the folder is removed.
  const { signal } = io;
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "outdial-demo-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  // The settings in the folder where somebody tries the demo are for another tenant.
  const own = join(dir, "outdial.yaml");
  await writeFile(own, profile === "acd" ? `limits: ${JSON.stringify(NO_LIMITS)}\n` : "{}\n");
  const sandbox = createSandbox();
  stack.defer(() => sandbox.close());
  const receiver = await openEventReceiver();
  stack.defer(() => receiver.close());
  const { url } = await sandbox.listen();
  io.say(`sandbox tenant      ${url}`);
  io.say(`event receiver      ${receiver.url}`);
  signal.throwIfAborted();
  const environment = {
    ...io.env,
    ...credentialsOf(sandbox, profile),
    OUTDIAL_BI_URL: receiver.url,
    OUTDIAL_BI_SECRET: receiver.secret,
    OUTDIAL_ACTOR: "demo",
    DATABASE_URL: undefined,
    OUTDIAL_TENANT: undefined,
  };
  await using runtime = await openTagging(
    { config: config ?? own, dir, tenantUrl: url, store: { makes: "store" } },
    environment,
    { warn: io.say },
  );
  signal.throwIfAborted();
  if (profile === "acd") io.say(ACD_ONCE);
  else io.say(`tagging             examples/calls.csv, campaign ${CAMPAIGN}, within 100 requests a second`);
  const rows = profile === "acd" ? Buffer.from(await contactRows(sandbox, url)) : undefined;
  const input =
    rows === undefined
      ? await openInput(examplePath("calls.csv"), io)
      : {
          name: "contacts.csv",
          rereadable: true,
          async *bytes() {
            yield rows;
          },
        };
  const instead = profile === "acd" ? { instead: "tag" as const } : {};
  const { job } = await runtime.tagging.submit({ ...input, read: {} }, profile === "acd" ? SKILL : CAMPAIGN, instead);
  if (job.plan !== undefined) io.say(planLines(job.plan));
  signal.throwIfAborted();
  await watched(runtime, job.id, io, signal);
  signal.throwIfAborted();
  const delivered = await runtime.deliverEvents();
  signal.throwIfAborted();
  const ended = await runtime.records.show(job.id);
  io.say(["", ...jobLines(ended), ...(profile === "acd" ? [] : ["rows that the tenant did not accept:"])]);
  for (const result of ["locked", "not_found"] as const) {
    let shown = 0;
    for await (const row of (await runtime.records.rows(job.id, { only: result })).rows) {
      if (shown++ === 3) break;
      io.say(
        `  line ${row.line} ${row.callId}: ${result.replaceAll("_", " ")}${row.callStatus === undefined ? "" : `, the call is ${row.callStatus}`}`,
      );
    }
  }
  const verdict = await runtime.verifyAudit();
  io.say(
    verdict.ok
      ? `audit               ${grouped(verdict.size)} entries verified, ${grouped(verdict.checkpoints)} signed checkpoints`
      : `audit NOT intact: ${verdict.message}`,
  );
  io.say(
    `events              ${grouped(receiver.verified())} received with a valid signature, ${grouped(delivered.pending)} waiting`,
  );
  // The example file has rows that the tenant refuses on purpose; contacts are all accepted, and a tag is not a disposition that
  // is sent to the receiver.
  const asMeant =
    profile === "acd"
      ? ended.status === "done" && ended.counts["contact_tagged"] === CONTACTS
      : ended.status === "partly_failed" && receiver.verified() === (ended.counts["tagged"] ?? 0);
  const whole = asMeant && verdict.ok;
  await io.answer({ job: ended, audit: verdict, events: delivered }, whole ? "demo complete" : "demo NOT complete");
  return whole ? EXIT.done : EXIT.failed;
}

async function watched(runtime: Awaited<ReturnType<typeof openTagging>>, id: string, io: Io, interrupted: AbortSignal) {
  interrupted.addEventListener("abort", () => runtime.interrupt());
  const pace = new Pace();
  let spoken = 0;
  const ended = await runtime.tagging.run(id, (progress) => {
    const done = Object.values(progress.counts).reduce((sum, count) => sum + count, 0);
    const line = progressLine(progress, pace.note(performance.now(), done, progress.totalRows));
    if (io.live) io.progress(line);
    else if (done >= spoken + 500) {
      spoken = done;
      io.say(`  ${line}`);
    }
  });
  if (ended.status === "stopped")
    throw new OutdialError(ended.stop?.code ?? "internal", ended.stop?.message ?? "the job stopped");
}
