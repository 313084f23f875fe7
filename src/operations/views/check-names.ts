// Names of checks that other code looks for, separate from the checks themselves: the library's entry point needs only the names.

/** The check of the groups that the tenant itself keeps. */
export const TENANT_GROUPS = "the tenant's do-not-call groups";
/** What the dialer model says of agents and dial ratio. */
export const STAFFING = "staffing, by the dialer model";
/** The check of contacts that both campaigns of a pair would call. */
export const CALLED_BEFORE = "contacts called before";
