// outdial contacts: the vendor's contact lists.

import { collect, databaseUrl, type Register, tenantUrl } from "./tools.ts";

export const registerContacts: Register = (program, { action }) => {
  const contacts = program.command("contacts").description("the tenant's contact lists: who on them may be called");
  action(
    contacts
      .command("segment")
      .argument("<list>", "id of a contact list")
      .description("read a list to its end, judge every contact again, pass it through the gate, write who may be called now")
      .option("--query <query>", "sent to the tenant and judged here", "consentFlags.outbound.call==true")
      .option("--where <query>", "judged here only; may be given several times, all must hold", collect, [])
      .option("--campaign <id>", "the campaign it is for: its own rules at the tenant, its caps")
      .option("--call-type <type>", "telemarketing, prerecorded or collection", "telemarketing")
      .option("--at <time>", "the moment, such as 2026-06-16T15:00:00Z; now by default")
      .option("--pack <file>", "rule pack, JSON or YAML; the shipped one by default")
      .option("--out <file>", "write the contacts that may be called now; - writes to stdout")
      .option("--format <format>", "of --out: ndjson or csv; told from the file's name, else ndjson")
      .option("--decisions <file>", "write one NDJSON line per contact: dial, later and when, never, and why")
      .option("--manifest <file>", "write the signed manifest")
      .option("--no-limits", "lift the request limits (only where the tenant allows it)")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nQueries: attribute.path==value or !=, joined by &&, or true for all. A contact without the consent flag is never written, whatever the query.\n" +
          "When the tenant finds nobody, all contacts are read and judged here, and the command says so.\n" +
          "Files appear whole at the end, or not at all. Exit code 3 when nobody may be called now, 4 when an entry cannot be used or the list changed meanwhile.\n" +
          "\nExample:\n  $ outdial contacts segment list_12345 --campaign camp_primary_001 --where 'attributes.plan==gold' --out callable.csv",
      ),
    async () => (await import("../commands/contacts-segment.ts")).segment,
  );
};
