// Receivers named by the company, each with the types of events that it takes.

export const receivers = `
alter table outdial.endpoints add column types text[] not null default '{}';
comment on column outdial.endpoints.types is 'The types of events that are written for it, as the configuration has them';

-- What the receivers of before took.
update outdial.endpoints set types = case name
  when 'bi' then '{DISPOSITION_ASSIGNED}'
  when 'analytics' then '{DISPOSITION_UPDATED}'
  when 'crm' then '{OUTCOMES_RETRIEVED}'
  else '{CAMPAIGN_ACTIVATED,CAMPAIGN_APPLY_INCOMPLETE,DIALER_ROLLBACK_FAILED,DIALER_ROLLOUT_PAUSED,WEBHOOK_RECEIVER_OFF,AUDIT_SET_BACK,VENDOR_DRIFT,FAILOVER_TRIGGERED,FAILOVER_COMPLETED,FAILOVER_FAILED_BACK,FAILOVER_SWITCHED_BY_HAND,FAILOVER_PAUSE_NOT_CONFIRMED,FAILOVER_NEITHER_DIALS,FAILOVER_BOTH_ACTIVE,FAILOVER_REACTIVATED,FAILOVER_NOT_AUTHORISED,FAILOVER_UNAVAILABLE,FAILOVER_METRICS_STALE,FAILOVER_NO_COUNTS,FAILOVER_CLOCK,FAILOVER_COMPLIANCE_STALE,FAILOVER_MONITOR_STALE}'
  end::text[]
where name in ('bi', 'analytics', 'crm', 'alarms', 'mail');

-- An alarm is told once, however many receivers take it: the copies of an event are written by one statement, so that their ids are near.
create function outdial.tell_alarm() returns trigger language plpgsql as $$
begin
  perform from outdial.service_feed where until > clock_timestamp();
  if not found or exists (select from outdial.outbox o where o.id between new.id - 1000 and new.id - 1 and o.event_id = new.event_id) then
    return null;
  end if;
  insert into outdial.service_events (type, body) values ('alarm', json_build_object('code', new.type, 'subject', new.subject,
    'message', coalesce(outdial.message_in(new.body), lower(replace(new.type, '_', ' ')))));
  return null;
end $$;
drop trigger tell_alarm on outdial.outbox;
create trigger tell_alarm after insert on outdial.outbox for each row
  when (new.type not in ('DISPOSITION_ASSIGNED', 'DISPOSITION_UPDATED', 'OUTCOMES_RETRIEVED')) execute function outdial.tell_alarm();
`;
