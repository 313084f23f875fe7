// The wire contract of the ACD profile as data. Loaded only by code that speaks this profile.

export { MAX_DIALER_STATS_HOURS, MAX_SUMMARY_DAYS } from "./activity.ts";
export { PERSONAL_CONNECTION, PHONE_MEDIA } from "./campaigns.ts";
export { type AcdOperation, type AcdRate, ADMIN_PAGE, RECORDS_PAGE } from "./common.ts";
export { MAX_DISPOSITION_NAME, MAX_TAG_NOTES, SYSTEM_DISPOSITIONS } from "./dispositions.ts";
export { MAX_DNC_RECORDS } from "./dnc.ts";
export {
  CONTACT_NAMES,
  MAPPED_COLUMNS,
  MAX_ACTIVE_RECORDS,
  MAX_COMPLETED_DAYS,
  MAX_LIST_DAYS,
  MAX_TAGS,
  MAX_UPLOAD_RECORDS,
} from "./lists.ts";
export { ALL_ATTEMPTS_REPORT, REPORT_TYPES } from "./reports.ts";
export { WEEK } from "./settings.ts";
export {
  ACD_OPERATION_IDS,
  ACD_OPERATIONS,
  ACD_RATES,
  ACD_TABLE,
  type AcdBody,
  type AcdOperationId,
  type AcdPath,
  type AcdQuery,
  type AcdReply,
  acdOperationOf,
  acdPath,
  acdTemplate,
  SERVICES_PREFIX,
} from "./table.ts";
export * from "./token.ts";
