// What needs somebody.

export { AttentionUseCases } from "./use-cases.ts";
