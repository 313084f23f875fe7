// The verbs that an assistant may be allowed. A file of its own: it brings all operations, and is loaded when the option is given.

export { assistantVerbs } from "../app/index.ts";
