// The ledger of dialer settings.

export { DialerLedger } from "./dialer-ledger.ts";
export { DIALER_CHANGE, type DialerCampaignEntry, type DialerChange } from "./types.ts";
