// Outcomes to the CRM: an event for each retrieval, and records in batches.

export { createCrmAnnouncer } from "./announce.ts";
export { type CrmAccess, CrmPushing } from "./pushing.ts";
export { type CrmPushed, type CrmPushOptions, type CrmPushRequest, CrmUseCases, refuseUnended } from "./use-cases.ts";
