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
  const flags = { ...options, profile: options.profile ?? (io.env["OUTDIAL_PROFILE"] === "acd" ? "acd" : undefined) };
  if (!options.sandbox) {
    const report = await initWorkplace(folder, flags, io.env);
    const { config, tenant, made } = report;
    await tell(report, io);
    const name = tenant === null ? [`Name the tenant under tenant.hosts in ${printableWhole(config)}.`] : [];
    if (made.length > 0)
      next(io, [
        ...name,
        ...elsewhere(report, io),
        "Bring the company's do-not-call list: outdial dnc import FILE (or outdial dnc declare-empty).",
        "See what is missing: outdial doctor.",
      ]);
    return EXIT.done;
  }
  const { createSandbox, defaultScenario } = await import("../../sandbox/index.ts");
  const world = defaultScenario();
  // What the vendor's pages make on a tenant of profile acd.
  const sandbox = createSandbox({ scenario: { ...world, acd: { ...world.acd, doNotCallGroups: ["Company"] } } });
  const stop = stopped(io);
  try {
    const report = await initSandbox(folder, sandbox, flags, io.env);
    await tell(report, io);
    const isAcd = flags.profile === "acd";
    const credential = isAcd ? /^CXONE_ACCESS_KEY_(ID|SECRET)(_FILE)?$/ : /^CXONE_CLIENT_(ID|SECRET)(_FILE)?$/;
    const own = Object.keys(io.env).filter((name) => credential.test(name));
    next(io, [
      ...elsewhere(report, io),
      ...(own.length === 0 ? [] : [`Unset ${own.join(", ")}: they go before the sandbox's own credentials.`]),
      ...(isAcd
        ? [
            "Leave this running: Ctrl-C ends the sandbox. In another terminal, see its campaigns (skills):",
            "outdial campaign status",
          ]
        : [
            "Leave this running: Ctrl-C ends the sandbox. In another terminal, tag one of its calls:",
            "outdial tag --call call_000001 --code DISP_001 --campaign camp_primary_001",
          ]),
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

/** The commands read another file than the one of the new workplace. */
function elsewhere({ config }: InitReport, { cwd, env }: Io): string[] {
  const named = env["OUTDIAL_CONFIG"]?.trim() ?? "";
  if (named === "" || resolve(cwd, named) === config) return [];
  return [`Unset OUTDIAL_CONFIG: commands read ${printableWhole(resolve(cwd, named))} and not this workplace.`];
}

const next = (io: Io, steps: readonly string[]) => io.say(["", "next", ...steps.map((step) => `  ${step}`)]);
