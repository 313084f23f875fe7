// The tenant's campaigns as campaign files: planning these changes nothing.

import { z } from "zod";
import { DEVICE_NAME } from "../../../kernel/index.ts";
import { only } from "../file/document.ts";
import { vendorPaths } from "../file/schema.ts";
import type { TenantCampaign } from "../plan/types.ts";

/** What a campaign has that no file says, in words. */
const told = z.looseObject({ notInFile: z.array(z.string()).catch([]) });

/** A file that describes a campaign. */
export interface ExportedFile {
  /** File name without folder; unique within one export. */
  readonly name: string;
  readonly text: string;
  readonly campaignId: string;
}

/**
 * One file for each campaign, with the policy that the store has of it. It contains the id, so that the campaign can be renamed.
 * @param policies policies by campaign id; JSON
 */
export async function exportCampaigns(
  campaigns: readonly TenantCampaign[],
  policies: ReadonlyMap<string, unknown>,
): Promise<ExportedFile[]> {
  const { stringify } = await import("yaml");
  const paths = vendorPaths();
  const taken = new Set<string>();
  return campaigns.map((campaign) => {
    const { id, status, document } = campaign;
    const kept = policies.get(id);
    const content = {
      id,
      ...only(document, paths),
      ...(status === "active" || status === "paused" ? { status } : {}),
      ...(typeof kept === "object" && kept !== null ? kept : {}),
    };
    const name = fileName(campaign, taken);
    taken.add(name);
    const { notInFile } = told.parse(document);
    const head = [
      "Exported. Leave the id out to create a campaign like this one.",
      ...notInFile.map((one) => `Not in this file: ${one}`),
    ];
    // YAML 1.1 reads 08:00:00 as a number: such values are quoted.
    const yaml = stringify(content, { lineWidth: 0, compat: "yaml-1.1" });
    const text = `${head.map((line) => `# ${line.replaceAll(/\s+/g, " ")}\n`).join("")}${yaml}`;
    return { name, text, campaignId: id };
  });
}

/** A file name from the campaign's name, in characters that every file system accepts; with the id where two would be equal. */
function fileName({ name, id }: TenantCampaign, taken: ReadonlySet<string>): string {
  const plain = (text: string) =>
    text
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 80);
  const short = plain(name);
  for (const base of [short, [short, plain(id)].filter((part) => part !== "").join("-")])
    if (base !== "" && !DEVICE_NAME.test(base) && !taken.has(`${base}.yaml`)) return `${base}.yaml`;
  for (let number = 2; ; number++) if (!taken.has(`campaign-${number}.yaml`)) return `campaign-${number}.yaml`;
}
