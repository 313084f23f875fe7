// Places outside the database that keep the newest signed checkpoint of the audit log (its head), so that it is noticed when the
// log was cut short or set back to an older state.

import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import type { Bytes } from "../plain-types.ts";
import type { Appended } from "./append.ts";
import type { Verifier } from "./note.ts";

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
