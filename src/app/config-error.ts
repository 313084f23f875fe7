// The error for a wrong configuration.

import { OutdialError } from "../kernel/index.ts";

/** `invalid_config`: a setting is missing, unknown or wrong; the message says where and what is allowed. */
export class ConfigError extends OutdialError<"invalid_config"> {
  constructor(message: string, advice?: string) {
    super("invalid_config", message, advice === undefined ? {} : { advice });
  }
}
