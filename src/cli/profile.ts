// Capabilities that commands need and that not every profile has: help and completion do not offer commands that the tenant's
// profile does not support.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Declaration, Node, Want } from "./command.ts";
import type { Surroundings } from "./surroundings.ts";

type Profile = "rest" | "acd";

/** What a profile lacks according to its capabilities: they refuse it in any case, with the reason. */
export const LACKING: Readonly<Record<Profile, readonly Want[]>> = {
  rest: ["do-not-call groups", "callbacks"],
  acd: ["campaigns as one document", "vendor events", "vendor audit", "simulator", "interactions"],
};

/** Whether a command, or all of its subcommands, cannot be used with a profile. */
export function isLacking(profile: Profile, { declaration, run, children }: Node): boolean {
  if (run === undefined) return children.length > 0 && children.every((child) => isLacking(profile, child));
  return declaration.wants !== undefined && LACKING[profile].includes(declaration.wants);
}

/** The commands without those that cannot be used. */
export const offered = (profile: Profile, nodes: readonly Node[]): readonly Node[] =>
  nodes.filter((node) => !isLacking(profile, node)).map((node) => ({ ...node, children: offered(profile, node.children) }));

const HELPING = new Set(["help", "--help", "-h", "__complete"]);

/**
 * The profile for help and completion: from the environment, else from the configuration file, which is only searched for it and
 * not parsed. Commands that run use the configuration. `rest` when none is given; undefined, for all commands, when several
 * tenants are named and one has the profile `acd`.
 */
export function profileToHelp(argv: readonly string[], { env, cwd }: Pick<Surroundings, "env" | "cwd">): Profile | undefined {
  if (argv.length > 0 && !argv.some((word) => HELPING.has(word))) return "rest";
  const named = env["OUTDIAL_PROFILE"];
  if (named !== undefined && named !== "") return named === "acd" ? "acd" : "rest";
  const at = argv.findIndex((word) => word === "--config" || word.startsWith("--config="));
  const given = at === -1 ? undefined : (argv[at]?.split("=")[1] ?? argv[at + 1]);
  try {
    const text = readFileSync(resolve(cwd, given ?? env["OUTDIAL_CONFIG"] ?? "outdial.yaml"), "utf8");
    if (!/^[^#\n]*\bprofile["']?\s*:\s*["']?acd\b/m.test(text)) return "rest";
    return /^["']?tenants["']?\s*:/m.test(text) ? undefined : "acd";
  } catch {
    return "rest";
  }
}

/** Precedes the help of a command that cannot be used. */
export const notOffered = ({ wants }: Declaration): string =>
  `Not offered by this tenant: its interface does not support this${wants === undefined ? "" : ` (${wants})`}.\n` +
  "outdial tenant probe shows the reason and the alternative; docs/profiles.md shows what works on which profile.\n";
