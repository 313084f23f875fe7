// Places outside the database where the newest signed checkpoint of the audit log (its head) is kept, so that a log that was cut short or set
// back to an older state is found.

import type { Bytes } from "../plain-types.ts";
import type { Appended } from "./append.ts";
import type { Verifier } from "./note.ts";

/** Why a head is not of the log that the database has now; see `TamperKind`. */
export type ConflictKind = "truncated" | "rolled_back" | "checkpoint_forged";

/** A head that does not fit the log. */
export interface HeadConflict {
  /** The same wherever this head is found. */
  readonly id: string;
  readonly kind: ConflictKind;
  /** Entries that the head was signed for; null when it is not signed by the log's key. */
  readonly size: number | null;
  /** The head itself, where the place gives it. */
  readonly note: string | null;
  readonly message: string;
}

/** How a place and the log compare. */
export type Meeting =
  /** The head there is of this log. */
  | { readonly state: "fits"; readonly size: number }
  /** There was none. */
  | { readonly state: "empty" }
  /** It is of another log, and a person accepted that. */
  | { readonly state: "accepted" }
  | { readonly state: "unreachable"; readonly message: string }
  | { readonly state: "differs"; readonly conflict: HeadConflict };

/** The log that heads are compared with, and what comparing needs. */
export interface LogView {
  readonly verifier: Verifier;
  /** The newest checkpoint; undefined when the log is empty. */
  latest(): Promise<Appended | undefined>;
  /** The signed checkpoint of a size, if the log has one. */
  noteAt(size: number): Promise<string | undefined>;
  /** The hashes of a consistency proof, base64. */
  consistency(first: number, second: number): Promise<readonly string[]>;
  /** Whether a person accepted that a head does not fit. */
  isAccepted(conflictId: string): Promise<boolean>;
  /** The largest size that a witness signed, as far as this log knows. */
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
  /** Bring the place up to date when its head fits, or there is none. */
  readonly keep: boolean;
  /** The newest checkpoint, when it is known. */
  readonly latest?: Appended | undefined;
}

/** One place. */
export interface HeadPlace {
  /** For people: a path, or the name of a witness. */
  readonly name: string;
  /** Whether who sets the store back does not set it back as well. */
  readonly outside: boolean;
  /** Whether it is asked through the network. */
  readonly remote: boolean;
  /** Between two updates, ms. */
  readonly restMs: number;
  /** Compares; rejects with what the database rejects with. */
  meet(log: LogView, options: MeetOptions): Promise<Meeting>;
  /** The signed text of the head as it is there, for a recomputation of the whole log; undefined when there is none or it cannot be had. */
  read(): Promise<string | undefined>;
}

/** How an object in object storage is reached. */
export type HeadObjectOptions =
  | {
      /** Of the object, or of the folder that has it when it ends in a slash. */
      readonly url: string;
      /** Value of the header Authorization. */
      readonly authorization?: string | undefined;
    }
  | {
      /** Addresses that carry the right to read and to write the object (presigned). */
      readonly readUrl: string;
      readonly writeUrl: string;
    };

/** Where heads are kept, as configured. */
export type HeadPlaceOptions =
  | {
      /** A folder on another disk or host; the head is a file of it that is named after the log. */
      readonly folder: string;
      /** Create it when absent. A folder that should be mounted is not created: the head would land on the wrong disk. */
      readonly create?: boolean | undefined;
    }
  | { readonly object: HeadObjectOptions }
  | {
      /** A C2SP witness: its submission prefix and its verifier key. */
      readonly witness: { readonly url: string; readonly key: string };
    };

/** The state of a head at its place. */
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
