// Revocations of consent, which suppress at once, and the acknowledgements of each system that must carry them out.

import type { StoreCore, Tx } from "../commit.ts";
import { fitting, joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { AT } from "./append.ts";
import { countInForce } from "./in-force.ts";
import { insertSuppressions, suppressionEntry } from "./suppression.ts";
import type { FactsActor, NewRevocation, NewSuppression, RevocationState, SuppressionOrigin } from "./types.ts";

const INSERT = `insert into outdial.revocations (number, revoked_at, channel, reference, recorded_at)
  select number, ${AT("revoked_at")}, channel, reference, $5
  from unnest($1::bigint[], $2::float8[], ${textColumn("$3")}, ${textColumn("$4")}) as r (number, revoked_at, channel, reference)
  on conflict do nothing`;

type DatedRevocation = NewRevocation & { readonly revokedAt: number };

/** For other facts: an opt-out starts the revocation clock, inside of their transaction. @returns the number of new ones */
export async function insertRevocations(tx: Tx, rows: readonly DatedRevocation[], now: number): Promise<number> {
  if (rows.length === 0) return 0;
  const values = [
    numberArray(rows.map(({ number }) => number)),
    numberArray(rows.map(({ revokedAt }) => revokedAt)),
    joinTexts(rows.map(({ channel }) => fitting(channel))),
    joinTexts(rows.map(({ reference }) => fitting(reference))),
    new Date(now),
  ];
  return tx.change(INSERT, values);
}

/**
 * Records revocations, each with its suppression. @returns the number of new ones
 * @param origin how it arrived: by a channel, or by hand
 */
export function addRevocations(
  store: StoreCore,
  given: readonly NewRevocation[],
  by: FactsActor,
  origin: SuppressionOrigin = "channel",
): Promise<number> {
  return store.commit(async (tx) => {
    const rows = await dated(tx, given, origin, store.now());
    const result = await insertRevocations(tx, rows, store.now());
    const suppressions = rows.map((row): NewSuppression => {
      const { number, revokedAt: saidAt, reference } = row;
      return { number, saidAt, origin, code: codeOf(row), reference };
    });
    const added = await insertSuppressions(tx, suppressions, by, store.now());
    await countInForce(tx, by.importId, "suppressions", added.length);
    if (by.importId === undefined) tx.audit(added.map((one) => suppressionEntry(one, by.actor)));
    return result;
  });
}

const codeOf = ({ code, channel }: NewRevocation) => code ?? `revoked: ${channel}`;

/** Revocations of which it is not known when they were made are dated now, but only once: the same record again is none. */
async function dated(
  tx: Tx,
  given: readonly NewRevocation[],
  origin: SuppressionOrigin,
  now: number,
): Promise<readonly DatedRevocation[]> {
  const undated = given.filter(({ revokedAt }) => revokedAt === null);
  const recorded =
    undated.length === 0
      ? []
      : await tx.query<{ number: number; code: string; reference: string }>(
          "select number, code, reference from outdial.suppressions where origin = $1 and number = any($2::bigint[])",
          [origin, numberArray(undated.map(({ number }) => number))],
        );
  const keyOf = (number: number, code: string, reference: string) => JSON.stringify([number, fitting(code), fitting(reference)]);
  const known = new Set(recorded.map(({ number, code, reference }) => keyOf(number, code, reference)));
  return given.flatMap((row) => {
    if (row.revokedAt !== null) return [{ ...row, revokedAt: row.revokedAt }];
    return known.has(keyOf(row.number, codeOf(row), row.reference)) ? [] : [{ ...row, revokedAt: now }];
  });
}

/** A system's acknowledgement of a revocation. */
interface Acknowledgement {
  readonly revocationId: number;
  readonly system: string;
  readonly at: number;
  readonly evidence: string;
}

/**
 * Records that a system has carried out a revocation. @returns false when it was recorded before. @throws StoreError `not_found`
 */
export function acknowledge(store: StoreCore, ack: Acknowledgement, actor: string): Promise<boolean> {
  return store.commit(async (tx) => {
    const [revocation] = await tx.query<{ number: number }>("select number from outdial.revocations where id = $1", [
      ack.revocationId,
    ]);
    if (!revocation) throw new StoreError("not_found", `there is no revocation ${ack.revocationId}`);
    const made = await tx.change(
      `insert into outdial.revocation_acks (revocation_id, system, acknowledged_at, actor, evidence) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [ack.revocationId, storable(ack.system), new Date(ack.at), storable(actor), storable(ack.evidence)],
    );
    const entry = {
      actor,
      action: "revocation.acknowledge",
      subject: `+${revocation.number}`,
      details: { revocation: ack.revocationId, system: ack.system, evidence: ack.evidence },
    };
    if (made === 1) tx.audit([entry]);
    return made === 1;
  });
}

/** Which revocations to list. */
interface RevocationQuery {
  /** The systems that must carry revocations out. With `open`, only revocations that one of them has not acknowledged. */
  readonly systems: readonly string[];
  readonly open?: boolean | undefined;
  readonly number?: number | undefined;
  readonly limit: number;
  /** Id of a revocation: only newer ones. */
  readonly after?: number | undefined;
}

/** Revocations with their acknowledgements, oldest first. */
export async function listRevocations(store: StoreCore, query: RevocationQuery): Promise<RevocationState[]> {
  return store.query<RevocationState>(
    `select r.id, r.number, r.revoked_at as "revokedAt", r.channel, r.reference, (
        select coalesce(json_agg(json_build_object('system', a.system, 'at', (extract(epoch from a.acknowledged_at) * 1000)::float8,
          'actor', a.actor, 'evidence', a.evidence) order by a.acknowledged_at, a.system), '[]')
        from outdial.revocation_acks a where a.revocation_id = r.id) as acknowledgements
     from outdial.standing_revocations r
     where ($1::bigint is null or r.number = $1)
       and (not $2 or (select count(*) from outdial.revocation_acks a where a.revocation_id = r.id and a.system = any(${textColumn("$3")})) < $4)
       and ($6::bigint is null or (r.revoked_at, r.id) > (select f.revoked_at, f.id from outdial.revocations f where f.id = $6))
     order by r.revoked_at, r.id limit $5`,
    [query.number ?? null, query.open === true, joinTexts(query.systems), query.systems.length, query.limit, query.after ?? null],
  );
}
