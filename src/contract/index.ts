// The vendor's wire contract as data. No I/O.

export * from "./campaigns.ts";
export * from "./dialer.ts";
export * from "./errors.ts";
export * from "./interactions.ts";
export type {
  AnyOperation,
  Envelope,
  Evidence,
  HostFamily,
  ItemResults,
  LockStyle,
  Method,
  Operation,
  OperationTable,
  PagingStyle,
  ProfileName,
  RateFamily,
  RateLimit,
  RestPaging,
  RetryClass,
  RowBody,
  RowPath,
  RowQuery,
  RowReply,
  SkipPaging,
  Versions,
} from "./operation.ts";
export {
  fillPath,
  isOperationId,
  OPERATION_IDS,
  OPERATIONS,
  type OperationId,
  operationOf,
  operationWords,
  type PathParameters,
  type Query,
  RATE_FAMILIES,
  RATE_LIMITS,
  REST_TABLE,
  type Reply,
  type RequestBody,
} from "./operations.ts";
export * from "./outbound.ts";
export { parseInstantOrNaiveUtc } from "./times.ts";
export { TOKEN_AUTH_STYLES, TOKEN_PATHS, type TokenAuthStyle, tokenReply } from "./token.ts";
