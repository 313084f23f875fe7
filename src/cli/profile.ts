// What commands need of a tenant that not every profile has: help and completion of a tenant without it do not offer them.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Declaration, Node, Want } from "./command.ts";
import type { Surroundings } from "./surroundings.ts";

type Profile = "rest" | "acd";

/** What a profile has not, as its capabilities say: they refuse it in any case, with the reason. */
export const LACKING: Readonly<Record<Profile, readonly Want[]>> = {
  rest: ["do-not-call groups", "callbacks"],
  acd: ["campaigns as one document", "vendor events", "vendor audit", "simulator", "interactions"],
};

/** Whether a command, or everything below it, is of no use on a profile. */
export function isLacking(profile: Profile, { declaration, run, children }: Node): boolean {
  if (run === undefined) return children.length > 0 && children.every((child) => isLacking(profile, child));
  return declaration.wants !== undefined && LACKING[profile].includes(declaration.wants);
}

/** The commands without those of no use. */
export const offered = (profile: Profile, nodes: readonly Node[]): readonly Node[] =>
  nodes.filter((node) => !isLacking(profile, node)).map((node) => ({ ...node, children: offered(profile, node.children) }));

const HELPING = new Set(["help", "--help", "-h", "__complete"]);

/**
 * The profile that help and completion are for: of the environment, else of the configuration file, which is only looked through, not read. Commands
 * that run go by the configuration. `rest` when nothing is asked for; undefined, for all commands, where several tenants are named and one is of `acd`.
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

/** Before the help of a command that is of no use. */
export const notOffered = ({ wants }: Declaration): string =>
  `Not offered by this tenant: its interface has not what this needs${wants === undefined ? "" : ` (${wants})`}.\n` +
  "outdial tenant probe says why, and what stands in its place; docs/profiles.md shows what works on which profile.\n";
