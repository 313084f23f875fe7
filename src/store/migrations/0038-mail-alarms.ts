// Alarms by e-mail make live updates as well, one for an alarm that other receivers get too.

import type { Migration } from "./migration.ts";

export const mailAlarms: Migration = {
  name: "live updates about alarms by e-mail",
  sql: `
create function outdial.tell_mail_alarm() returns trigger language plpgsql as $$
declare
  said text;
begin
  -- The copies of an event are written by one statement, so that their ids are near.
  if exists (select from outdial.outbox o where o.id between new.id - 1000 and new.id - 1 and o.event_id = new.event_id and o.endpoint = 'alarms') then
    return null;
  end if;
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
create trigger tell_mail_alarm after insert on outdial.outbox for each row when (new.endpoint = 'mail') execute function outdial.tell_mail_alarm();
`,
};
