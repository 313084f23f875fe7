// Collects the faults of a rule pack into one error with all paths, so that the pack can be corrected in one go.

import { ComplianceError } from "../error.ts";

/** A fault in a rule pack and its path. */
export interface PackProblem {
  readonly path: readonly string[];
  /** What is wrong and what is allowed. */
  readonly message: string;
}

const SHOWN = 20;
/** The most that are listed in the details; of the others the number is given. */
const TOLD = 200;

/** The error for a pack with faults. @param source file name or pack id */
export function packProblems(source: string, problems: readonly PackProblem[]): ComplianceError {
  const lines = problems.map(({ path, message }) => `${path.join(".") || "(root)"}: ${message}`);
  const more = lines.length > SHOWN ? [`… and ${lines.length - SHOWN} more`] : [];
  return new ComplianceError(
    "invalid_pack",
    [`${source} is not a usable rule pack`, ...lines.slice(0, SHOWN), ...more].join("\n  "),
    {
      advice: "the format is described by schemas/rule-pack.schema.json and docs/rule-packs.md",
      details: problems.length > TOLD ? { problems: problems.slice(0, TOLD), count: problems.length } : { problems },
    },
  );
}
