// Outcomes to the CRM: an event for each retrieval, and records in batches.

export {
  type CrmAccess,
  type CrmPushed,
  CrmPushing,
  type CrmPushOptions,
  type CrmPushRequest,
  CrmUseCases,
  createCrmAnnouncer,
  refuseUnended,
} from "./use-cases.ts";
