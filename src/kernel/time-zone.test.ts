import { expect, it } from "vitest";
import { isTimeZone } from "./time-zone.ts";

it("knows the zones of the database, and each again", () => {
  for (const name of ["America/New_York", "Asia/Kathmandu", "UTC", "America/New_York"])
    expect([name, isTimeZone(name)]).toEqual([name, true]);
});

it("knows neither what is no zone nor a mere offset, however often it is asked", () => {
  for (const name of ["", "Mars/Olympus", "+05:00", "Mars/Olympus"]) expect([name, isTimeZone(name)]).toEqual([name, false]);
});

it("finds a zone again without looking it up", () => {
  isTimeZone("Europe/London");
  const { DateTimeFormat } = Intl;
  try {
    Intl.DateTimeFormat = (() => {
      throw new Error("looked up again");
    }) as unknown as typeof DateTimeFormat;
    expect(isTimeZone("Europe/London")).toBe(true);
  } finally {
    Intl.DateTimeFormat = DateTimeFormat;
  }
});
