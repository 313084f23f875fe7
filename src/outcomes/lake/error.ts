// Errors of the lake.

import { hostTrouble, OutdialError } from "../../kernel/index.ts";

/**
 * `unsupported_root`: this lake cannot be at the given place. `incomplete_read`: a read was interrupted; the rows before it are
 * not all. `lake_files_missing`: files that the store lists are not in the lake. `lake_unavailable`: the machine or the mount
 * does not allow writing or reading (disk full, read-only, mount gone, too many open files); it can be tried again when that is
 * over.
 */
export type LakeErrorCode = "unsupported_root" | "incomplete_read" | "lake_files_missing" | "lake_unavailable";

/** Error of the lake; `code` says what is wrong. */
export class LakeError extends OutdialError<LakeErrorCode> {}

/** Advice when files of the lake are missing. */
export const ELSEWHERE =
  "The files are elsewhere or were removed. Say where the lake is (outcomes.lake in outdial.yaml, or --dir), or bring the files back from a backup.";

/** DuckDB gives errors of the system only in words, without a code. A file that is written to existed a moment ago. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, "the disk is full"],
  [/Read-only file system/i, "it is on a read-only file system"],
  [/Permission denied/i, "this user has no right to it"],
  [/Too many open files|\bE[MN]FILE\b/i, "there are too many files open"],
  [/Input\/output error/i, "the disk gives errors"],
  [/No such file or directory/i, "its folder is gone"],
];

/** Runs work on the lake's files. An error of the system is thrown as LakeError `lake_unavailable`. */
export async function withLake<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const said =
      hostTrouble(thrown) ?? (thrown instanceof Error ? IN_WORDS.find(([words]) => words.test(thrown.message))?.[1] : undefined);
    if (said === undefined || thrown instanceof OutdialError) throw thrown;
    throw new LakeError("lake_unavailable", `the lake cannot be used: ${said}`, {
      advice: "Repair the folder of the lake (outcomes.lake in outdial.yaml); stopped jobs then continue by themselves.",
      cause: thrown,
    });
  }
}
