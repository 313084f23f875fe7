// The verbs that an assistant may be allowed, without a service.

import { describedRoutes } from "../document.ts";
import { allowableVerbs } from "./tools.ts";

/** By their operation of the API. */
export const assistantVerbs = (): string[] => allowableVerbs(describedRoutes());
