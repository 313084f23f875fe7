// Outcomes to the CRM: an event for each retrieval, records in batches.

export { createCrmAnnouncer } from "./announce.ts";
export { createCrmSender } from "./sender.ts";
export { pushToCrm } from "./upsert.ts";
export { type CrmPushRequest, CrmUseCases } from "./use-cases.ts";
