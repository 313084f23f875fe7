// Back-fill from the tenant's report of every dial, for calls that lie further back than the other reads reach.

import { ALL_ATTEMPTS_REPORT } from "../../contract/acd/index.ts";
import type { Clock } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

/** One row of the report, by column name. */
export type ReportRow = Readonly<Record<string, string>>;

/** How many file names are tried: a name that was ever used cannot be used again. */
const NAMES = 5;

/** Calls older than the API returns, read from the tenant's report of all attempts; the report's id is looked up once. */
export class AttemptsReport {
  readonly #requester: AcdRequester;
  readonly #clock: Clock;
  #reportId: Promise<string> | undefined;
  #downloads = 0;

  constructor(requester: AcdRequester, clock: Clock) {
    this.#requester = requester;
    this.#clock = clock;
  }

  /** The dials in a range of at most 30 days. @throws TenantError `not_found` when the tenant has no such report */
  async rows(from: number, to: number, options: AcdCallOptions): Promise<readonly ReportRow[]> {
    this.#reportId ??= this.#find(options);
    this.#reportId.catch(() => (this.#reportId = undefined));
    const path = { reportId: await this.#reportId };
    const [startDate, endDate] = [new Date(from).toISOString(), new Date(to).toISOString()];
    for (let tried = 1; ; tried += 1) {
      this.#downloads += 1;
      const fileName = `outdial-${from}-${this.#clock.now()}-${this.#downloads}.csv`;
      try {
        const query = { fileName, startDate, endDate, saveAsFile: false, includeHeaders: true };
        const { reply } = await this.#requester.request("dataDownload", { ...options, path, query });
        return rowsOf(Buffer.from(reply?.file ?? "", "base64").toString("utf8"));
      } catch (thrown) {
        if (!(thrown instanceof TenantError) || thrown.status !== 409 || tried === NAMES) throw thrown;
      }
    }
  }

  async #find(options: AcdCallOptions): Promise<string> {
    const { reply } = await this.#requester.request("listReports", { ...options, query: { reportType: "Data Download" } });
    const found = reply.reports.find(({ reportName }) => reportName?.toLowerCase() === ALL_ATTEMPTS_REPORT.toLowerCase());
    if (found !== undefined) return found.reportId;
    throw new TenantError(
      "not_found",
      `listReports: the tenant has no report ${JSON.stringify(ALL_ATTEMPTS_REPORT)} to download`,
      {
        operationId: "listReports",
        advice:
          "Dials of more than 30 days ago that no agent handled come only from that report; make it available to the owner of the access key.",
      },
    );
  }
}

function rowsOf(text: string): readonly ReportRow[] {
  const [header, ...lines] = fieldsOf(text);
  if (header === undefined) return [];
  return lines.map((line) => Object.fromEntries(header.map((name, at) => [name, line[at] ?? ""])));
}

// Parses the CSV of the tenant's reports: quoted fields may contain commas, quotes and line ends. Pure.

/** The lines of a text, split into fields; empty lines are left out. */
function fieldsOf(text: string): string[][] {
  const lines: string[][] = [];
  let [fields, field, quoted] = [[] as string[], "", false];
  const endLine = () => {
    if (fields.length > 0 || field !== "") lines.push([...fields, field]);
    [fields, field] = [[], ""];
  };
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  for (let at = 0; at < content.length; at += 1) {
    const letter = content[at] ?? "";
    if (quoted && letter === '"' && content[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (quoted) field += letter;
    else if (letter === ",") {
      fields.push(field);
      field = "";
    } else if (letter === "\n") endLine();
    else if (letter !== "\r") field += letter;
  }
  endLine();
  return lines;
}
