// Checkpoints are signed notes that other tools can read; nothing but the log's own key makes one.

import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { StoreError } from "../error.ts";
import { createSealer, leafOf, leafOfEntry, toRow } from "./entry.ts";
import { generateKey, openCheckpoint, openNote, readSigner, readVerifier, signCheckpoint } from "./note.ts";

const root = hash("sha256", "a root", "buffer");

test("a checkpoint is signed, read and understood by the verifier key", () => {
  const signer = readSigner(generateKey());
  const note = signCheckpoint(42, root, signer);
  expect(note.split("\n").slice(0, 4)).toEqual([signer.name, "42", root.toString("base64"), ""]);
  expect(openCheckpoint(note, readVerifier(signer.vkey))).toEqual({ origin: signer.name, size: 42, root });
  expect(openCheckpoint(`${note}— witness.example/w AAAAAAAA\n`, signer)?.size).toBe(42);
});

test("the example of the signed-note format's reference implementation verifies", () => {
  const verifier = readVerifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
  expect(openNote(`${text}\n— PeterNeumann ${signature}\n`, verifier)).toBe(text);
  expect(openNote(`${text}!\n\n— PeterNeumann ${signature}\n`, verifier)).toBeUndefined();
});

test("a changed, cut or foreign note is refused", () => {
  const signer = readSigner(generateKey());
  const other = readSigner(generateKey());
  const note = signCheckpoint(42, root, signer);
  const impostor = signCheckpoint(42, root, { ...other, name: signer.name, keyId: signer.keyId });
  for (const bad of [
    note.replace("\n42\n", "\n43\n"),
    note.replace("\n42\n", "\n042\n"),
    note.slice(0, -1),
    note.split("\n\n")[0] ?? "",
    signCheckpoint(42, root, other),
    impostor,
    "",
    "\n\n",
  ]) {
    expect(openCheckpoint(bad, signer)).toBeUndefined();
  }
});

test("keys that are none are refused by name", () => {
  expect(() => readSigner("no key")).toThrow(StoreError);
  expect(() => readVerifier("a+00000000+AAAA")).toThrow(/verifier key/);
  const { vkey } = readSigner(generateKey());
  expect(() => readVerifier(vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"))).toThrow(/verifier key/);
});

test("a row and the entry it is read back as have one leaf, whatever the text", () => {
  const input = {
    actor: "a\0b",
    action: "tag",
    subject: 'call \ud800 \u2028 "x"',
    job: "job_1",
    details: { z: 1, a: "\0", e: undefined },
  };
  const row = toRow(input, new Date(0).toISOString(), "c2FsdA");
  const entry = { ...row, salt: "c2FsdA", seq: 7, details: JSON.parse(row.details) as Record<string, unknown> };
  expect(leafOf(7, row)).toEqual(leafOfEntry(entry));
  expect(leafOf(8, row)).not.toEqual(leafOf(7, row));
  const { salt: _, ...before } = entry;
  expect(leafOf(7, { ...row, salt: null })).toEqual(leafOfEntry(before));
  expect(leafOf(7, { ...row, salt: null })).not.toEqual(leafOf(7, row));
  expect(row.actor).toBe("a\ufffdb");
});

test("the seal is bound to key, place and leaf", () => {
  const [one, two] = [createSealer(readSigner(generateKey())), createSealer(readSigner(generateKey()))];
  const seals = [one(1, root), one(2, root), one(1, hash("sha256", "another", "buffer")), two(1, root)];
  expect(new Set(seals.map((seal) => seal.toString("hex"))).size).toBe(4);
  expect(one(1, root)).toEqual(seals[0]);
});
