// Cosignatures: a witness signs a checkpoint with the time, after it has checked that the log only grew (C2SP tlog-cosignature).
// Pure.
//
// — <witness> <base64(4-byte key id ‖ 8-byte POSIX time ‖ signature)>

import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { StoreError } from "../error.ts";
import type { Checkpoint } from "./note.ts";

/** Type bytes of a witness's key, with its length and its object identifier in a DER SubjectPublicKeyInfo. */
const ALGORITHMS = {
  4: { bytes: 32, spki: "302a300506032b6570032100" },
  6: { bytes: 1312, spki: "30820532300b06096086480165030403110382052100" },
} as const;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;

/** A witness's public key with its name. */
export interface Witness {
  readonly name: string;
  readonly keyId: Buffer;
  /** 4: Ed25519, 6: ML-DSA-44. */
  readonly type: keyof typeof ALGORITHMS;
  readonly publicKey: KeyObject;
  /** `<name>+<key id in hex>+<base64(type ‖ public key)>`. */
  readonly vkey: string;
}

/** Parses a witness's verifier key. Throws StoreError `audit_key` when it is malformed. */
export function readWitness(vkey: string): Witness {
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
export function findCosignature(
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
