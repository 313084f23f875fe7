// What few starts need: what values of options are checked by, and where a command works. Of what the parts have, a bundle takes just this.

export { readContext, readRulePack } from "../app/index.ts";
export { CALL_TYPES } from "../compliance/index.ts";
export { parseInstantOrNaiveUtc } from "../contract/index.ts";
export {
  civilDate,
  instant,
  JOB_FILTERS,
  POLICIES,
  phone,
  phones,
  REGULATORY_CHECKS,
  VENDOR_WEBHOOKS,
} from "../operations/index.ts";
export { DIMENSIONS, localTime, parseInstant } from "../outcomes/index.ts";
export { ITEM_RESULTS } from "../store/index.ts";
