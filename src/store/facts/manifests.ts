// Signed manifests of the gate.

import type { StoreCore } from "../commit.ts";

/** A signed manifest. */
export interface StoredManifest {
  readonly id: string;
  readonly campaign: string;
  /** The moment that it applies to, ms since the epoch. */
  readonly at: number;
  /** The signed text. */
  readonly manifest: string;
}

/** Stores a manifest, with an audit entry that names it and its counts. */
export function addManifest(
  store: StoreCore,
  manifest: StoredManifest,
  by: { readonly actor: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<void> {
  return store.commit(async (tx) => {
    await tx.query("insert into outdial.gate_manifests (id, campaign, at, manifest, created_at) values ($1, $2, $3, $4, $5)", [
      manifest.id,
      manifest.campaign,
      new Date(manifest.at),
      manifest.manifest,
      new Date(store.now()),
    ]);
    const entry = {
      actor: by.actor,
      action: "gate.manifest",
      subject: manifest.campaign,
      details: { id: manifest.id, ...by.details },
    };
    tx.audit([entry]);
  });
}

/** The manifest of an id, or undefined. */
export async function findManifest(store: StoreCore, id: string): Promise<StoredManifest | undefined> {
  const [row] = await store.query<StoredManifest>("select id, campaign, at, manifest from outdial.gate_manifests where id = $1", [
    id,
  ]);
  return row;
}

/** Which manifests to list. */
export interface ManifestQuery {
  readonly campaign?: string | undefined;
  readonly limit: number;
  /** Id of a manifest: only manifests after it in the list, which are older. */
  readonly after?: string | undefined;
}

/** Manifests, newest first. */
export function listManifests(store: StoreCore, { campaign, limit, after }: ManifestQuery): Promise<StoredManifest[]> {
  return store.query<StoredManifest>(
    `select id, campaign, at, manifest from outdial.gate_manifests where ($1::text is null or campaign = $1)
       and ($3::text is null or (created_at, id) < (select m.created_at, m.id from outdial.gate_manifests m where m.id = $3))
     order by created_at desc, id desc limit $2`,
    [campaign ?? null, limit, after ?? null],
  );
}

/** The newest manifest of each campaign. */
export function newestManifests(store: StoreCore): Promise<StoredManifest[]> {
  return store.query<StoredManifest>(
    "select distinct on (campaign) id, campaign, at, manifest from outdial.gate_manifests order by campaign, created_at desc, id desc",
  );
}
