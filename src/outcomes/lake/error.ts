// What can go wrong in the lake on purpose.

import { hostTrouble, OutdialError } from "../../kernel/index.ts";

/**
 * `unsupported_root`: the place named is none that this lake can be at · `incomplete_read`: a reading broke off; what came before is not all there is.
 * `lake_files_missing`: files that the store names are not where the lake is.
 * `lake_unavailable`: the machine or the mount does not let it be written or read: no room, read-only, gone, too many files; it ends by itself when that does.
 */
export class LakeError extends OutdialError<"unsupported_root" | "incomplete_read" | "lake_files_missing" | "lake_unavailable"> {}

/** What a person does about files of the lake that are not there. */
export const ELSEWHERE =
  "The files are elsewhere or were removed. Say where the lake is (outcomes.lake in outdial.yaml, or --dir), or bring the files back from a backup.";

/** DuckDB tells what the machine said in words alone. What is written to was there a moment ago. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, "the disk is full"],
  [/Read-only file system/i, "it is on a read-only file system"],
  [/Permission denied/i, "this user has no right to it"],
  [/Too many open files|\bE[MN]FILE\b/i, "there are too many files open"],
  [/Input\/output error/i, "the disk gives errors"],
  [/No such file or directory/i, "its folder is gone"],
];

/** Does something with the lake's files. What the machine is to blame for is thrown as LakeError `lake_unavailable`. */
export async function withLake<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const said =
      hostTrouble(thrown) ?? (thrown instanceof Error ? IN_WORDS.find(([words]) => words.test(thrown.message))?.[1] : undefined);
    if (said === undefined || thrown instanceof OutdialError) throw thrown;
    throw new LakeError("lake_unavailable", `the lake cannot be worked with: ${said}`, {
      advice: "Mend that where the lake is (outcomes.lake in outdial.yaml); what it stopped goes on by itself then.",
      cause: thrown,
    });
  }
}
