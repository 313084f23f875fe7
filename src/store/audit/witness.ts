// A client of the C2SP tlog-witness protocol: a witness signs a checkpoint only when the log has grown from the last one it
// signed, which it remembers. A log that was set back gets no signature.

import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import { type Checkpoint, openCheckpoint, openNote } from "./note.ts";
import {
  askRemote,
  type ConflictKind,
  type HeadPlace,
  type LogView,
  type Meeting,
  type MeetOptions,
  type RemoteAnswer,
  RemotePlace,
  remoteAddress,
} from "./places.ts";

/** A witness may have signed for another process between its answer and the next request. */
const TRIES = 4;

/** A witness (C2SP tlog-witness) that signs a checkpoint only when the log has grown from the one it signed before. */
export class WitnessHead extends RemotePlace implements HeadPlace {
  readonly name: string;
  readonly restMs = 15_000;
  readonly #url: URL;
  readonly #witness: Witness;

  /** Throws StoreError `audit_key` for a malformed key, `invalid_state` for a malformed address. */
  constructor({ url, key }: { readonly url: string; readonly key: string }) {
    super();
    this.#witness = readWitness(key);
    this.name = `the witness ${this.#witness.name}`;
    this.#url = remoteAddress(`${url.replace(/\/+$/, "")}/add-checkpoint`, this.name);
  }

  /** A witness does not return what it has signed; it compares by itself. */
  async read(): Promise<undefined> {
    return undefined;
  }

  async meet(log: LogView, _options: MeetOptions): Promise<Meeting> {
    const { vkey } = this.#witness;
    let old = await log.cosignedSize(vkey);
    for (let tries = 0; tries < TRIES; tries++) {
      const newest = await log.latest();
      // There is nothing to sign for an empty log; when the witness signed it before, the log was truncated.
      if (newest === undefined) return old > 0 ? await this.#differs(log, "truncated", old, 0) : { state: "empty" };
      const { size, note } = newest;
      old = Math.min(old, size);
      const proof = await log.consistency(old, size);
      const lines = [`old ${old}`, ...proof, "", note];
      let answer: RemoteAnswer;
      try {
        const headers = { "content-type": "text/plain; charset=utf-8" };
        answer = await askRemote(this.#url, { method: "POST", headers, body: lines.join("\n") });
      } catch (cause) {
        return { state: "unreachable", message: messageOf(cause) };
      }
      if (answer.status === 200) return this.#signed(log, newest, answer.text);
      if (answer.status === 422) return await this.#differs(log, "rolled_back", old, size);
      if (answer.status !== 409) return { state: "unreachable", message: wordsOf(answer) };
      const theirs = answer.type.startsWith("text/x.tlog.size") ? sizeIn(answer.text) : undefined;
      // The same size and not accepted: the root differs.
      if (old === size && (theirs === undefined || theirs === size)) return await this.#differs(log, "rolled_back", size, size);
      if (theirs === undefined) return { state: "unreachable", message: wordsOf(answer) };
      // Another process may have appended, and had that signed, in the meantime.
      const here = (await log.latest())?.size ?? 0;
      if (theirs > here) return await this.#differs(log, "truncated", theirs, here);
      old = theirs;
    }
    return { state: "unreachable", message: "other processes were faster with every checkpoint" };
  }

  async #signed(log: LogView, { size, note }: { readonly size: number; readonly note: string }, lines: string): Promise<Meeting> {
    const body = openNote(note, log.verifier);
    const checkpoint = openCheckpoint(note, log.verifier);
    const found = body && checkpoint && findCosignature(lines, { body, checkpoint }, this.#witness);
    if (!found) return { state: "unreachable", message: "it answered without a signature with its key" };
    await log.keepCosignature({ size, witness: this.#witness.vkey, ...found });
    return { state: "fits", size };
  }

  async #differs(log: LogView, kind: ConflictKind, size: number, logSize: number): Promise<Meeting> {
    const id = `${this.#witness.vkey}:${size}`;
    if (await log.isAccepted(id)) return { state: "accepted" };
    const message =
      kind === "truncated"
        ? `the log ends at ${logSize} entries; ${this.name} signed it at ${size}`
        : `the first ${size} entries are another history than the one that ${this.name} signed`;
    return { state: "differs", conflict: { id, kind, size, note: null, message } };
  }
}

function sizeIn(text: string): number | undefined {
  const [, digits] = /^(0|[1-9]\d{0,15})\n?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function wordsOf({ status }: RemoteAnswer): string {
  if (status === 404) return "it does not know this log (404): its operator has to add the log's origin and key";
  if (status === 403) return "it does not know the key of this log (403)";
  return `it answered ${status}`;
}

// Cosignatures: a witness signs a checkpoint with the time, after it has checked that the log only grew (C2SP tlog-cosignature).
// Pure.
//
// — <witness> <base64(4-byte key id ‖ 8-byte POSIX time ‖ signature)>

/** Type bytes of a witness's key, with its length and its object identifier in a DER SubjectPublicKeyInfo. */
const ALGORITHMS = {
  4: { bytes: 32, spki: "302a300506032b6570032100" },
  6: { bytes: 1312, spki: "30820532300b06096086480165030403110382052100" },
} as const;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;

/** A witness's public key with its name. */
interface Witness {
  readonly name: string;
  readonly keyId: Buffer;
  /** 4: Ed25519, 6: ML-DSA-44. */
  readonly type: keyof typeof ALGORITHMS;
  readonly publicKey: KeyObject;
  /** `<name>+<key id in hex>+<base64(type ‖ public key)>`. */
  readonly vkey: string;
}

/** Parses a witness's verifier key. Throws StoreError `audit_key` when it is malformed. */
function readWitness(vkey: string): Witness {
  const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? [];
  const bytes = Buffer.from(key ?? "", "base64");
  const type = bytes[0];
  if (name !== undefined && (type === 4 || type === 6) && bytes.length === 1 + ALGORITHMS[type].bytes) {
    const keyId = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), bytes]), "buffer").subarray(0, KEY_ID_BYTES);
    const der = Buffer.concat([Buffer.from(ALGORITHMS[type].spki, "hex"), bytes.subarray(1)]);
    const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
    if (keyId.toString("hex") === id) return { name, keyId, type, publicKey, vkey: vkey.trim() };
  }
  throw new StoreError("audit_key", "the key of a witness is not a verifier key for cosignatures", {
    advice: "It looks like <name>+<8 hex digits>+<base64>, of type 4 (Ed25519) or 6 (ML-DSA-44); its operator publishes it.",
  });
}

/**
 * Finds the witness's cosignature of a checkpoint among signature lines.
 * @param body the checkpoint without its signatures, with its final newline
 * @returns the line with its newline, and the time of signing, ms since the epoch; undefined when none is valid
 */
function findCosignature(
  lines: string,
  { body, checkpoint }: { readonly body: string; readonly checkpoint: Checkpoint },
  witness: Witness,
): { readonly line: string; readonly at: number } | undefined {
  for (const line of lines.split("\n")) {
    const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? "", "base64");
    if (name !== witness.name || !bytes.subarray(0, KEY_ID_BYTES).equals(witness.keyId)) continue;
    if (bytes.length <= KEY_ID_BYTES + TIME_BYTES) continue;
    const seconds = bytes.readBigUInt64BE(KEY_ID_BYTES);
    if (seconds > BigInt(Number.MAX_SAFE_INTEGER)) continue;
    const message =
      witness.type === 4 ? Buffer.from(`cosignature/v1\ntime ${seconds}\n${body}`) : subtree(seconds, checkpoint, witness);
    if (verify(null, message, witness.publicKey, bytes.subarray(KEY_ID_BYTES + TIME_BYTES)))
      return { line: `${line}\n`, at: Number(seconds) * 1000 };
  }
  return undefined;
}

/** The text that ML-DSA-44 cosignatures sign. */
function subtree(seconds: bigint, { origin, size, root }: Checkpoint, { name }: Witness): Buffer {
  const sized = (text: string) => Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);
  const whole = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return bytes;
  };
  return Buffer.concat([
    Buffer.from("subtree/v1\n\0"),
    sized(name),
    whole(seconds),
    sized(origin),
    whole(0n),
    whole(BigInt(size)),
    root,
  ]);
}
