// The service: HTTP API, live updates, who may do what, and the pages of the dashboard.

export type * as ApiTypes from "./api/schemas/index.ts";
export { INBOUND_HEADER, INBOUND_PATH, type InboundAnswer, type InboundRoutesOptions, inboundRoutes } from "./inbound/index.ts";
