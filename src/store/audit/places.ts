// Places outside the database that keep the newest signed checkpoint of the audit log (its head), so that it is noticed when the
// log was cut short or set back to an older state.

import type { Bytes } from "../plain-types.ts";
import type { Appended } from "./append.ts";
import type { Verifier } from "./note.ts";

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
