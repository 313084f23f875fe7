// What can go wrong in the lake on purpose.

import { OutdialError } from "../../kernel/index.ts";

/**
 * `unsupported_root`: the place named is none that this lake can be at · `incomplete_read`: a reading broke off; what came before is not all there is.
 * `lake_files_missing`: files that the store names are not where the lake is.
 */
export class LakeError extends OutdialError<"unsupported_root" | "incomplete_read" | "lake_files_missing"> {}
