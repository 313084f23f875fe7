// What the pages and followers of the service are told of changes in the other tables, as they are committed.

export const notices = `
-- What the rows of a table tell. Nothing is written while no service reads: a command on its own has no use for it.
create function outdial.tell() returns trigger language plpgsql as $$
declare
  about text := tg_argv[0];
  body json;
begin
  perform from outdial.service_feed where until > clock_timestamp();
  if not found then return null; end if;
  case tg_table_name
    when 'jobs' then
      body := json_build_object('jobId', new.id, 'kind', new.kind, 'status', new.status, 'totalRows', new.total_rows, 'counts', new.counts);
    when 'dialer_changes' then
      body := json_build_object('version', new.version, 'phase', new.phase, 'outcome', new.outcome);
    when 'outbox' then
      if about = 'delivery' then
        body := json_build_object('endpoint', new.endpoint, 'id', new.id, 'status', new.status);
      -- The copies of an event are written by one statement, so that their ids are near.
      elsif new.endpoint = 'mail' and exists (select from outdial.outbox o
        where o.id between new.id - 1000 and new.id - 1 and o.event_id = new.event_id and o.endpoint = 'alarms') then
        return null;
      else
        body := json_build_object('code', new.type, 'subject', new.subject,
          'message', coalesce(outdial.message_in(new.body), lower(replace(new.type, '_', ' '))));
      end if;
    when 'metric_readings' then
      body := json_build_object('campaignId', new.campaign_id, 'status', null, 'activeCalls', new.active_calls, 'successRate', new.success_rate);
    when 'state_intents' then
      body := json_build_object('campaignId', new.campaign_id, 'status', case when new.confirmed_at is not null then new.target end,
        'activeCalls', null, 'successRate', null);
    when 'known_campaigns' then
      body := json_build_object('campaignId', new.id, 'status', new.status, 'activeCalls', null, 'successRate', null);
    when 'tenant_readings' then
      if new.what in ('campaigns', 'dialer') then
        about := 'tenant';
        body := json_build_object('what', new.what, 'problem', new.problem ->> 'code');
      else
        body := json_build_object('campaignId', new.subject, 'status', null, 'activeCalls', null, 'successRate', null);
      end if;
    when 'failover_pairs' then
      body := json_build_object('primary', new.primary_id, 'backup', new.backup_id, 'phase', new.phase);
    when 'approvals' then
      body := json_build_object('approvalId', new.id,
        'state', case when new.state = 'approved' then coalesce(outdial.begun_state(new.job_id), new.state) else new.state end);
    when 'stops' then
      body := json_build_object('stopId', new.id, 'ended', new.ended_at is not null);
    when 'stop_campaigns' then
      body := json_build_object('stopId', new.stop_id, 'ended', false);
  end case;
  insert into outdial.service_events (type, body) values (about, body);
  return null;
end $$;

-- The message of an event; null for one that cannot be read: a notice must never keep the alarm itself from being written.
create function outdial.message_in(body text) returns text language plpgsql as $$
begin
  return body::json -> 'data' ->> 'message';
exception when others then
  return null;
end $$;

create trigger tell_job_added after insert on outdial.jobs for each row execute function outdial.tell('job');
create trigger tell_job after update on outdial.jobs for each row
  when (old.status is distinct from new.status or old.counts is distinct from new.counts or old.total_rows is distinct from new.total_rows)
  execute function outdial.tell('job');
create trigger tell_dialer_added after insert on outdial.dialer_changes for each row execute function outdial.tell('dialer');
create trigger tell_dialer after update on outdial.dialer_changes for each row
  when (old.phase is distinct from new.phase or old.outcome is distinct from new.outcome) execute function outdial.tell('dialer');
create trigger tell_delivery after update on outdial.outbox for each row
  when (old.status is distinct from new.status and (old.status = 'dead' or new.status = 'dead')) execute function outdial.tell('delivery');
create trigger tell_alarm after insert on outdial.outbox for each row
  when (new.endpoint in ('alarms', 'mail')) execute function outdial.tell('alarm');
create trigger tell_reading after insert on outdial.metric_readings for each row execute function outdial.tell('campaign');
create trigger tell_state after insert or update on outdial.state_intents for each row execute function outdial.tell('campaign');
create trigger tell_approval after insert or update on outdial.approvals for each row execute function outdial.tell('approval');
-- A pair is written at every look: only a phase that is entered is news.
create trigger tell_failover after update on outdial.failover_pairs for each row
  when (old.phase is distinct from new.phase) execute function outdial.tell('failover');
create trigger tell_known_campaign_added after insert on outdial.known_campaigns for each row execute function outdial.tell('campaign');
create trigger tell_known_campaign after update on outdial.known_campaigns for each row
  when (old.name is distinct from new.name or old.status is distinct from new.status or old.gone_at is distinct from new.gone_at)
  execute function outdial.tell('campaign');
-- The figures of the workload move with every reading, and pages read them with the rest.
create trigger tell_tenant_reading after update on outdial.tenant_readings for each row
  when (new.what <> 'workload' and (old.value::text is distinct from new.value::text or old.problem::text is distinct from new.problem::text
    or (old.read_at is null) <> (new.read_at is null)))
  execute function outdial.tell('campaign');
create trigger tell_stop after insert or update on outdial.stops for each row execute function outdial.tell('stop');
create trigger tell_stopped after update on outdial.stop_campaigns for each row execute function outdial.tell('stop');

-- What is known of a job that an approval began: whether it was carried out. A change that stands still with a write that the tenant took or may have taken
-- is not known to be in force, before its settings were read back.
create function outdial.begun_state(job text) returns text language sql stable as $$
  select case
    when coalesce(c.outcome, p.outcome) = 'applied' then 'approved'
    when c.outcome = 'rollback_failed' then 'outcome_unknown'
    when coalesce(c.outcome, p.outcome) is not null then 'failed'
    -- Its service ended, and another one goes on with it.
    when j.status <> 'stopped' or j.error ->> 'leaves' = 'true' then 'approved'
    when c.phase not in ('guarding', 'paused') and exists (
      select from outdial.dialer_events e where e.job_id = j.id and e.event ->> 'type' in ('accepted', 'lost')) then 'outcome_unknown'
    when p.phase in ('sending', 'settling', 'verifying', 'activating', 'confirming') then 'outcome_unknown'
    else 'approved' end
  from outdial.jobs j left join outdial.dialer_changes c on c.job_id = j.id left join outdial.campaign_applies p on p.job_id = j.id
  where j.id = job
$$;

create function outdial.begun_message(job text) returns text language sql stable as $$
  select coalesce(c.message, p.message, j.error ->> 'message')
  from outdial.jobs j left join outdial.dialer_changes c on c.job_id = j.id left join outdial.campaign_applies p on p.job_id = j.id
  where j.id = job
$$;

-- At the end of the transaction, which also writes how the change ended.
create function outdial.tell_begun() returns trigger language plpgsql as $$
begin
  insert into outdial.service_events (type, body)
  select 'approval', json_build_object('approvalId', a.id, 'state', outdial.begun_state(new.id))
  from outdial.approvals a, outdial.service_feed where a.job_id = new.id and a.state = 'approved' and until > clock_timestamp();
  return null;
end $$;
create constraint trigger tell_begun after update on outdial.jobs deferrable initially deferred for each row
  when (old.status is distinct from new.status) execute function outdial.tell_begun();
`;
