// Names of checks that are looked for again, apart from the checks themselves: the package's door needs the names alone.

/** The check of the groups that the tenant itself keeps. */
export const TENANT_GROUPS = "the tenant's do-not-call groups";
