// Manifests of gates, as they were signed.

import type { AuditLog } from "../audit/log.ts";
import type { Database } from "../database/database.ts";
import { withEntries } from "./suppression.ts";

/** A signed manifest. */
export interface StoredManifest {
  readonly id: string;
  readonly campaign: string;
  /** The moment it was made for, ms since the epoch. */
  readonly at: number;
  /** The signed text. */
  readonly manifest: string;
}

/** Keeps a manifest, with an audit entry that names it and its counts. */
export function addManifest(
  database: Database,
  audit: AuditLog,
  manifest: StoredManifest,
  by: { readonly actor: string; readonly details: Readonly<Record<string, unknown>> },
  now: number,
): Promise<void> {
  return withEntries(database, audit, async (connection) => {
    await connection.query(
      "insert into outdial.gate_manifests (id, campaign, at, manifest, created_at) values ($1, $2, $3, $4, $5)",
      [manifest.id, manifest.campaign, new Date(manifest.at), manifest.manifest, new Date(now)],
    );
    const entry = {
      actor: by.actor,
      action: "gate.manifest",
      subject: manifest.campaign,
      details: { id: manifest.id, ...by.details },
    };
    return { result: undefined, entries: [entry] };
  });
}

/** The manifest of an id, or undefined. */
export async function findManifest(database: Database, id: string): Promise<StoredManifest | undefined> {
  const [row] = await database.query<StoredManifest>(
    "select id, campaign, at, manifest from outdial.gate_manifests where id = $1",
    [id],
  );
  return row;
}

/** Which manifests to list. */
export interface ManifestQuery {
  readonly campaign?: string | undefined;
  readonly limit: number;
  /** Id of a manifest: only those before it in the list's order, older ones. */
  readonly after?: string | undefined;
}

/** Manifests, the newest first. */
export function listManifests(database: Database, { campaign, limit, after }: ManifestQuery): Promise<StoredManifest[]> {
  return database.query<StoredManifest>(
    `select id, campaign, at, manifest from outdial.gate_manifests where ($1::text is null or campaign = $1)
       and ($3::text is null or (created_at, id) < (select m.created_at, m.id from outdial.gate_manifests m where m.id = $3))
     order by created_at desc, id desc limit $2`,
    [campaign ?? null, limit, after ?? null],
  );
}
