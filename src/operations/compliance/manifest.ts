// The manifest of a gate: the request, the rules and facts used, and the result; signed by the audit key, checked offline.

import { z } from "zod";
import { formatInstant } from "../../compliance/index.ts";
import { canonicalJson, issueText, jsonTrouble } from "../../kernel/index.ts";
import { type CompanyList, verifySignatureLine } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { registryCovers } from "../views/schemas/compliance.ts";

const count = z.int().min(0);
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const body = z.strictObject({
  format: z.literal("outdial-gate/1"),
  id: z.string(),
  campaign: z.string(),
  callType: z.string(),
  subject: z.string().optional(),
  /** The moment of the decisions. */
  at: z.string(),
  madeAt: z.string(),
  actor: z.string(),
  pack: z.strictObject({ version: z.string(), hash }),
  geography: z.string(),
  timeZoneData: z.string(),
  /** Hash over the contacts as read, one line of JSON each. */
  input: z.strictObject({ contacts: count, hash }),
  /** Hash over the verdicts, one line of JSON each, as `--out` writes them. */
  output: z.strictObject({ hash }),
  /** Hash over the recorded decisions, one line of JSON each, as `--record` writes them; absent when nothing was recorded. */
  record: z.strictObject({ hash }).optional(),
  facts: z.strictObject({
    /** `covers`, which area codes as of which date, is absent in manifests of earlier versions; `asOf` is the oldest of its dates. */
    registries: z.array(
      z.strictObject({
        registry: z.string(),
        asOf: z.string(),
        numbers: count,
        covers: z.array(registryCovers).readonly().optional(),
      }),
    ),
    /** State of the company's do-not-call list; absent for looks while there was none, and in manifests of earlier versions. */
    companyList: z
      .strictObject({
        state: z.enum(["loaded", "declared-empty"]),
        since: z.string(),
        at: z.string(),
        source: z.string(),
        by: z.string(),
      })
      .optional(),
    /** Opt-outs whose number is not known yet. */
    unresolvedOptOuts: count,
  }),
  counts: z.strictObject({ dial: count, later: count, never: count, refused: count }),
  byReason: z.array(
    z.strictObject({
      reason: z.string(),
      verdict: z.enum(["later", "never"]),
      contacts: count,
      from: z.string().optional(),
      to: z.string().optional(),
    }),
  ),
  byRule: z.record(z.string(), count),
});

/** The contents of a manifest. */
export type GateManifest = z.output<typeof body>;
/** A manifest with its signature line (C2SP signed note, over the canonical JSON of the rest and a newline). */
export type SignedManifest = GateManifest & { readonly signature: string };

const signed = body.extend({ signature: z.string() });

/** Signs a manifest. */
export function signManifest(manifest: GateManifest, sign: (text: string) => string): SignedManifest {
  return { ...manifest, signature: sign(textOf(manifest)).trimEnd() };
}

function textOf(manifest: GateManifest): string {
  return `${canonicalJson(manifest)}\n`;
}

/** Parses the text of a manifest without checking its signature. Throws OperationError `invalid_input` when it is malformed. */
export function parseManifest(text: string): SignedManifest {
  const read = readManifest(text);
  if (typeof read === "string") throw new OperationError("invalid_input", read);
  return read;
}

/** @returns the manifest, or what is wrong with the text */
function readManifest(text: string): SignedManifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return `the manifest is not JSON: ${jsonTrouble(thrown)}`;
  }
  const parsed = signed.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `the manifest is not of its form: ${issue?.path.join(".") ?? ""}: ${issueText(issue)}`;
}

/** The result of checking a manifest. */
type ManifestVerdict = { readonly ok: true; readonly manifest: GateManifest } | { readonly ok: false; readonly reason: string };

/** Hashes, `sha256:…`, of files to check as well. */
interface ManifestFiles {
  /** Of the file that `--out` wrote. */
  readonly output?: string | undefined;
  /** Of the file that `--record` wrote. */
  readonly record?: string | undefined;
}

/**
 * Checks the text of a manifest with the verifier key (`audit.pub`): complete, unchanged, signed by this key.
 * @throws StoreError `audit_key` when the key is malformed
 */
export function verifyManifest(text: string, vkey: string, files: ManifestFiles = {}): ManifestVerdict {
  const read = readManifest(text);
  if (typeof read === "string") return { ok: false, reason: read };
  const { signature, ...manifest } = read;
  if (!verifySignatureLine(textOf(manifest), signature, vkey))
    return { ok: false, reason: "the signature does not fit: the manifest was changed, or signed by another key" };
  if (files.output !== undefined && files.output !== manifest.output.hash)
    return { ok: false, reason: "the decisions are not those of this manifest" };
  if (files.record !== undefined && files.record !== manifest.record?.hash)
    return { ok: false, reason: "the record is not that of this manifest" };
  return { ok: true, manifest };
}

/** The state of the company's list for manifests and people. */
export function companyListOf({ state, since, at, source, actor }: CompanyList) {
  return { state, since: formatInstant(since), at: formatInstant(at), source, by: actor };
}
