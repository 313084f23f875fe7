// A loader of a data warehouse for the ACD API (v21), as integrations are written: a token by access key, completed contacts in pages until 204, summaries
// by windows. Knows nothing of this project; its address and key come from outside.

export interface LoaderConfig {
  /** Where an access key gives a token. */
  readonly area: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly pageSize: number;
}

type Row = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, string | number>>;

export class Warehouse {
  readonly #config: LoaderConfig;
  #base = "";
  /** Contacts by their id; a later version of one takes the place of the earlier. */
  readonly contacts = new Map<string, Row>();
  tokens = 0;

  constructor(config: LoaderConfig) {
    this.#config = config;
  }

  async #token(): Promise<string> {
    const { area, accessKeyId, accessKeySecret } = this.#config;
    const reply = await fetch(`${area}/authentication/v1/token/access-key`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ accessKeyId, accessKeySecret }),
    });
    if (reply.status !== 200) throw new Error(`no token: ${reply.status}`);
    const grant = (await reply.json()) as { access_token: string; expires_in: string | number; resource_server_base_uri: string };
    if (!(Number.parseInt(String(grant.expires_in), 10) > 0)) throw new Error("a token without a lifetime");
    this.#base = grant.resource_server_base_uri;
    this.tokens += 1;
    return grant.access_token;
  }

  /** Undefined for 204. A token is fetched for every request. */
  async #get(path: string, query: Query): Promise<Row | undefined> {
    const token = await this.#token();
    const url = new URL(`${this.#base}services/v21.0/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const reply = await fetch(url, { headers: { Authorization: `Bearer ${token}`, Accept: "application/json" } });
    if (reply.status === 204) return undefined;
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.headers.get("icStatusDescription") ?? ""}`);
    return (await reply.json()) as Row;
  }

  /** Everything that changed since an instant, in the order of its change. Ends at 204 alone. @returns the latest change */
  async loadContacts(since: Date): Promise<string> {
    let latest = "";
    for (let skip = 0; ; skip += this.#config.pageSize) {
      const updatedSince = since.toISOString().replace("Z", "+00:00");
      const query = { updatedSince, orderBy: "lastUpdateTime asc", skip, top: this.#config.pageSize };
      const page = await this.#get("contacts/completed", query);
      if (page === undefined) return latest;
      for (const row of rowsOf(page, "completedContacts")) {
        const [id, at] = [String(row["contactId"]), String(row["lastUpdateTime"])];
        if (at < latest) throw new Error(`contact ${id} is out of order`);
        latest = at;
        this.contacts.set(id, row);
      }
    }
  }

  /** Figures of skills over a range. */
  async skillSummaries(from: Date, to: Date): Promise<readonly Row[]> {
    const page = await this.#get("skills/summary", { startDate: from.toISOString(), endDate: to.toISOString() });
    if (page === undefined) throw new Error("skills/summary is never empty");
    return rowsOf(page, "skillSummaries");
  }

  /** Service levels, by the link to the next page. */
  async serviceLevels(from: Date, to: Date): Promise<readonly Row[]> {
    const found: Row[] = [];
    for (let skip = 0; ; skip += this.#config.pageSize) {
      const query = { startDate: from.toISOString(), endDate: to.toISOString(), skip, top: this.#config.pageSize };
      const page = await this.#get("skills/sla-summary", query);
      if (page === undefined) throw new Error("skills/sla-summary is never empty");
      if (typeof page["totalRecords"] !== "number") throw new Error("totalRecords is no number");
      found.push(...rowsOf(page, "serviceLevelSummaries"));
      if ((page["_links"] as { next?: unknown } | undefined)?.next === undefined) return found;
    }
  }

  /** The dialer's statistics hour by hour. */
  async dialerStatistics(from: Date, to: Date): Promise<readonly Row[]> {
    const found: Row[] = [];
    for (let start = from.getTime(); start < to.getTime(); start += 3_600_000) {
      const query = { startDate: new Date(start).toISOString(), endDate: new Date(start + 3_600_000).toISOString() };
      const page = await this.#get("wfm-data/skills/dialer-contacts", query);
      if (page === undefined) throw new Error("dialer-contacts is never empty");
      found.push(...rowsOf(page, "outboundStats"));
    }
    return found;
  }
}

function rowsOf(page: Row, name: string): readonly Row[] {
  const rows = page[name];
  if (!Array.isArray(rows)) throw new Error(`there is no list ${name}`);
  return rows as Row[];
}
