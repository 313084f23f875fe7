// Parses campaign files: YAML or JSON, several documents in one file, several files in a folder; every mistake with file, line,
// column, field and what is allowed.

import { readAside } from "../../aside/index.ts";
import { OperationError } from "../../error.ts";
import {
  type FileText,
  mistakeLine,
  type Place,
  placeIn,
  type ReadCampaign,
  type ReadTexts,
  readParts,
  readTexts,
  type Violation,
} from "./read-texts.ts";
import type { Extent } from "./schema.ts";

export { type FileText, type Place, type Violation, violationLine } from "./read-texts.ts";

/** A campaign of a file. */
export interface CampaignFile extends Pick<ReadCampaign, "id" | "name" | "status" | "document" | "own"> {
  readonly source: Place;
  /** The place of a field, or of the nearest enclosing one. */
  readonly placeOf: (path: string) => Place;
}

/** The parsed campaign files, with every violation and its place. */
export interface ParsedFiles {
  readonly campaigns: readonly CampaignFile[];
  readonly violations: readonly Violation[];
}

/** For a thread. */
const TEXTS = { of: "campaign files", module: "./read-texts", from: import.meta.url };
/**
 * Texts up to this length are read within some tenths of a second whatever they contain; longer ones are read on a separate
 * thread. Characters.
 */
const SMALL = 8_000;

/**
 * Parses campaign files. Large ones are read on a separate thread for at most ten seconds, so that they do not block others.
 * @param extent `part` for a tenant that keeps what a file leaves out (profile acd); the default needs whole documents
 * @throws OperationError `invalid_input` with every mistake, when a file is not a campaign file
 */
export async function parseCampaignFiles(files: readonly FileText[], extent: Extent = "whole"): Promise<ParsedFiles> {
  const length = files.reduce((sum, { text }) => sum + text.length, 0);
  const reader = extent === "whole" ? readTexts : readParts;
  const read = length <= SMALL ? await reader(files) : await readAside<typeof readTexts>({ ...TEXTS, name: reader.name }, files);
  if (read.mistakes.length > 0) throw invalid(read, extent);
  const campaigns = read.campaigns.map(campaignOf);
  return { campaigns, violations: [...read.violations, ...duplicates(campaigns)] };
}

function campaignOf(read: ReadCampaign): CampaignFile {
  const { id, name, status, document, own } = read;
  const placeOf = (path: string) => placeIn(read, path);
  return { source: placeOf(""), id, name, status, document, own, placeOf };
}

/** Campaigns that two documents describe: by id, or by name. */
function duplicates(campaigns: readonly CampaignFile[]): Violation[] {
  const found: Violation[] = [];
  for (const field of ["id", "name"] as const) {
    const first = new Map<string, CampaignFile>();
    for (const campaign of campaigns) {
      const key = campaign[field];
      if (key === null) continue;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, campaign);
      // Campaigns with the same name are told apart by their ids.
      else if (field === "id" || earlier.id === null || campaign.id === null) {
        const { file, line } = earlier.source;
        const message = `${JSON.stringify(key)} is described at ${file}:${line} as well; one campaign stands in one place`;
        found.push({ ...campaign.placeOf(field), rule: "DUPLICATE", campaign: campaign.name, field, message });
      }
    }
  }
  return found;
}

function invalid({ mistakes, moreMistakes }: ReadTexts, extent: Extent): OperationError {
  const lines = mistakes.map(mistakeLine);
  const problems = moreMistakes > 0 ? [...lines, `and ${moreMistakes} more mistakes`] : lines;
  return new OperationError("invalid_input", problems.join("\n"), {
    advice:
      extent === "whole"
        ? "schemas/campaign.schema.json describes the file; examples/campaigns has examples."
        : "schemas/campaign-acd.schema.json describes the file; examples/campaign-acd.yaml is an example.",
    details: { problems, mistakes },
  });
}
