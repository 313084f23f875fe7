// outdial init.

import { resolve } from "node:path";
import { type InitReport, initSandbox, initWorkplace, workplaceAbove } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { wrong } from "../declare.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/init.ts";
import type { Io } from "../io.ts";
import { stopped } from "../running.ts";
import { printableWhole } from "../text.ts";

export const init: Run<typeof declared.init> = async ({ args, options, io }) => {
  const folder = resolve(io.cwd, args.folder ?? ".");
  if (options.sandbox && (options.tenantUrl ?? io.env["OUTDIAL_TENANT_URL"] ?? "") !== "")
    throw wrong("--sandbox cannot be used with --tenant-url or OUTDIAL_TENANT_URL: it is a tenant of its own");
  const above = await workplaceAbove(folder);
  const question = `${above} is a workplace already, and is used in ${folder} as well. Make another one in ${folder}?`;
  if (above !== undefined && !(await confirmed(question, io))) return EXIT.refused;
  if (!options.sandbox) {
    const report = await initWorkplace(folder, options, io.env);
    const { config, tenant, made } = report;
    await tell(report, io);
    const name = tenant === null ? [`Name the tenant under tenant.hosts in ${printableWhole(config)}.`] : [];
    if (made.length > 0)
      next(io, [
        ...name,
        "Bring the company's do-not-call list: outdial dnc import FILE (or outdial dnc declare-empty).",
        "See what is missing: outdial doctor.",
      ]);
    return EXIT.done;
  }
  const { createSandbox } = await import("../../sandbox/index.ts");
  const sandbox = createSandbox();
  const stop = stopped(io);
  try {
    const report = await initSandbox(folder, sandbox, options, io.env);
    await tell(report, io);
    const own = Object.keys(io.env).filter((name) => /^CXONE_CLIENT_(ID|SECRET)(_FILE)?$/.test(name));
    next(io, [
      ...(own.length === 0 ? [] : [`Unset ${own.join(", ")}: they go before the sandbox's own credentials.`]),
      "Leave this running: Ctrl-C ends the sandbox. In another terminal, tag one of its calls:",
      "outdial tag --call call_000001 --code DISP_001 --campaign camp_primary_001",
    ]);
    await stop;
  } finally {
    await sandbox.close();
  }
  return EXIT.done;
};

async function tell(report: InitReport, io: Io): Promise<void> {
  const { folder, config, store, tenant, made } = report;
  const wordOf = (what: "config" | "store") => (made.includes(what) ? "made" : "was there already");
  await io.answer(report, [
    `workplace  ${printableWhole(folder)}`,
    `  ${printableWhole(config)}: ${wordOf("config")}`,
    `  store ${printableWhole(store)}: ${wordOf("store")}`,
    ...(tenant === null ? [] : [`  tenant ${printableWhole(tenant)}`]),
  ]);
}

const next = (io: Io, steps: readonly string[]) => io.say(["", "next", ...steps.map((step) => `  ${step}`)]);
