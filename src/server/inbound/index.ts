// The addresses that the vendor posts its events to.

export {
  INBOUND_HEADER,
  INBOUND_PATH,
  type InboundAnswer,
  type InboundRoutesOptions,
  inboundRoutes,
} from "./routes.ts";
