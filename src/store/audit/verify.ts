// Recomputes the log, compares it with its signatures, and names the first wrong row.
//
// How each attack is detected: an edit changes the hash of the canonical text; a removal leaves a gap in seq; after a consistent
// rewrite, renumbering or swap, the seal, which needs the signing key, does not fit row and position; after any rewrite between
// two checkpoints, even with the private key, the root does not fit a signed checkpoint; after cutting off the end or restoring
// an older backup, the checkpoint kept outside the database is ahead of the log or of another history.
//
// A verification that found nothing is an entry of the log itself, and a later one can go on behind the entries that it has read: they must lead to the root
// that was found then, by their stored hashes, but what they say is not read again. Whoever cannot make seals cannot make such an entry.

import { z } from "zod";
import { StoreError } from "../error.ts";
import type { Bytes, Connection } from "../plain-types.ts";
import { COLUMNS, readCheckpoints, readRow, readRows, type StoredCheckpoint, type StoredRow, toEntry } from "./append.ts";
import { type AuditInput, leafOf, type Sealer } from "./entry.ts";
import type { HeadFinding, KeptHead } from "./heads.ts";
import { Frontier, isConsistent } from "./merkle.ts";
import { openCheckpoint, type Verifier } from "./note.ts";
import { conflictWith } from "./places.ts";
import { consistencyPath, subtreeHashes } from "./proof.ts";

/**
 * - `edited`, `removed`, `inserted`, `reordered`: what was done to the row `seq`
 * - `rewritten`: rows between two checkpoints were changed consistently; `seq` is the first of them
 * - `checkpoint_forged`, `checkpoint_removed`: a signed checkpoint is not by the log's key, or is missing; `seq` is the first row
 *   it covers
 * - `head_changed`: the stored state for appending does not match the rows
 * - `truncated`: the end of the log is missing, with its checkpoints; `seq` is the first missing row
 * - `rolled_back`: the log was set back and continued differently; the first differing row is at `seq` or before
 */
type TamperKind =
  | "edited"
  | "removed"
  | "inserted"
  | "reordered"
  | "rewritten"
  | "checkpoint_forged"
  | "checkpoint_removed"
  | "head_changed"
  | "truncated"
  | "rolled_back";

/** The log is consistent in itself. */
interface AuditWhole {
  readonly ok: true;
  /** Number of entries of the log. */
  readonly size: number;
  /** Root hash of the tree, base64. */
  readonly root: string;
  /** The entries that were not read now, because a verification before had read them; null when all were. */
  readonly earlier: Earlier | null;
  /** Number of signed checkpoints checked now. */
  readonly checkpoints: number;
  /** Whether row seals were checked too, which needs the private key. */
  readonly seals: boolean;
}

/** Entries that an earlier verification has read. */
export interface Earlier {
  /** They are those before this one. */
  readonly size: number;
  /** They were read at this time or later, ISO 8601: of several verifications that went on behind each other, the first one's. */
  readonly at: string;
  /** The entry that says so. */
  readonly seq: number;
}

/** The log is consistent, and no head outside contradicts it. */
interface AuditIntact extends AuditWhole {
  /**
   * Whether a head outside the store confirms it. Without one, a log that was cut short or set back to an older backup cannot be
   * distinguished from an intact one.
   */
  readonly verified: boolean;
  /** The comparison with each place of a head. */
  readonly heads: readonly HeadFinding[];
}

/** The log was tampered with. */
interface AuditTampered {
  readonly ok: false;
  /** The first affected row, counted from 0. */
  readonly seq: number;
  readonly kind: TamperKind;
  readonly message: string;
}

/** The result of a recomputation: intact, or the first wrong entry. */
export type AuditVerdict = AuditIntact | AuditTampered;

/** What verification uses besides the database. */
export interface Knowledge {
  readonly verifier: Verifier;
  /** Present when the private key is available. */
  readonly seal: Sealer | undefined;
  /** Heads that were read before the snapshot began. */
  readonly heads: readonly KeptHead[];
}

/** The action of entries that say that a verification found nothing. */
const VERIFIED = "audit.verified";
const verification = z.object({ size: z.int().min(1), root: z.base64(), readSince: z.iso.datetime() });

/** The entry that says that the log was verified. @param at when its reading began, ISO 8601 */
export function verifiedEntry(actor: string, { size, root, earlier }: AuditIntact, at: string): AuditInput {
  return { actor, action: VERIFIED, subject: "audit", details: { size, root, readSince: earlier?.at ?? at } };
}

/** What the latest genuine one of these entries says, with the tree of that time from the hashes that are stored. */
async function resumePoint(
  connection: Connection,
  seal: Sealer,
): Promise<{ readonly earlier: Earlier; readonly tree: Frontier } | undefined> {
  const { rows } = await connection.query<StoredRow>(
    // Few: looked for by their index, whatever the planner thinks of it.
    `select * from (select ${COLUMNS} from outdial.audit where action = '${VERIFIED}' offset 0) as verified order by seq desc limit 100`,
  );
  for (const row of rows) {
    const said = verification.safeParse(toEntry(row).details).data;
    if (said === undefined || said.size > row.seq || row.erased !== null || !isGenuine(row, row.seq, seal)) continue;
    const tree = await storedTree(connection, said.size);
    // Its hashes are not those of then. Which row is wrong is found by reading all.
    if (tree?.root().toString("base64") !== said.root) return undefined;
    return { earlier: { size: said.size, at: said.readSince, seq: row.seq }, tree };
  }
  return undefined;
}

/** The tree of the first entries, by their stored hashes; undefined when some are missing. */
async function storedTree(connection: Connection, size: number): Promise<Frontier | undefined> {
  const tree = Frontier.empty();
  const subtrees = await subtreeHashes(connection, { from: 0, to: size }).catch((thrown: unknown) => {
    if (thrown instanceof StoreError && thrown.code === "invalid_state") return undefined;
    throw thrown;
  });
  for (const { level, hash } of subtrees ?? []) tree.appendSubtree(level, hash);
  return subtrees && tree;
}

/** The action of entries that say from which entries a person was erased, each with the hash of what is left of it. */
export const ERASED = "data.erased";
const erasure = z.object({ entries: z.array(z.tuple([z.int(), z.string()])) });

function erasedIn(row: StoredRow): readonly (readonly [number, string])[] {
  return erasure.safeParse(toEntry(row).details).data?.entries ?? [];
}

/**
 * Verifies the log as `connection` sees it: one snapshot, in a transaction of its own. With `resumes` it goes on behind what an earlier verification has read,
 * where there is one; it reads all when something is wrong with that, to name it.
 */
export async function verifyLog(
  connection: Connection,
  known: Knowledge,
  { resumes }: { readonly resumes: boolean },
): Promise<AuditWhole | AuditTampered> {
  const point = resumes && known.seal !== undefined ? await resumePoint(connection, known.seal) : undefined;
  if (point === undefined) return verifyFrom(connection, known, { earlier: null, tree: Frontier.empty() });
  const { size } = point.earlier;
  for (const head of known.heads)
    if (head.size < size && !(await isBefore(connection, head, point.tree)))
      return verifyFrom(connection, known, { earlier: null, tree: Frontier.empty() });
  const heads = known.heads.filter((head) => head.size >= size);
  return verifyFrom(connection, { ...known, heads }, point);
}

/** Whether the tree begins with the one that a head was signed for. */
async function isBefore(connection: Connection, { size, root }: KeptHead, tree: Frontier): Promise<boolean> {
  if (size === 0) return true;
  const path = await consistencyPath(connection, size, tree.size).catch(() => []);
  const hashes = path.map((text) => Buffer.from(text, "base64"));
  return isConsistent(size, tree.size, root, tree.root(), hashes);
}

async function verifyFrom(
  connection: Connection,
  known: Knowledge,
  { earlier, tree: frontier }: { readonly earlier: Earlier | null; readonly tree: Frontier },
): Promise<AuditWhole | AuditTampered> {
  const begin = frontier.size;
  const checkpoints = readCheckpoints(connection, begin);
  const next = async (): Promise<StoredCheckpoint | undefined> => {
    const step = await checkpoints.next();
    return step.done ? undefined : step.value;
  };
  let covered = begin;
  let count = 0;
  let checkpoint = await next();
  const wanted = new Set(known.heads.map(({ size }) => size));
  /** Entries that were erased, until the entry that says so. */
  const erased = new Map<number, { readonly by: number; readonly left: string }>();
  const rootsAt = new Map<number, Bytes>([
    [0, Frontier.empty().root()],
    [begin, frontier.root()],
  ]);
  for await (const row of readRows(connection, begin)) {
    const seq = frontier.size;
    if (row.seq < seq) return tampered(row.seq, "inserted", `row ${row.seq} lies before the beginning of the log`);
    if (row.seq > seq) return tampered(seq, "removed", `row ${seq} was removed; the next one there is ${row.seq}`);
    const leaf = row.erased === null ? leafOf(seq, row) : row.leaf;
    if (!leaf.equals(row.leaf) || !isGenuine(row, seq, known.seal)) return classify(connection, row, known.seal);
    frontier.append(leaf);
    if (row.erased !== null) erased.set(seq, { by: row.erased, left: leafOf(seq, row).toString("base64") });
    else if (row.action === ERASED)
      for (const [of, left] of erasedIn(row)) if (erased.get(of)?.by === seq && erased.get(of)?.left === left) erased.delete(of);
    if (checkpoint !== undefined && checkpoint.size <= frontier.size) {
      const verdict = judge(checkpoint, frontier, covered, known.verifier);
      if (verdict) return verdict;
      covered = checkpoint.size;
      count += 1;
      checkpoint = await next();
    }
    if (wanted.has(frontier.size)) rootsAt.set(frontier.size, frontier.root());
  }
  for (const [seq, { by }] of erased)
    return tampered(seq, "edited", `row ${seq} is not what was written there, and entry ${by} does not say that this was erased`);
  if (checkpoint) {
    const signed = openCheckpoint(checkpoint.note, known.verifier)?.size === checkpoint.size;
    if (!signed) return forged(checkpoint, covered);
    return tampered(
      frontier.size,
      "removed",
      `row ${frontier.size} and those behind it were removed; a signed checkpoint says ${checkpoint.size}`,
    );
  }
  return (
    (await judgeEnd(connection, frontier, covered, known)) ??
    judgeHeads(frontier, rootsAt, known.heads) ?? {
      ok: true,
      size: frontier.size,
      root: frontier.root().toString("base64"),
      earlier,
      checkpoints: count,
      seals: known.seal !== undefined,
    }
  );
}

/** Whether a row is what the log's key wrote at `seq`; without the key, whether it matches its own hash there. */
function isGenuine(row: StoredRow, seq: number, seal: Sealer | undefined): boolean {
  const leaf = row.erased === null ? leafOf(seq, row) : row.leaf;
  return seal ? seal(seq, leaf).equals(row.seal) : leaf.equals(row.leaf);
}

function judge(checkpoint: StoredCheckpoint, frontier: Frontier, covered: number, verifier: Verifier): AuditTampered | undefined {
  const said = openCheckpoint(checkpoint.note, verifier);
  if (said?.size !== checkpoint.size || checkpoint.size !== frontier.size) return forged(checkpoint, covered);
  if (said.root.equals(frontier.root())) return undefined;
  const last = checkpoint.size - 1;
  return tampered(
    covered,
    "rewritten",
    `rows ${covered} to ${last} are not those that the checkpoint at ${checkpoint.size} was signed for`,
  );
}

function forged(checkpoint: StoredCheckpoint, covered: number): AuditTampered {
  return tampered(covered, "checkpoint_forged", `the checkpoint at ${checkpoint.size} is not signed by the log's key`);
}

/** After the last row: is it covered by a checkpoint, and does the stored state for appending match it? */
async function judgeEnd(
  connection: Connection,
  frontier: Frontier,
  covered: number,
  known: Knowledge,
): Promise<AuditTampered | undefined> {
  const { size } = frontier;
  if (covered < size) {
    return known.seal
      ? tampered(
          covered,
          "checkpoint_removed",
          `rows ${covered} to ${size - 1} are genuine, but the checkpoint that covers them was removed`,
        )
      : tampered(covered, "inserted", `no signed checkpoint covers rows ${covered} to ${size - 1}`);
  }
  const { rows } = await connection.query<{ size: number; frontier: Buffer; vkey: string | null }>(
    "select size, frontier, vkey from outdial.audit_head",
  );
  const [head] = rows;
  if (head !== undefined && head.vkey !== null && head.vkey !== known.verifier.vkey)
    return tampered(size, "head_changed", "the log's head names another key than the one that signed its heads");
  if (head?.size === size && head.frontier.equals(frontier.toBytes())) return undefined;
  return tampered(
    Math.min(head?.size ?? 0, size),
    "head_changed",
    `the log has ${size} rows, its head says ${head?.size ?? "nothing"} or another tree`,
  );
}

function judgeHeads(
  frontier: Frontier,
  rootsAt: ReadonlyMap<number, Bytes>,
  heads: readonly KeptHead[],
): AuditTampered | undefined {
  for (const head of heads) {
    const { place, size, root } = head;
    if (rootsAt.get(size)?.equals(root)) continue;
    const { kind, message } = conflictWith(place, { ...head, note: "" }, frontier.size);
    return tampered(kind === "truncated" ? frontier.size : Math.max(0, size - 1), kind, message);
  }
  return undefined;
}

/** Determines what was done to the first wrong row, by finding where it, or its successor, is genuine. */
async function classify(connection: Connection, row: StoredRow, seal: Sealer | undefined): Promise<AuditTampered> {
  const { seq } = row;
  const following = await readRow(connection, seq + 1);
  const belongsHere = following !== undefined && isGenuine(following, seq, seal);
  const { rows } = await connection.query<{ size: number }>(
    "select greatest(max(seq) + 2, (select max(size) from outdial.audit_head)) as size from outdial.audit",
  );
  const home = findPlace(row, rows[0]?.size ?? seq, seal);
  if (home === seq + 1 && !belongsHere) return tampered(seq, "removed", `row ${seq} was removed and those behind it moved up`);
  if (home !== undefined && home !== seq) return tampered(seq, "reordered", `row ${seq} holds what was written at ${home}`);
  if (belongsHere) return tampered(seq, "inserted", `row ${seq} was inserted and those behind it moved down`);
  return tampered(seq, "edited", `row ${seq} is not what was written there`);
}

/** Where a row is genuine, searching outward from its position. Runs only once, for the reported row. */
function findPlace(row: StoredRow, size: number, seal: Sealer | undefined): number | undefined {
  for (let distance = 0; distance <= Math.max(row.seq, size - row.seq); distance++) {
    for (const place of distance === 0 ? [row.seq] : [row.seq + distance, row.seq - distance]) {
      if (place >= 0 && isGenuine(row, place, seal)) return place;
    }
  }
  return undefined;
}

function tampered(seq: number, kind: TamperKind, message: string): AuditTampered {
  return { ok: false, seq, kind, message };
}
