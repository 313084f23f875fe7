// Places outside the database that keep the newest signed checkpoint of the audit log (its head), so that it is noticed when the
// log was cut short or set back to an older state.

import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import type { Bytes } from "../plain-types.ts";
import type { Appended } from "./append.ts";
import { type Checkpoint, openCheckpoint, openNote, type Verifier } from "./note.ts";

// Places of heads that are reached over the network: plain HTTP without redirects, with a time limit and a size limit. Addresses
// may contain a signature, so messages never show them.

const ANSWER_MS = 5_000;
/** A head with its signature has a few hundred bytes. */
const MOST_BYTES = 65_536;

/** What all remote places share. */
export abstract class RemotePlace {
  readonly outside = true;
  readonly remote = true;
}

/** The answer of a remote place. */
export interface RemoteAnswer {
  readonly status: number;
  /** The content type; empty without one. */
  readonly type: string;
  /** The entity tag. */
  readonly tag: string | undefined;
  readonly text: string;
}

/** Sends a request. Rejects when there is no answer in time, or when it is too long. */
export async function askRemote(
  url: URL,
  init: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<RemoteAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(ANSWER_MS) });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new Error("it answered with more than was asked for");
    }
    const { status, headers } = response;
    return {
      status,
      type: headers.get("content-type") ?? "",
      tag: headers.get("etag") ?? undefined,
      text: Buffer.concat(chunks).toString(),
    };
  } catch (thrown) {
    const { cause } = thrown as { readonly cause?: unknown };
    throw new Error(messageOf(cause ?? thrown).replaceAll(url.search || "?", "?"), { cause: thrown });
  }
}

/**
 * A configured address. @param of what it is the address of, for messages. Throws StoreError `invalid_state` when it cannot be
 * used
 */
export function remoteAddress(text: string, of: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new StoreError("invalid_state", `the address of ${of} is not an http or https URL, or carries a password`, {
    advice: "Check audit.heads in outdial.yaml and the variables that it names.",
  });
}

/** Why a head does not fit the database's log; see `TamperKind`. */
export type ConflictKind = "truncated" | "rolled_back" | "checkpoint_forged";

/** A head that does not fit the log. */
export interface HeadConflict {
  /** Identifies the head, the same at every place. */
  readonly id: string;
  readonly kind: ConflictKind;
  /** Number of entries that the head was signed for; null when it is not signed by the log's key. */
  readonly size: number | null;
  /** The head itself, if the place gives it. */
  readonly note: string | null;
  readonly message: string;
}

/** The result of comparing a place with the log. */
export type Meeting =
  /** The head is of this log. */
  | { readonly state: "fits"; readonly size: number }
  /** There is no head. */
  | { readonly state: "empty" }
  /** It is of another log, and a person accepted that. */
  | { readonly state: "accepted" }
  | { readonly state: "unreachable"; readonly message: string }
  | { readonly state: "differs"; readonly conflict: HeadConflict };

/** The log as needed for comparing heads with it. */
export interface LogView {
  readonly verifier: Verifier;
  /** The newest checkpoint; undefined when the log is empty. */
  latest(): Promise<Appended | undefined>;
  /** The signed checkpoint of a size, if the log has one. */
  noteAt(size: number): Promise<string | undefined>;
  /** The hashes of a consistency proof, base64. */
  consistency(first: number, second: number): Promise<readonly string[]>;
  /** Whether a person accepted this conflict. */
  isAccepted(conflictId: string): Promise<boolean>;
  /** The largest size that a witness has signed, as far as this log knows. */
  cosignedSize(witness: string): Promise<number>;
  keepCosignature(cosigned: {
    readonly size: number;
    readonly witness: string;
    readonly line: string;
    readonly at: number;
  }): Promise<void>;
}

/** How heads found outside are compared with the log. */
export interface MeetOptions {
  /** Update the place when its head fits, or there is none. */
  readonly keep: boolean;
  /** The newest checkpoint, when it is known. */
  readonly latest?: Appended | undefined;
}

/** One place. */
export interface HeadPlace {
  /** Name for people: a path, or the name of a witness. */
  readonly name: string;
  /** Whether the place survives when the store is set back. */
  readonly outside: boolean;
  /** Whether it is reached over the network. */
  readonly remote: boolean;
  /** Pause between two updates, ms. */
  readonly restMs: number;
  /** Compares; rejects when the database rejects. */
  meet(log: LogView, options: MeetOptions): Promise<Meeting>;
  /** The signed head at the place, for a recomputation of the whole log; undefined when there is none or it cannot be read. */
  read(): Promise<string | undefined>;
}

/** Access to an object in object storage. */
export type HeadObjectOptions =
  | {
      /** Address of the object or, with a final slash, of its folder. */
      readonly url: string;
      /** Value of the header Authorization. */
      readonly authorization?: string | undefined;
    }
  | {
      /** Presigned addresses for reading and writing the object. */
      readonly readUrl: string;
      readonly writeUrl: string;
    };

/** Where heads are kept, as configured. */
export type HeadPlaceOptions =
  | {
      /** A folder on another disk or host; the head is a file in it that is named after the log. */
      readonly folder: string;
      /** Create it when missing. Do not use it for a mounted folder: the head would be on the wrong disk. */
      readonly create?: boolean | undefined;
    }
  | { readonly object: HeadObjectOptions }
  | {
      /** A C2SP witness: its submission prefix and its verifier key. */
      readonly witness: { readonly url: string; readonly key: string };
    };

/** The conflict of a head that does not fit the log. */
export function conflictWith(
  place: string,
  head: { readonly size: number; readonly root: Bytes; readonly note: string },
  logSize: number,
): HeadConflict {
  const { size, root, note } = head;
  return {
    id: `${size}:${root.toString("base64")}`,
    size,
    note,
    ...(size > logSize
      ? { kind: "truncated" as const, message: `the log ends at ${logSize} entries; the head in ${place} was signed at ${size}` }
      : {
          kind: "rolled_back" as const,
          message: `the first ${size} entries are another history than the one that the head in ${place} was signed for`,
        }),
  };
}

// A client of the C2SP tlog-witness protocol: a witness signs a checkpoint only when the log has grown from the last one it
// signed, which it remembers. A log that was set back gets no signature.

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
