// Self-contained proofs that an entry is in the log, and that the log only grew. Made from the database, checked without it.

import { z } from "zod";
import { problemText } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import type { Bytes, Connection } from "../plain-types.ts";
import { NODE_LEVELS, readRow, toEntry } from "./append.ts";
import { type AuditEntry, leafOfEntry } from "./entry.ts";
import {
  consistencyRanges,
  hashNode,
  inclusionRanges,
  isConsistent,
  type LeafRange,
  perfectSubtrees,
  rootFromInclusion,
} from "./merkle.ts";
import { openCheckpoint, readVerifier } from "./note.ts";

const INCLUSION = "outdial-audit-proof@1";
const CONSISTENCY = "outdial-audit-consistency@1";

const hashes = z.array(z.base64());

const proofSchema = z.object({
  format: z.literal(INCLUSION),
  entry: z.object({
    seq: z.int().min(0),
    time: z.string(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    job: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    salt: z.string().optional(),
  }),
  path: hashes,
  checkpoint: z.string(),
});

const consistencySchema = z.object({ format: z.literal(CONSISTENCY), first: z.string(), second: z.string(), path: hashes });

/** An entry with the hashes that lead from it to a signed root. JSON. */
export type AuditProof = z.infer<typeof proofSchema>;

/** Two signed checkpoints with the hashes that show that the second log begins with the first. JSON. */
export type AuditConsistency = z.infer<typeof consistencySchema>;

/** The result of checking a proof: what it proves, or why it proves nothing. */
export type ProofVerdict<T> =
  | ({ readonly ok: true; readonly origin: string } & T)
  | { readonly ok: false; readonly message: string };

/**
 * Checks an inclusion proof with the log's public key (the text of `audit.pub`) alone. Pure. Throws StoreError `audit_key` when
 * the key is malformed.
 */
export function verifyProof(proof: unknown, vkey: string): ProofVerdict<{ readonly entry: AuditEntry; readonly size: number }> {
  const verifier = readVerifier(vkey);
  const parsed = proofSchema.safeParse(proof);
  if (!parsed.success) return { ok: false, message: `not an audit proof: ${problemText(proofSchema, proof, parsed.error)}` };
  const { entry, path, checkpoint } = parsed.data;
  const said = openCheckpoint(checkpoint, verifier);
  if (!said) return { ok: false, message: "the checkpoint is not signed by this key" };
  const root = rootFromInclusion(entry.seq, said.size, leafOfEntry(entry), decode(path));
  if (!root?.equals(said.root))
    return { ok: false, message: `entry ${entry.seq} is not in the log that the checkpoint was signed for` };
  return { ok: true, origin: said.origin, entry, size: said.size };
}

/** Checks a consistency proof with the log's public key alone. Pure. Throws StoreError `audit_key`. */
export function verifyConsistency(
  proof: unknown,
  vkey: string,
): ProofVerdict<{ readonly first: number; readonly second: number }> {
  const verifier = readVerifier(vkey);
  const parsed = consistencySchema.safeParse(proof);
  if (!parsed.success)
    return { ok: false, message: `not a consistency proof: ${problemText(consistencySchema, proof, parsed.error)}` };
  const first = openCheckpoint(parsed.data.first, verifier);
  const second = openCheckpoint(parsed.data.second, verifier);
  if (!first || !second) return { ok: false, message: "a checkpoint is not signed by this key" };
  if (!isConsistent(first.size, second.size, first.root, second.root, decode(parsed.data.path))) {
    return { ok: false, message: `the log of ${second.size} entries does not begin with the log of ${first.size}` };
  }
  return { ok: true, origin: first.origin, first: first.size, second: second.size };
}

function decode(path: readonly string[]): Buffer[] {
  return path.map((text) => Buffer.from(text, "base64"));
}

/** Makes the inclusion proof of an entry under a checkpoint of `size` entries. Throws StoreError `not_found`. */
export async function buildProof(connection: Connection, seq: number, size: number, checkpoint: string): Promise<AuditProof> {
  const row = seq < size ? await readRow(connection, seq) : undefined;
  if (!row)
    throw new StoreError("not_found", `the audit log has no entry ${seq}; it has ${size}`, {
      advice: "Entries are counted from 0.",
    });
  if (row.erased !== null)
    throw new StoreError("not_found", `what entry ${seq} said of a person was erased; entry ${row.erased} says so`, {
      advice: "Proofs of every other entry hold, and so does one of this entry that was made before.",
    });
  const path = await hashesOf(connection, inclusionRanges(seq, size));
  return { format: INCLUSION, entry: toEntry(row), path, checkpoint };
}

/** Makes the consistency proof between two checkpoints. */
export async function buildConsistency(
  connection: Connection,
  first: { size: number; note: string },
  second: { size: number; note: string },
): Promise<AuditConsistency> {
  const path = await consistencyPath(connection, first.size, second.size);
  return { format: CONSISTENCY, first: first.note, second: second.note, path };
}

/** The hashes of a consistency proof between two sizes of the log, base64; empty when one is 0 or they are equal. */
export async function consistencyPath(connection: Connection, first: number, second: number): Promise<string[]> {
  return first === 0 || first === second ? [] : hashesOf(connection, consistencyRanges(first, second));
}

async function hashesOf(connection: Connection, ranges: readonly LeafRange[]): Promise<string[]> {
  const found: string[] = [];
  for (const range of ranges) found.push((await rangeHash(connection, range)).toString("base64"));
  return found;
}

/** The hash of a range of leaves: its perfect subtrees, largest first, folded from the right. */
async function rangeHash(connection: Connection, range: LeafRange): Promise<Bytes> {
  const roots = await subtreeHashes(connection, range);
  return roots.map(({ hash }) => hash).reduceRight((right, left) => hashNode(left, right));
}

/** Longest range of leaves that is read in one statement. */
const SHORT_RUN = 512;

/** The roots of the perfect subtrees of a range of leaves, from left to right. */
export async function subtreeHashes(connection: Connection, range: LeafRange): Promise<{ level: number; hash: Bytes }[]> {
  const { from, to } = range;
  const leaves = to - from <= SHORT_RUN ? await readHashes(connection, 0, from, to - from) : undefined;
  const roots: { level: number; hash: Bytes }[] = [];
  for (const { level, index } of perfectSubtrees(range)) {
    const start = index * 2 ** level - from;
    const layer = leaves?.slice(start, start + 2 ** level) ?? (await storedLayer(connection, level, index));
    roots.push({ level, hash: foldLayer(layer) });
  }
  return roots;
}

/** At most 128 stored hashes of the nearest stored level at or below a perfect subtree's level. */
function storedLayer(connection: Connection, level: number, index: number): Promise<Bytes[]> {
  const stored = level - (level % NODE_LEVELS);
  const width = 2 ** (level - stored);
  return readHashes(connection, stored, index * width, width);
}

/** The root of a perfect subtree from all its hashes of one level. */
function foldLayer(hashes: readonly Bytes[]): Bytes {
  let layer = [...hashes];
  while (layer.length > 1) layer = layer.flatMap((left, i) => (i % 2 === 0 ? [hashNode(left, layer[i + 1] ?? left)] : []));
  const [root] = layer;
  if (root) return root;
  throw new StoreError("invalid_state", "a row that a proof needs is missing in the audit log", {
    advice: "Run outdial audit verify.",
  });
}

async function readHashes(connection: Connection, level: number, from: number, count: number): Promise<Bytes[]> {
  const leaves = "select leaf as hash from outdial.audit where seq >= $1 and seq < $2 order by seq";
  const nodes = `select hash from outdial.audit_nodes where level = ${level} and index >= $1 and index < $2 order by index`;
  const { rows } = await connection.query<{ hash: Bytes }>({ text: level === 0 ? leaves : nodes, values: [from, from + count] });
  return rows.length === count ? rows.map(({ hash }) => hash) : [];
}
