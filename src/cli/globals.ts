// The options that every command has.

import { choice, file, flag, optional } from "./declare.ts";
import { COLOUR_WHEN } from "./tone.ts";

export const CONFIG = file("--config <file>", "configuration (default: outdial.yaml of this folder or the nearest above)");
export const DIR = file(
  "--dir <folder>",
  "folder of the embedded store and the audit keys (default: .outdial beside outdial.yaml)",
);
/** Without a name it only tells `outdial smoke` to use the configured tenant. */
export const TENANT_NAME = optional(
  "--tenant [name]",
  "one of the tenants of outdial.yaml (default: the one chosen with outdial context use)",
);
const VERSION = flag("--version", "print the version of the package, its commit when it is known, and the version of Node");
const JSON_ = flag("--json", "one JSON object on stdout instead of text");
const QUIET = flag("--quiet", "no messages and no progress on stderr");
const NO_PAGER = flag("--no-pager", "write long answers to the terminal, not through the pager");
const COLOR = choice("--color <when>", "colours of states: auto (on a terminal), always or never", COLOUR_WHEN);
const YES = flag("--yes", "do not ask for confirmation");

/** In the order of the help. */
export const GLOBAL_OPTIONS = [
  { ...VERSION, flags: "-V, --version" },
  CONFIG,
  DIR,
  TENANT_NAME,
  JSON_,
  { ...QUIET, flags: "-q, --quiet" },
  { ...YES, flags: "-y, --yes" },
  NO_PAGER,
  COLOR,
] as const;
