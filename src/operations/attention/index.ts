// Things that need a person's attention.

export { AttentionUseCases } from "./use-cases.ts";
