// The address for the vendor's events, and their secret.

/** Path of the service's addresses; the channel follows. */
export const INBOUND_PATH = "/webhooks/vendor";
/**
 * Header with the secret, for deliveries of the kind that supports headers; the other kind carries a bearer token. Either is
 * accepted.
 */
export const INBOUND_HEADER = "X-Outdial-Secret";
