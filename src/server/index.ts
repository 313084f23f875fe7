// The service: HTTP API, live updates, who may do what, and the pages of the dashboard.

export type * as ApiTypes from "../operations/views/index.ts";
export { createServer, type ServerPorts, type Service, type ServiceLog } from "./create-server.ts";
export { answeredHere, describedRoutes, routeTable, serviceOpenApi } from "./document.ts";
export type { ServerErrorCode } from "./error.ts";
export { problemCodes } from "./http/problem.ts";
export { type InboundAnswer, type InboundRoutesOptions, inboundRoutes } from "./inbound/index.ts";
export { listen } from "./listen.ts";
export { openMcp } from "./mcp/serve.ts";
export { assistantVerbs } from "./mcp/verbs.ts";
export {
  allHooks,
  createLogger,
  type LogLevel,
  metricsRoutes,
  observeRoutes,
  Readiness,
  requestSpan,
  type ServiceLogger,
  ServiceMetrics,
  serviceFigures,
  vendorSpans,
} from "./observe/index.ts";
export type { Answer, AnyAsking, Asking, Operation, Query } from "./operation.ts";
export type { Api, Work } from "./routes/index.ts";
export type { ApiRoute, Upload } from "./routing/route-types.ts";
export { Provider, SignInError, type SignInSettings } from "./sign-in/index.ts";
