// Campaigns of the tenant: the document that a client wrote, its version, its disposition codes and figures that were set.

import type { Instant } from "../../kernel/index.ts";
import type { Scenario, ScenarioCampaign } from "../scenario/index.ts";
import type { IdMaker } from "./ids.ts";

type DispositionCodes = ScenarioCampaign["dispositionCodes"];
export type MetricsFigures = NonNullable<ScenarioCampaign["metrics"]>;

/** What a campaign reply shows: the fields of contract §2.3 and any other field that a client sent. */
interface CampaignDocument {
  readonly id: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** One campaign. Records are replaced, never changed in place. */
export interface CampaignRecord {
  readonly document: CampaignDocument;
  readonly etag: string;
  readonly dispositionCodes: DispositionCodes;
  /** Used instead of measured figures until the campaign places calls. */
  readonly figures?: MetricsFigures;
  /** Used instead of measured figures. */
  readonly pinned?: MetricsFigures;
}

export interface CampaignBook {
  get(id: string): CampaignRecord | undefined;
  /** In the order of creation. */
  all(): Iterable<CampaignRecord>;
  readonly size: number;
  create(id: string, fields: Readonly<Record<string, unknown>>, codes: DispositionCodes, now: Instant): CampaignRecord;
  /** Writes a new version with the fields replaced by `fields`; id and creation time stay. */
  replace(id: string, fields: Readonly<Record<string, unknown>>, now: Instant): CampaignRecord | undefined;
  /** Writes a new version with some fields changed. */
  merge(id: string, fields: Readonly<Record<string, unknown>>, now: Instant): CampaignRecord | undefined;
  setFigures(id: string, kind: "figures" | "pinned", figures: MetricsFigures | undefined): void;
  snapshot(): CampaignRecord[];
  restore(records: readonly CampaignRecord[]): void;
}

export function createCampaignBook(scenario: Scenario, ids: IdMaker, start: Instant): CampaignBook {
  const records = new Map<string, CampaignRecord>();
  const etag = () => `"${ids.tag()}"`;

  const write = (record: CampaignRecord, document: CampaignDocument): CampaignRecord => {
    const next = { ...record, document, etag: etag() };
    records.set(document.id, next);
    return next;
  };
  const update = (id: string, now: Instant, fields: (old: CampaignDocument) => Readonly<Record<string, unknown>>) => {
    const old = records.get(id);
    if (old === undefined) return undefined;
    const next = fields(old.document);
    const status = typeof next["status"] === "string" ? next["status"] : old.document.status;
    return write(old, { ...next, id, status, createdTime: old.document["createdTime"], lastModifiedTime: time(now) });
  };

  const book: CampaignBook = {
    get: (id) => records.get(id),
    all: () => records.values(),
    get size() {
      return records.size;
    },
    create(id, fields, dispositionCodes, now) {
      const status = typeof fields["status"] === "string" ? fields["status"] : "paused";
      const document = { ...fields, id, status, createdTime: time(now), lastModifiedTime: time(now) };
      const record = { document, etag: etag(), dispositionCodes };
      records.set(id, record);
      return record;
    },
    replace: (id, fields, now) => update(id, now, () => fields),
    merge: (id, fields, now) => update(id, now, (old) => ({ ...old, ...fields })),
    setFigures(id, kind, figures) {
      const record = records.get(id);
      if (record === undefined) return;
      const { [kind]: _, ...rest } = record;
      records.set(id, figures === undefined ? rest : { ...rest, [kind]: figures });
    },
    snapshot: () => [...records.values()],
    restore(saved) {
      records.clear();
      for (const record of saved) records.set(record.document.id, record);
    },
  };

  for (const { id, dispositionCodes, metrics, name = id, ...fields } of scenario.campaigns) {
    book.create(id, { name, ...fields }, dispositionCodes, start);
    if (metrics !== undefined) book.setFigures(id, "figures", metrics);
  }
  return book;
}

const time = (now: Instant): string => new Date(now).toISOString();
