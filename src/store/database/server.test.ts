// What is said of a server, for every answer that one can give.

import fc from "fast-check";
import { expect, test } from "vitest";
import { requireSuitable, type ServerFacts, serverTroubles } from "./server.ts";

const GOOD: ServerFacts = {
  settings: {
    server_version_num: "150017",
    server_version: "15.17 (Debian 15.17-0+deb12u1)",
    server_encoding: "UTF8",
    DateStyle: "ISO, DMY",
    default_transaction_isolation: "read committed",
    default_transaction_read_only: "off",
    session_replication_role: "origin",
    standard_conforming_strings: "on",
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    statement_timeout: "0",
    lock_timeout: "0",
    transaction_timeout: null,
    idle_session_timeout: "0",
    max_connections: "100",
  },
  isStandby: false,
  hasPlpgsql: true,
  limits: { "connection limit of the database": 40 },
  collation: "en_US.UTF-8",
  collationMade: "2.36",
  collationNow: "2.36",
};
type Settings = Partial<ServerFacts["settings"]>;
const withSettings = (settings: Settings): ServerFacts => ({ ...GOOD, settings: { ...GOOD.settings, ...settings } });

test("a server that suits is in no trouble, on each version from the oldest to the newest", () => {
  for (const major of [15, 16, 17, 18]) expect(serverTroubles(withSettings({ server_version_num: `${major}0003` }))).toEqual([]);
});

test.each<[string, ServerFacts, "fail" | "warn", RegExp]>([
  [
    "version",
    withSettings({ server_version_num: "130021", server_version: "13.21" }),
    "fail",
    /PostgreSQL 13\.21; .* 15 and later/,
  ],
  ["version", withSettings({ server_version_num: "190000", server_version: "19.0" }), "warn", /tested with 15 to 18/],
  ["version", withSettings({ server_version_num: null, server_version: null }), "fail", /unknown version/],
  ["encoding", withSettings({ server_encoding: "SQL_ASCII" }), "fail", /SQL_ASCII, not UTF8/],
  ["extension", { ...GOOD, hasPlpgsql: false }, "fail", /plpgsql/],
  ["writes", { ...GOOD, isStandby: true }, "fail", /standby/],
  ["writes", withSettings({ default_transaction_read_only: "on" }), "fail", /read only/],
  ["settings", withSettings({ DateStyle: "SQL, DMY" }), "fail", /DateStyle is SQL, DMY/],
  ["settings", withSettings({ default_transaction_isolation: "serializable" }), "fail", /serializable/],
  ["settings", withSettings({ session_replication_role: "replica" }), "fail", /triggers/],
  ["settings", withSettings({ standard_conforming_strings: "off" }), "fail", /backslash/],
  ["settings", withSettings({ fsync: "off" }), "warn", /off: fsync\./],
  ["settings", withSettings({ synchronous_commit: "off" }), "warn", /may be lost/],
  ["settings", withSettings({ statement_timeout: "30s" }), "warn", /statement_timeout is 30s/],
  ["settings", withSettings({ max_connections: "20" }), "warn", /max_connections is 20/],
  ["settings", { ...GOOD, limits: { "connection limit of the role": 3 } }, "warn", /connection limit of the role is 3/],
  ["collation", { ...GOOD, collationNow: "2.39" }, "warn", /version 2\.39 now, and indexes were made with 2\.36/],
  ["collation", { ...GOOD, collationNow: null }, "warn", /version unknown now/],
])("%s is named with its mend", (check, facts, state, text) => {
  const troubles = serverTroubles(facts);
  expect(troubles).toEqual([{ check, state, text: expect.stringMatching(text), mend: expect.stringMatching(/./) }]);
  const tried = () => requireSuitable(facts, true);
  if (state === "warn") return expect(tried).not.toThrow();
  return expect(tried).toThrow(expect.objectContaining({ code: "unsuitable_database", message: expect.stringMatching(text) }));
});

test("a standby will do where nothing is to be changed, and nothing else that fails", () => {
  expect(() => requireSuitable({ ...GOOD, isStandby: true }, false)).not.toThrow();
  expect(() => requireSuitable({ ...GOOD, isStandby: true, hasPlpgsql: false }, false)).toThrow(/plpgsql/);
});

test("property: a setting that is not told never gives a better verdict", () => {
  const needed = ["server_version_num", "server_encoding", "DateStyle", "session_replication_role"] as const;
  const state = fc.record({ isStandby: fc.boolean(), hasPlpgsql: fc.boolean() });
  fc.assert(
    fc.property(state, fc.subarray([...needed], { minLength: 1 }), (more, gone) => {
      const facts = { ...withSettings(Object.fromEntries(gone.map((name) => [name, null]))), ...more };
      const fails = (of: ServerFacts) => serverTroubles(of).filter((one) => one.state === "fail").length;
      expect(fails(facts)).toBe(fails({ ...GOOD, ...more }) + gone.length);
    }),
  );
});
