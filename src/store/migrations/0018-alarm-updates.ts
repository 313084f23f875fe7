// Live updates about alarms say what the alarm says.

import type { Migration } from "./migration.ts";

export const alarmUpdates: Migration = {
  name: "live updates about alarms carry their message",
  sql: `
create or replace function outdial.tell_alarm() returns trigger language plpgsql as $$
declare
  said text;
begin
  -- An update must never keep the alarm itself from being written.
  begin
    said := new.body::json -> 'data' ->> 'message';
  exception when others then
    said := null;
  end;
  perform outdial.tell('alarm', json_build_object('code', new.type, 'subject', new.subject,
    'message', coalesce(said, lower(replace(new.type, '_', ' ')))));
  return null;
end $$;
`,
};
