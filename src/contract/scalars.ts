// The scalars of the vendor's documents: instants, dates, rates, with the forms that are accepted.

import { z } from "zod";
import { parseInstant } from "../kernel/index.ts";
import { parseInstantOrNaiveUtc } from "./times.ts";

/** An ISO 8601 time with an offset. */
export const offsetTime = z
  .string()
  .refine((text) => parseInstant(text) !== undefined, "an ISO 8601 time with an offset, such as 2026-01-31T08:00:00Z")
  .meta({ format: "date-time" });

/** An ISO 8601 time; without an offset it is UTC. */
export const looseTime = z
  .string()
  .refine(
    (text) => parseInstantOrNaiveUtc(text) !== undefined,
    "an ISO 8601 time, such as 2026-01-31T08:00:00Z (without an offset it means UTC)",
  );

/** An identifier of the vendor: opaque, not empty. */
export const id = z.string().min(1).max(256);

/** A fraction from 0 to 1. */
export const fraction = z.number().min(0).max(1);

/** A web address a webhook can be delivered to. */
export const webAddress = z.url({ protocol: /^https?$/ });
