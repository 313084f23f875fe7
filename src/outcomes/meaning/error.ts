// Errors of maps, cohorts and periods.

import { OutdialError } from "../../kernel/index.ts";

/** `invalid_input`: a map, cohort, period or zone cannot be used; the message says where, what is wrong and what is allowed. */
export class MeaningError extends OutdialError<"invalid_input"> {
  constructor(message: string, advice?: string) {
    super("invalid_input", message, advice === undefined ? {} : { advice });
  }
}
