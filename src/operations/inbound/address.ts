// Where the vendor posts its events, and what it carries.

/** Path of the service's addresses; the channel follows. */
export const INBOUND_PATH = "/webhooks/vendor";
/** Header with the secret, of deliveries of the kind that carries headers; the other kind carries a bearer token. Either is accepted. */
export const INBOUND_HEADER = "X-Outdial-Secret";
