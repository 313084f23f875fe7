// Signed checkpoints: the C2SP signed-note and tlog-checkpoint text formats with Ed25519 signatures. Pure.
//
//   <origin>\n<size>\n<base64 root>\n\n— <key name> <base64(4-byte key id ‖ signature)>\n

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../kernel/index.ts";
import { draftOf, writeWhole } from "../embedded/files.ts";
import { StoreError } from "../error.ts";
import type { Bytes, Key } from "../plain-types.ts";
import { HASH_BYTES } from "./merkle.ts";

const ED25519 = 1;
const PUBLIC_BYTES = 32;

/** The content of a checkpoint: the log `origin` had `size` entries with this root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}

/** A public key with its name, from a C2SP verifier key. */
export interface Verifier {
  readonly name: string;
  readonly keyId: Bytes;
  readonly publicKey: Key;
  /** `<name>+<key id in hex>+<base64(0x01 ‖ public key)>`. */
  readonly vkey: string;
}

/** A verifier that can also sign. */
export interface Signer extends Verifier {
  readonly privateKey: Key;
}

/** A new private key as PKCS #8 PEM. */
export function generateKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * The signer of an Ed25519 private key in PEM. Its name, which is also the log's origin, is derived from the public key. Throws
 * StoreError `audit_key` for an unreadable key.
 */
export function readSigner(pem: string): Signer {
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType !== "ed25519") throw new Error(`the key is of type ${privateKey.asymmetricKeyType}`);
    const publicKey = createPublicKey(privateKey);
    const raw = rawPublic(publicKey);
    const name = `outdial.audit/${hash("sha256", raw, "hex").slice(0, 16)}`;
    return { ...verifierOf(name, raw, publicKey), privateKey };
  } catch (cause) {
    throw new StoreError("audit_key", `the audit key is not an Ed25519 private key in PEM: ${messageOf(cause)}`, {
      advice: "Create one with: openssl genpkey -algorithm ed25519",
      cause,
    });
  }
}

/** A secret that only holders of the signing key can make, for a purpose other than signing; 32 bytes. */
export function derivedKey({ privateKey }: Signer, purpose: string): Uint8Array {
  const { d = "" } = (privateKey as KeyObject).export({ format: "jwk" });
  return new Uint8Array(hkdfSync("sha256", Buffer.from(d, "base64url"), "", `outdial ${purpose}`, PUBLIC_BYTES));
}

/** Reads a verifier key. Throws StoreError `audit_key` when it is malformed. */
export function readVerifier(vkey: string): Verifier {
  const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? [];
  const bytes = Buffer.from(key ?? "", "base64");
  if (name !== undefined && id !== undefined && bytes.length === 1 + PUBLIC_BYTES && bytes[0] === ED25519) {
    const raw = bytes.subarray(1);
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
    const verifier = verifierOf(name, raw, publicKey);
    if (verifier.keyId.toString("hex") === id) return verifier;
  }
  throw new StoreError("audit_key", "the audit's public key is not an Ed25519 verifier key", {
    advice: "It looks like <name>+<8 hex digits>+<base64>; take it from audit.pub.",
  });
}

function verifierOf(name: string, raw: Buffer, publicKey: KeyObject): Verifier {
  const typed = Buffer.concat([Buffer.of(ED25519), raw]);
  const keyId = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), typed]), "buffer").subarray(0, 4);
  return { name, keyId, publicKey, vkey: `${name}+${keyId.toString("hex")}+${typed.toString("base64")}` };
}

function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
}

/** The signature line of a text that ends with a newline; text, an empty line and this line make a signed note. */
export function signatureLine(text: string, signer: Signer): string {
  const signature = sign(null, Buffer.from(text), signer.privateKey as KeyObject);
  return `— ${signer.name} ${Buffer.concat([signer.keyId, signature]).toString("base64")}\n`;
}

/** Signs "this log has `size` entries with this root". */
export function signCheckpoint(size: number, root: Uint8Array, signer: Signer): string {
  const body = `${signer.name}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
  return `${body}\n${signatureLine(body, signer)}`;
}

/** Whether `signature`, a line from `signatureLine`, is by the key `vkey` and fits the text. Throws StoreError `audit_key`. */
export function verifySignatureLine(text: string, signature: string, vkey: string): boolean {
  return openNote(`${text}\n${signature.trimEnd()}\n`, readVerifier(vkey)) === text;
}

/**
 * The text of a signed note with its final newline, or undefined when the note is malformed or has no valid signature by
 * `verifier`. Signatures by other keys (witnesses) are allowed and ignored; any other line below the text makes the note
 * malformed (C2SP signed-note).
 */
export function openNote(note: string, verifier: Verifier): string | undefined {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) return undefined;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split("\n");
  const signatures = lines.map((line) => /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line));
  // A line that is not a signature is not covered by one: it must not be taken for signed text.
  if (signatures.includes(null)) return undefined;
  const signed = signatures.some((line) => {
    const [, name, encoded] = line ?? [];
    const bytes = Buffer.from(encoded ?? "", "base64");
    if (name !== verifier.name || !bytes.subarray(0, 4).equals(verifier.keyId)) return false;
    return verify(null, Buffer.from(text), verifier.publicKey as KeyObject, bytes.subarray(4));
  });
  return signed ? text : undefined;
}

/** The content of a signed checkpoint, or undefined when it is malformed, not signed by `verifier`, or of another log. */
export function openCheckpoint(note: string, verifier: Verifier): Checkpoint | undefined {
  const text = openNote(note, verifier);
  const checkpoint = text === undefined ? undefined : parseBody(text);
  return checkpoint?.origin === verifier.name ? checkpoint : undefined;
}

function parseBody(body: string): Checkpoint | undefined {
  const [origin, size, root] = body.split("\n");
  const bytes = Buffer.from(root ?? "", "base64");
  if (!origin || size === undefined || !/^(0|[1-9]\d{0,15})$/.test(size) || bytes.length !== HASH_BYTES) return undefined;
  return { origin, size: Number(size), root: bytes };
}

// The signing key on disk: `audit.key` (private, mode 0600) and `audit.pub` (the verifier key, to hand out).

/** The signer from a given PEM, otherwise from the folder's key, which is created when missing. Writes `audit.pub` beside it. */
export async function loadSigner(dir: string, given: string | undefined): Promise<Signer> {
  const signer = readSigner(given ?? (await folderKey(dir)));
  const published = join(dir, "audit.pub");
  const there = await readFile(published, "utf8").catch(() => undefined);
  if (there?.trim() !== signer.vkey) await writeWhole(published, `${signer.vkey}\n`, 0o644);
  return signer;
}

async function folderKey(dir: string): Promise<string> {
  const file = join(dir, "audit.key");
  const read = async () => readFile(file, "utf8");
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) {
      throw new StoreError("audit_key", `cannot read ${file}: ${messageOf(cause)}`, { cause });
    }
  }
  // Two processes may do this at once: the key file appears complete, and the first one stays.
  const draft = draftOf(file);
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(generateKey());
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
  } finally {
    await rm(draft, { force: true });
  }
  return read();
}
