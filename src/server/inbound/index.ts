// The addresses that the vendor posts its events to.

export {
  type InboundAnswer,
  type InboundRoutesOptions,
  inboundRoutes,
} from "./routes.ts";
