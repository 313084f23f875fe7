// Outcomes to the CRM: an event for each retrieval, records in batches.

export { createCrmAnnouncer } from "./announce.ts";
export { createCrmSender } from "./sender.ts";
export { type CrmPushReport, pushToCrm } from "./upsert.ts";
