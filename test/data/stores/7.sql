--
-- PostgreSQL database dump
--

\restrict sRSdupiwhSlo1bBvMX0Rof6pAF9mzwlzUcDBeokcXdSf7B9mawDrjqI2sGXdMER

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: dbos; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA dbos;


--
-- Name: outdial; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA outdial;


--
-- Name: enqueue_workflow(text, text, json[], json, text, text, text, text, bigint, bigint, text, integer, text, text, text, bigint, text); Type: FUNCTION; Schema: dbos; Owner: -
--

CREATE FUNCTION dbos.enqueue_workflow(workflow_name text, queue_name text, positional_args json[] DEFAULT ARRAY[]::json[], named_args json DEFAULT '{}'::json, class_name text DEFAULT NULL::text, config_name text DEFAULT NULL::text, workflow_id text DEFAULT NULL::text, app_version text DEFAULT NULL::text, timeout_ms bigint DEFAULT NULL::bigint, deadline_epoch_ms bigint DEFAULT NULL::bigint, deduplication_id text DEFAULT NULL::text, priority integer DEFAULT NULL::integer, queue_partition_key text DEFAULT NULL::text, authenticated_user text DEFAULT NULL::text, authenticated_roles text DEFAULT NULL::text, delay_until_epoch_ms bigint DEFAULT NULL::bigint, application_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_workflow_id TEXT;
    v_serialized_inputs TEXT;
    v_owner_xid TEXT;
    v_now BIGINT;
    v_recovery_attempts INT4 := 0;
    v_priority INT4;
    v_status TEXT;
BEGIN

    -- Validate required parameters
    IF workflow_name IS NULL OR workflow_name = '' THEN
        RAISE EXCEPTION 'Workflow name cannot be null or empty';
    END IF;
    IF queue_name IS NULL OR queue_name = '' THEN
        RAISE EXCEPTION 'Queue name cannot be null or empty';
    END IF;
    IF named_args IS NOT NULL AND jsonb_typeof(named_args::jsonb) != 'object' THEN
        RAISE EXCEPTION 'Named args must be a JSON object';
    END IF;
    IF workflow_id IS NOT NULL AND workflow_id = '' THEN
        RAISE EXCEPTION 'Workflow ID cannot be an empty string if provided.';
    END IF;
    IF delay_until_epoch_ms IS NOT NULL AND delay_until_epoch_ms < 0 THEN
        RAISE EXCEPTION 'delay_until_epoch_ms must be >= 0';
    END IF;

    v_workflow_id := COALESCE(workflow_id, gen_random_uuid()::TEXT);
    v_owner_xid := gen_random_uuid()::TEXT;
    v_priority := COALESCE(priority, 0);
    v_serialized_inputs := json_build_object(
        'positionalArgs', positional_args,
        'namedArgs', named_args
    )::TEXT;
    v_now := EXTRACT(epoch FROM now()) * 1000;
    v_status := CASE WHEN delay_until_epoch_ms IS NULL THEN 'ENQUEUED' ELSE 'DELAYED' END;

    INSERT INTO "dbos".workflow_status (
        workflow_uuid, status,
        name, class_name, config_name,
        queue_name, deduplication_id, priority, queue_partition_key,
        application_version,
        created_at, updated_at, recovery_attempts,
        workflow_timeout_ms, workflow_deadline_epoch_ms,
        parent_workflow_id, owner_xid, serialization,
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    ) VALUES (
        v_workflow_id, v_status,
        workflow_name, class_name, config_name,
        queue_name, deduplication_id, v_priority, queue_partition_key,
        app_version,
        v_now, v_now, v_recovery_attempts,
        timeout_ms, deadline_epoch_ms,
        NULL, v_owner_xid, 'portable_json',
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    )
    ON CONFLICT (workflow_uuid)
    DO UPDATE SET
        updated_at = EXCLUDED.updated_at;

    INSERT INTO "dbos".workflow_input (
        workflow_uuid, inputs, retention_timestamp
    ) VALUES (
        v_workflow_id, v_serialized_inputs, v_now
    )
    ON CONFLICT (workflow_uuid) DO NOTHING;

    RETURN v_workflow_id;

EXCEPTION
    WHEN unique_violation THEN
        RAISE EXCEPTION 'DBOS queue duplicated'
            USING DETAIL = format('Workflow %s with queue %s and deduplication ID %s already exists', v_workflow_id, queue_name, deduplication_id),
                ERRCODE = 'unique_violation';
END;
$$;


--
-- Name: notifications_function(); Type: FUNCTION; Schema: dbos; Owner: -
--

CREATE FUNCTION dbos.notifications_function() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    DECLARE
        payload text := NEW.destination_uuid || '::' || NEW.topic;
    BEGIN
        PERFORM pg_notify('dbos_notifications_channel', payload);
        RETURN NEW;
    END;
    $$;


--
-- Name: send_message(text, json, text, text); Type: FUNCTION; Schema: dbos; Owner: -
--

CREATE FUNCTION dbos.send_message(destination_id text, message json, topic text DEFAULT NULL::text, message_id text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        DECLARE
            v_topic TEXT := COALESCE(topic, '__null__topic__');
            v_message_id TEXT := COALESCE(message_id, gen_random_uuid()::TEXT);
        BEGIN
            INSERT INTO "dbos".notifications (
                destination_uuid, topic, message, message_uuid, serialization
            ) VALUES (
                destination_id, v_topic, message, v_message_id, 'portable_json'
            )
            ON CONFLICT (message_uuid) DO NOTHING;
        EXCEPTION
            WHEN foreign_key_violation THEN
                RAISE EXCEPTION 'DBOS non-existent workflow'
                   USING DETAIL = format('Destination workflow %s does not exist', destination_id),
                        ERRCODE = 'foreign_key_violation';
        END;
        $$;


--
-- Name: analyze_registry_table(integer); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.analyze_registry_table(id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  execute format('analyze outdial.registry_blocks_%s', id);
end $$;


--
-- Name: attach_registry_table(integer); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.attach_registry_table(id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  execute format('alter table outdial.registry_blocks attach partition outdial.registry_blocks_%1$s for values in (%1$s)', id);
end $_$;


--
-- Name: begun_message(text); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.begun_message(job text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce(c.message, p.message, j.error ->> 'message')
  from outdial.jobs j left join outdial.dialer_changes c on c.job_id = j.id left join outdial.campaign_applies p on p.job_id = j.id
  where j.id = job
$$;


--
-- Name: begun_state(text); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.begun_state(job text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: drop_registry_table(integer); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.drop_registry_table(id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  execute format('drop table if exists outdial.registry_blocks_%1$s, outdial.registry_changes_%1$s', id);
end $_$;


--
-- Name: expire_dialer(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.expire_dialer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  update outdial.tenant_readings set good_until = clock_timestamp() where what = 'dialer';
  return null;
end $$;


--
-- Name: make_registry_table(integer, boolean); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.make_registry_table(id integer, changes boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  if changes then
    execute format('create table outdial.registry_changes_%s (number bigint primary key, changed_on date not null, listed boolean not null)', id);
  else
    execute format('create table outdial.registry_blocks_%1$s (file_id integer not null default %1$s check (file_id = %1$s), block bigint primary key,
      bits bit(10000) not null) with (toast_tuple_target = 128)', id);
    execute format('alter table outdial.registry_blocks_%s alter column bits set storage main', id);
  end if;
end $_$;


--
-- Name: message_in(text); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.message_in(body text) RETURNS text
    LANGUAGE plpgsql
    AS $$
begin
  return body::json -> 'data' ->> 'message';
exception when others then
  return null;
end $$;


--
-- Name: note_state(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.note_state() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  update outdial.known_campaigns set status = new.target, status_at = new.confirmed_at,
    active_at = case when new.target = 'paused' then null else new.confirmed_at end
  where id = new.campaign_id and status_at < new.confirmed_at;
  return null;
end $$;


--
-- Name: note_stopped(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.note_stopped() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  update outdial.known_campaigns set status = 'paused', status_at = new.updated_at, active_at = null
  where id = new.campaign_id and status_at < new.updated_at;
  return null;
end $$;


--
-- Name: probe_room(integer); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.probe_room(process integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  execute format('create table outdial.room_probe_%s as select repeat(''x'', 1000) as x from generate_series(1, 4000)', process);
  execute format('drop table outdial.room_probe_%s', process);
end $$;


--
-- Name: refuse_change(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'DELETE' and tg_table_name in ('attempts', 'raw_outcomes', 'gate_manifests')
    and current_setting('outdial.removes', true) = tg_table_name then return null; end if;
  if tg_op = 'DELETE' and tg_table_name = 'line_types' and current_setting('outdial.erases', true) <> ''
    and exists (select from outdial.erasures where ended_at is null) then return null; end if;
  raise exception 'outdial.% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;


--
-- Name: refuse_others(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.refuse_others() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if old.number::text is distinct from current_setting('outdial.erases', true) then
    raise exception 'outdial.% is append-only: an erasure removes the rows of its person alone', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end $$;


--
-- Name: refuse_young(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.refuse_young() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (case tg_table_name when 'gate_manifests' then to_jsonb(old) ->> 'created_at' else to_jsonb(old) ->> 'at' end)::timestamptz
    > clock_timestamp() - interval '5 years' then
    raise exception 'outdial.% keeps what is younger than five years', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end $$;


--
-- Name: tell(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.tell() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: tell_alarm(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.tell_alarm() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform from outdial.service_feed where until > clock_timestamp();
  if not found or exists (select from outdial.outbox o where o.id between new.id - 1000 and new.id - 1 and o.event_id = new.event_id) then
    return null;
  end if;
  insert into outdial.service_events (type, body) values ('alarm', json_build_object('code', new.type, 'subject', new.subject,
    'message', coalesce(outdial.message_in(new.body), lower(replace(new.type, '_', ' ')))));
  return null;
end $$;


--
-- Name: tell_begun(); Type: FUNCTION; Schema: outdial; Owner: -
--

CREATE FUNCTION outdial.tell_begun() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into outdial.service_events (type, body)
  select 'approval', json_build_object('approvalId', a.id, 'state', outdial.begun_state(new.id))
  from outdial.approvals a, outdial.service_feed where a.job_id = new.id and a.state = 'approved' and until > clock_timestamp();
  return null;
end $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: application_versions; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.application_versions (
    version_id text NOT NULL,
    version_name text NOT NULL,
    version_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text
);


--
-- Name: dbos_migrations; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.dbos_migrations (
    version bigint NOT NULL
);


--
-- Name: event_dispatch_kv; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.event_dispatch_kv (
    service_name text NOT NULL,
    workflow_fn_name text NOT NULL,
    key text NOT NULL,
    value text,
    update_seq numeric(38,0),
    update_time numeric(38,15)
);


--
-- Name: notifications; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.notifications (
    message_uuid text DEFAULT gen_random_uuid() NOT NULL,
    destination_uuid text NOT NULL,
    topic text,
    message text NOT NULL,
    created_at_epoch_ms bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    serialization text,
    consumed boolean DEFAULT false NOT NULL,
    consumed_by_function_id integer
);


--
-- Name: operation_outputs; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.operation_outputs (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    function_name text DEFAULT ''::text NOT NULL,
    output text,
    error text,
    child_workflow_id text,
    started_at_epoch_ms bigint,
    completed_at_epoch_ms bigint,
    serialization text,
    application_name text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);


--
-- Name: queues; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.queues (
    queue_id text DEFAULT (gen_random_uuid())::text NOT NULL,
    name text NOT NULL,
    concurrency integer,
    worker_concurrency integer,
    rate_limit_max integer,
    rate_limit_period_sec double precision,
    priority_enabled boolean DEFAULT false NOT NULL,
    partition_queue boolean DEFAULT false NOT NULL,
    polling_interval_sec double precision DEFAULT 1.0 NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text,
    partition_concurrency integer,
    partition_worker_concurrency integer,
    partition_rate_limit_max integer,
    partition_rate_limit_period_sec double precision
);


--
-- Name: streams; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.streams (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    "offset" integer NOT NULL,
    function_id integer DEFAULT 0 NOT NULL,
    serialization text
);


--
-- Name: workflow_events; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_events (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);


--
-- Name: workflow_events_history; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_events_history (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);


--
-- Name: workflow_input; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_input (
    workflow_uuid text NOT NULL,
    inputs text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);


--
-- Name: workflow_output; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_output (
    workflow_uuid text NOT NULL,
    output text,
    error text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);


--
-- Name: workflow_schedules; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_schedules (
    schedule_id text NOT NULL,
    schedule_name text NOT NULL,
    workflow_name text NOT NULL,
    workflow_class_name text,
    schedule text NOT NULL,
    status text DEFAULT 'ACTIVE'::text NOT NULL,
    context text NOT NULL,
    last_fired_at text,
    automatic_backfill boolean DEFAULT false NOT NULL,
    cron_timezone text,
    queue_name text,
    application_name text
);


--
-- Name: workflow_status; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_status (
    workflow_uuid text NOT NULL,
    status text,
    name text,
    authenticated_user text,
    assumed_role text,
    authenticated_roles text,
    request text,
    output text,
    error text,
    executor_id text,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_version text,
    application_id text,
    class_name character varying(255) DEFAULT NULL::character varying,
    config_name character varying(255) DEFAULT NULL::character varying,
    recovery_attempts bigint DEFAULT 0,
    queue_name text,
    workflow_timeout_ms bigint,
    workflow_deadline_epoch_ms bigint,
    inputs text,
    started_at_epoch_ms bigint,
    deduplication_id text,
    priority integer DEFAULT 0 NOT NULL,
    queue_partition_key text,
    forked_from text,
    owner_xid text,
    parent_workflow_id text,
    serialization text,
    delay_until_epoch_ms bigint,
    was_forked_from boolean DEFAULT false NOT NULL,
    rate_limited boolean DEFAULT false NOT NULL,
    completed_at bigint,
    attributes jsonb,
    schedule_name text,
    debounce_deadline_epoch_ms bigint,
    is_debounced boolean DEFAULT false NOT NULL,
    application_name text,
    creator_xid text
);


--
-- Name: api_tokens; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.api_tokens (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    role text NOT NULL,
    hash bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    person text,
    CONSTRAINT api_tokens_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])))
);


--
-- Name: approvals; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.approvals (
    id text NOT NULL COLLATE pg_catalog."C",
    operation text NOT NULL,
    summary text NOT NULL,
    confirm text NOT NULL,
    request json NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    message text,
    plan json,
    requested_person text,
    executor text COLLATE pg_catalog."C",
    job_id text COLLATE pg_catalog."C",
    requested_token text COLLATE pg_catalog."C",
    CONSTRAINT approvals_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'failed'::text, 'interrupted'::text, 'outcome_unknown'::text])))
);


--
-- Name: attempts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.attempts (
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    campaign text NOT NULL,
    call_id text NOT NULL,
    answer text,
    CONSTRAINT attempts_answer_check CHECK ((answer = ANY (ARRAY['served'::text, 'late'::text, 'hangup'::text, 'dropped'::text, 'machine'::text]))),
    CONSTRAINT attempts_kind_check CHECK ((kind = ANY (ARRAY['attempt'::text, 'conversation'::text, 'inbound-conversation'::text, 'abandoned'::text])))
);


--
-- Name: attention; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.attention (
    key text NOT NULL COLLATE pg_catalog."C",
    owner text,
    acknowledged_by text,
    acknowledged_at timestamp with time zone,
    note text,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: audit; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit (
    seq bigint NOT NULL,
    "time" text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    job text COLLATE pg_catalog."C",
    details text NOT NULL,
    leaf bytea NOT NULL,
    seal bytea NOT NULL,
    salt text,
    erased bigint
);


--
-- Name: COLUMN audit.salt; Type: COMMENT; Schema: outdial; Owner: -
--

COMMENT ON COLUMN outdial.audit.salt IS 'Random, part of what is hashed; destroyed when a person is erased from the entry';


--
-- Name: COLUMN audit.erased; Type: COMMENT; Schema: outdial; Owner: -
--

COMMENT ON COLUMN outdial.audit.erased IS 'The entry that says that a person was erased from this one';


--
-- Name: audit_checkpoints; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit_checkpoints (
    size bigint NOT NULL,
    note text NOT NULL
);


--
-- Name: audit_conflicts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit_conflicts (
    id text NOT NULL,
    place text NOT NULL,
    kind text NOT NULL,
    size bigint,
    log_size bigint NOT NULL,
    note text,
    message text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    accepted_at timestamp with time zone,
    accepted_by text,
    reason text,
    signature text,
    CONSTRAINT audit_conflicts_kind_check CHECK ((kind = ANY (ARRAY['truncated'::text, 'rolled_back'::text, 'checkpoint_forged'::text])))
);


--
-- Name: audit_cosignatures; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit_cosignatures (
    size bigint NOT NULL,
    witness text NOT NULL,
    line text NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: audit_head; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit_head (
    id boolean DEFAULT true NOT NULL,
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    vkey text,
    CONSTRAINT audit_head_id_check CHECK (id)
)
WITH (fillfactor='10');


--
-- Name: audit_jobs; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit_jobs (
    job text NOT NULL COLLATE pg_catalog."C",
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL
)
WITH (fillfactor='50');


--
-- Name: audit_nodes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.audit_nodes (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL
);


--
-- Name: campaign_applies; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.campaign_applies (
    job_id text NOT NULL COLLATE pg_catalog."C",
    plan_hash text NOT NULL,
    source_name text NOT NULL,
    actor text NOT NULL,
    plan json NOT NULL,
    phase text NOT NULL,
    outcome text,
    message text,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    stop_mark bigint DEFAULT 0 NOT NULL,
    machine integer DEFAULT 1 NOT NULL
);


--
-- Name: campaign_events; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.campaign_events (
    job_id text NOT NULL COLLATE pg_catalog."C",
    seq integer NOT NULL,
    event json NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: campaign_plans; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.campaign_plans (
    plan_hash text NOT NULL,
    plan json NOT NULL,
    shown_at timestamp with time zone NOT NULL,
    stop_mark bigint
);


--
-- Name: campaign_policies; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.campaign_policies (
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    policy json NOT NULL,
    plan_hash text NOT NULL,
    actor text NOT NULL,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: consents; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.consents (
    number bigint NOT NULL,
    given_at timestamp with time zone NOT NULL,
    digest uuid NOT NULL,
    level text NOT NULL,
    basis text NOT NULL,
    source text NOT NULL,
    evidence text NOT NULL,
    wording uuid NOT NULL,
    import_id text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT consents_level_check CHECK ((level = ANY (ARRAY['none'::text, 'express'::text, 'written'::text])))
);


--
-- Name: crm_acknowledged; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.crm_acknowledged (
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    call_id text NOT NULL COLLATE pg_catalog."C",
    start_hour timestamp with time zone NOT NULL,
    digest text NOT NULL,
    acknowledged_at timestamp with time zone NOT NULL,
    job_id text COLLATE pg_catalog."C"
)
WITH (fillfactor='80');


--
-- Name: crm_announcements; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.crm_announcements (
    run_id text NOT NULL COLLATE pg_catalog."C",
    announced_at timestamp with time zone NOT NULL
);


--
-- Name: crm_push_refusals; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.crm_push_refusals (
    job_id text NOT NULL COLLATE pg_catalog."C",
    line integer NOT NULL,
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    call_id text NOT NULL COLLATE pg_catalog."C",
    start_time timestamp with time zone NOT NULL,
    digest text NOT NULL,
    status smallint NOT NULL,
    reason text NOT NULL
);


--
-- Name: crm_refused; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.crm_refused (
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    call_id text NOT NULL COLLATE pg_catalog."C",
    start_hour timestamp with time zone NOT NULL,
    digest text NOT NULL,
    status smallint NOT NULL,
    reason text NOT NULL,
    refused_at timestamp with time zone NOT NULL
);


--
-- Name: delivered_counts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.delivered_counts (
    endpoint text NOT NULL,
    delivered bigint NOT NULL
)
WITH (fillfactor='10');


--
-- Name: delivery_attempts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.delivery_attempts (
    delivery_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    status smallint,
    error text NOT NULL
);


--
-- Name: dialer_campaigns; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.dialer_campaigns (
    content_hash text NOT NULL,
    name text NOT NULL,
    source_name text NOT NULL,
    actor text NOT NULL,
    status text NOT NULL,
    campaign_id text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT dialer_campaigns_status_check CHECK ((status = ANY (ARRAY['intended'::text, 'created'::text])))
);


--
-- Name: dialer_changes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.dialer_changes (
    version integer NOT NULL,
    job_id text COLLATE pg_catalog."C",
    kind text NOT NULL,
    source_name text NOT NULL,
    actor text NOT NULL,
    settings_hash text NOT NULL,
    settings json NOT NULL,
    tag text,
    plan json,
    phase text NOT NULL,
    outcome text,
    message text,
    rejected boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    subject text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    machine integer DEFAULT 1 NOT NULL,
    CONSTRAINT dialer_changes_kind_check CHECK ((kind = ANY (ARRAY['observed'::text, 'apply'::text, 'rollback'::text])))
);


--
-- Name: dialer_changes_version_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.dialer_changes ALTER COLUMN version ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.dialer_changes_version_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dialer_events; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.dialer_events (
    job_id text NOT NULL COLLATE pg_catalog."C",
    seq integer NOT NULL,
    event json NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: disconnections; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.disconnections (
    number bigint NOT NULL,
    disconnected_on date NOT NULL
);


--
-- Name: endpoints; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.endpoints (
    name text NOT NULL,
    failing_since timestamp with time zone,
    off_since timestamp with time zone,
    off_reason text,
    on_since timestamp with time zone,
    known_at timestamp with time zone,
    types text[] DEFAULT '{}'::text[] NOT NULL
);


--
-- Name: COLUMN endpoints.types; Type: COMMENT; Schema: outdial; Owner: -
--

COMMENT ON COLUMN outdial.endpoints.types IS 'The types of events that are written for it, as the configuration has them';


--
-- Name: erasures; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.erasures (
    id text NOT NULL COLLATE pg_catalog."C",
    sealed text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);


--
-- Name: fact_imports; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.fact_imports (
    id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    source_name text NOT NULL,
    actor text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    content_hash text,
    counts json,
    beat_at timestamp with time zone,
    in_force jsonb DEFAULT '{}'::jsonb NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    prefix_hash text,
    broken_off_at timestamp with time zone,
    reason text,
    completed_by text COLLATE pg_catalog."C",
    size bigint
);


--
-- Name: failover_events; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.failover_events (
    primary_id text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    event json NOT NULL,
    phase text NOT NULL,
    alarms json NOT NULL
);


--
-- Name: failover_pairs; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.failover_pairs (
    primary_id text NOT NULL COLLATE pg_catalog."C",
    backup_id text NOT NULL COLLATE pg_catalog."C",
    policy json NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    state json,
    seq bigint DEFAULT 0 NOT NULL,
    phase text DEFAULT 'watching'::text NOT NULL,
    executor text,
    looked_at timestamp with time zone,
    order_what text,
    order_by text,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    run integer DEFAULT 0 NOT NULL,
    order_at timestamp with time zone,
    order_mark bigint,
    CONSTRAINT failover_pairs_check CHECK ((backup_id <> primary_id)),
    CONSTRAINT failover_pairs_order_what_check CHECK ((order_what = ANY (ARRAY['fail-over'::text, 'fail-back'::text])))
);


--
-- Name: gate_manifests; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.gate_manifests (
    id text NOT NULL COLLATE pg_catalog."C",
    campaign text NOT NULL,
    at timestamp with time zone NOT NULL,
    manifest text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: handover_holds; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.handover_holds (
    campaign text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    until timestamp with time zone NOT NULL,
    primary_id text NOT NULL COLLATE pg_catalog."C",
    handover integer NOT NULL
);


--
-- Name: idempotency_keys; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.idempotency_keys (
    principal text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    body text,
    created_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone NOT NULL,
    wrote json
);


--
-- Name: inbound_events; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.inbound_events (
    id bigint NOT NULL,
    channel text NOT NULL,
    event_id text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    claimed_by text,
    reason text,
    settled_at timestamp with time zone,
    CONSTRAINT inbound_events_channel_check CHECK ((channel = ANY (ARRAY['omnichannel'::text, 'dialer'::text]))),
    CONSTRAINT inbound_events_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'done'::text, 'ignored'::text, 'aside'::text])))
)
WITH (fillfactor='80');


--
-- Name: inbound_events_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.inbound_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.inbound_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: interaction_changes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.interaction_changes (
    job_id text NOT NULL COLLATE pg_catalog."C",
    line integer NOT NULL,
    interaction_id text NOT NULL,
    base_tag text NOT NULL,
    before json NOT NULL,
    intended json NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    stored json
);


--
-- Name: job_chunks; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.job_chunks (
    job_id text NOT NULL COLLATE pg_catalog."C",
    chunk_no integer NOT NULL,
    first_line integer NOT NULL,
    last_line integer NOT NULL,
    payload text NOT NULL,
    intent_upto integer DEFAULT 0 NOT NULL,
    done boolean DEFAULT false NOT NULL
)
WITH (fillfactor='80');


--
-- Name: job_conflicts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.job_conflicts (
    job_id text NOT NULL COLLATE pg_catalog."C",
    line integer NOT NULL,
    other_line integer NOT NULL
);


--
-- Name: job_items; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.job_items (
    job_id text NOT NULL COLLATE pg_catalog."C",
    line integer NOT NULL,
    call_id text,
    result text NOT NULL,
    status_code smallint,
    reason text,
    attempts smallint NOT NULL,
    latency_ms real,
    call_status text,
    finished_at timestamp with time zone NOT NULL,
    vendor_body text,
    CONSTRAINT job_items_result_check CHECK ((result = ANY (ARRAY['tagged'::text, 'contact_tagged'::text, 'success'::text, 'unchanged'::text, 'recorded'::text, 'duplicate'::text, 'refused'::text, 'validation_error'::text, 'locked'::text, 'conflict_persistent'::text, 'exhausted_retries'::text, 'not_found'::text, 'forbidden'::text, 'unknown'::text, 'failed'::text])))
);


--
-- Name: jobs; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.jobs (
    id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    campaign_id text,
    source_name text NOT NULL,
    content_hash text NOT NULL,
    options json NOT NULL,
    actor text NOT NULL,
    status text NOT NULL,
    total_rows integer,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    summary json,
    error json,
    executor text,
    run integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    profile text DEFAULT 'rest'::text NOT NULL,
    scope text COLLATE pg_catalog."C",
    tenant_name text,
    tenant_address text,
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['planning'::text, 'ready'::text, 'running'::text, 'done'::text, 'partly_failed'::text, 'failed'::text, 'stopped'::text, 'cancelled'::text])))
)
WITH (fillfactor='70');


--
-- Name: known_campaigns; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.known_campaigns (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    status text NOT NULL,
    status_at timestamp with time zone NOT NULL,
    place integer NOT NULL,
    gone_at timestamp with time zone,
    active_at timestamp with time zone,
    lacking_since timestamp with time zone
);


--
-- Name: known_counts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.known_counts (
    what text NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    count bigint NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    answered bigint,
    answered_at timestamp with time zone
);


--
-- Name: lake_files; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.lake_files (
    path text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    campaign_id text NOT NULL,
    day text NOT NULL COLLATE pg_catalog."C",
    rows bigint NOT NULL,
    bytes bigint NOT NULL,
    run_id text,
    added_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT lake_files_kind_check CHECK ((kind = ANY (ARRAY['part'::text, 'head'::text, 'history'::text, 'quarantine'::text])))
);


--
-- Name: lifted_suppressions; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.lifted_suppressions (
    suppression_id bigint NOT NULL,
    lift_id bigint NOT NULL,
    number bigint NOT NULL
);


--
-- Name: line_types; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.line_types (
    number bigint NOT NULL,
    line_type text NOT NULL,
    seen_on date NOT NULL,
    CONSTRAINT line_types_line_type_check CHECK ((line_type = ANY (ARRAY['mobile'::text, 'landline'::text, 'voip'::text])))
);


--
-- Name: login_codes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.login_codes (
    hash bytea NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT login_codes_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])))
);


--
-- Name: metric_readings; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.metric_readings (
    id bigint NOT NULL,
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    ordered_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    event_id text,
    window_minutes double precision,
    success_rate double precision,
    active_calls double precision,
    calls_placed double precision,
    calls_answered double precision,
    abandonment_rate double precision,
    failover_triggered boolean,
    agents_logged_in integer,
    agents_available integer,
    agents_working integer,
    agents_wrap_up integer,
    CONSTRAINT metric_readings_source_check CHECK ((source = ANY (ARRAY['pull'::text, 'push'::text])))
);


--
-- Name: metric_readings_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.metric_readings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.metric_readings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: migrations; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.migrations (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE migrations; Type: COMMENT; Schema: outdial; Owner: -
--

COMMENT ON TABLE outdial.migrations IS 'schema version 7';


--
-- Name: outbox; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.outbox (
    id bigint NOT NULL,
    event_id text NOT NULL,
    endpoint text NOT NULL,
    subject text NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_attempt_at timestamp with time zone,
    claimed_by text,
    claimed_until timestamp with time zone,
    last_status smallint,
    last_error text,
    delivered_at timestamp with time zone,
    CONSTRAINT outbox_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
)
WITH (fillfactor='80');


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rate_limits; Type: TABLE; Schema: outdial; Owner: -
--

CREATE UNLOGGED TABLE outdial.rate_limits (
    scope text NOT NULL,
    family text NOT NULL,
    permits double precision NOT NULL,
    counted_at timestamp with time zone NOT NULL
);


--
-- Name: rate_parts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE UNLOGGED TABLE outdial.rate_parts (
    scope text NOT NULL,
    family text NOT NULL,
    holder text NOT NULL,
    part double precision NOT NULL,
    demand double precision[] NOT NULL,
    held_until timestamp with time zone NOT NULL
);


--
-- Name: raw_outcomes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.raw_outcomes (
    call_id text NOT NULL,
    code text NOT NULL,
    at timestamp with time zone NOT NULL,
    number bigint,
    campaign text NOT NULL,
    opt_out text,
    recorded_at timestamp with time zone NOT NULL
);


--
-- Name: read_periods; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.read_periods (
    campaign_id text NOT NULL,
    codes text[],
    kind text NOT NULL,
    stretches int8multirange NOT NULL,
    observed_upto bigint,
    CONSTRAINT read_periods_kind_check CHECK ((kind = ANY (ARRAY['begun'::text, 'short'::text, 'read'::text])))
)
WITH (fillfactor='70');


--
-- Name: reassigned_queries; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.reassigned_queries (
    number bigint NOT NULL,
    queried_on date NOT NULL
);


--
-- Name: registry_blocks; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.registry_blocks (
    file_id integer NOT NULL,
    block bigint NOT NULL,
    bits bit(10000) NOT NULL
)
PARTITION BY LIST (file_id);


--
-- Name: registry_blocks_1; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.registry_blocks_1 (
    file_id integer DEFAULT 1 NOT NULL,
    block bigint NOT NULL,
    bits bit(10000) NOT NULL,
    CONSTRAINT registry_blocks_1_file_id_check CHECK ((file_id = 1))
)
WITH (toast_tuple_target='128');
ALTER TABLE ONLY outdial.registry_blocks_1 ALTER COLUMN bits SET STORAGE MAIN;


--
-- Name: registry_coverage; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.registry_coverage (
    registry text NOT NULL,
    area_code smallint NOT NULL,
    file_id integer NOT NULL,
    as_of date NOT NULL,
    numbers bigint NOT NULL
);


--
-- Name: registry_files; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.registry_files (
    id integer NOT NULL,
    registry text NOT NULL,
    as_of date NOT NULL,
    source_name text NOT NULL,
    actor text NOT NULL,
    status text NOT NULL,
    content_hash text,
    numbers bigint,
    loaded_at timestamp with time zone NOT NULL,
    import_id text COLLATE pg_catalog."C",
    retired_at timestamp with time zone,
    CONSTRAINT registry_files_status_check CHECK ((status = ANY (ARRAY['loading'::text, 'current'::text, 'retired'::text, 'applied'::text])))
);


--
-- Name: registry_files_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.registry_files ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.registry_files_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: relationships; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.relationships (
    number bigint NOT NULL,
    kind text NOT NULL,
    since date NOT NULL,
    CONSTRAINT relationships_kind_check CHECK ((kind = ANY (ARRAY['transaction'::text, 'inquiry'::text])))
);


--
-- Name: removals; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.removals (
    name text NOT NULL,
    removed bigint DEFAULT 0 NOT NULL,
    at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');


--
-- Name: replicas; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.replicas (
    id text NOT NULL,
    pid integer NOT NULL,
    host text NOT NULL,
    interval_ms integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    refused json,
    alike json DEFAULT '{}'::json NOT NULL
)
WITH (fillfactor='50');


--
-- Name: reply_shapes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.reply_shapes (
    operation text NOT NULL COLLATE pg_catalog."C",
    shape text NOT NULL,
    seen_at timestamp with time zone NOT NULL
);


--
-- Name: reported_figures; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.reported_figures (
    id bigint NOT NULL,
    scope text NOT NULL,
    definition text NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    calls bigint NOT NULL,
    counts jsonb NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    CONSTRAINT reported_figures_check CHECK ((to_ms > from_ms))
);


--
-- Name: reported_figures_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.reported_figures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.reported_figures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: retrieval_schedules; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.retrieval_schedules (
    campaign_id text NOT NULL,
    every_ms bigint NOT NULL,
    codes text[],
    page_limit integer NOT NULL,
    overlap_ms bigint NOT NULL,
    first_ms bigint NOT NULL,
    read_to bigint,
    actor text NOT NULL,
    next_at timestamp with time zone NOT NULL,
    turn_of text COLLATE pg_catalog."C",
    CONSTRAINT retrieval_schedules_every_ms_check CHECK ((every_ms > 0))
);


--
-- Name: retrieval_windows; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.retrieval_windows (
    job_id text NOT NULL COLLATE pg_catalog."C",
    no integer NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    done boolean DEFAULT false NOT NULL,
    page_token text,
    page_size integer NOT NULL,
    pages_ok integer DEFAULT 0 NOT NULL,
    pages_failed integer DEFAULT 0 NOT NULL,
    restarts integer DEFAULT 0 NOT NULL,
    rows bigint DEFAULT 0 NOT NULL,
    unfinished bigint DEFAULT 0 NOT NULL,
    earliest_unfinished bigint,
    quarantined jsonb DEFAULT '{}'::jsonb NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    page_ms double precision DEFAULT 0 NOT NULL,
    observed_upto bigint,
    attempts bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');


--
-- Name: retrievals; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.retrievals (
    job_id text NOT NULL COLLATE pg_catalog."C",
    campaign_id text NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    codes text[],
    page_limit integer NOT NULL,
    calls bigint,
    compliance_hash text,
    compared json,
    CONSTRAINT retrievals_check CHECK ((to_ms >= from_ms))
);


--
-- Name: revocation_acks; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.revocation_acks (
    revocation_id bigint NOT NULL,
    system text NOT NULL,
    acknowledged_at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    evidence text NOT NULL,
    CONSTRAINT revocation_acks_system_check CHECK ((btrim(system) <> ''::text))
);


--
-- Name: revocations; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.revocations (
    id bigint NOT NULL,
    number bigint NOT NULL,
    revoked_at timestamp with time zone NOT NULL,
    channel text NOT NULL,
    reference text NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


--
-- Name: revocations_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.revocations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.revocations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: service_events; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.service_events (
    id bigint NOT NULL,
    tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    type text NOT NULL,
    body json NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: service_events_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.service_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.service_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: service_feed; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.service_feed (
    one boolean DEFAULT true NOT NULL,
    until timestamp with time zone NOT NULL,
    floor_tx xid8 NOT NULL,
    floor_id bigint NOT NULL,
    CONSTRAINT service_feed_one_check CHECK (one)
);


--
-- Name: sessions; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.sessions (
    id text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    previous_hash bytea,
    rotated_at timestamp with time zone NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    token_id text COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    person text,
    label text,
    CONSTRAINT sessions_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])))
);


--
-- Name: suppression_lifts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.suppression_lifts (
    id bigint NOT NULL,
    number bigint NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    mistake boolean NOT NULL,
    lifted_at timestamp with time zone NOT NULL,
    audit_seq bigint NOT NULL,
    CONSTRAINT suppression_lifts_actor_check CHECK ((btrim(actor) <> ''::text)),
    CONSTRAINT suppression_lifts_reason_check CHECK ((length(btrim(reason)) >= 3))
);


--
-- Name: suppressions; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.suppressions (
    id bigint NOT NULL,
    number bigint NOT NULL,
    said_at timestamp with time zone,
    origin text NOT NULL,
    code text NOT NULL,
    reference text NOT NULL,
    actor text NOT NULL,
    import_id text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT suppressions_origin_check CHECK ((origin = ANY (ARRAY['outcome'::text, 'channel'::text, 'manual'::text, 'list'::text])))
);


--
-- Name: standing_revocations; Type: VIEW; Schema: outdial; Owner: -
--

CREATE VIEW outdial.standing_revocations AS
 SELECT r.id,
    r.number,
    r.revoked_at,
    r.channel,
    r.reference,
    r.recorded_at
   FROM outdial.revocations r
  WHERE (NOT (EXISTS ( SELECT
           FROM ((outdial.suppressions s
             JOIN outdial.lifted_suppressions l ON ((l.suppression_id = s.id)))
             JOIN outdial.suppression_lifts f ON ((f.id = l.lift_id)))
          WHERE (f.mistake AND (s.number = r.number) AND (s.said_at = r.revoked_at) AND (s.reference = r.reference)))));


--
-- Name: starts; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.starts (
    id bigint NOT NULL,
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    accepted boolean DEFAULT false NOT NULL,
    counts_until timestamp with time zone NOT NULL
);


--
-- Name: starts_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.starts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.starts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: state_changes; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.state_changes (
    id bigint NOT NULL,
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    target text NOT NULL,
    actor text NOT NULL,
    reason text,
    at timestamp with time zone NOT NULL,
    CONSTRAINT state_changes_target_check CHECK ((target = ANY (ARRAY['active'::text, 'paused'::text])))
);


--
-- Name: state_changes_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.state_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.state_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: state_intents; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.state_intents (
    id text NOT NULL COLLATE pg_catalog."C",
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    target text NOT NULL,
    idempotency_key text NOT NULL,
    actor text NOT NULL,
    reason text,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    outcome text,
    message text,
    confirmed_at timestamp with time zone,
    asked_at timestamp with time zone,
    executor text COLLATE pg_catalog."C",
    stop_mark bigint DEFAULT 0 NOT NULL,
    CONSTRAINT state_intents_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT state_intents_outcome_check CHECK ((outcome = ANY (ARRAY['changed'::text, 'already'::text, 'failed'::text, 'superseded'::text]))),
    CONSTRAINT state_intents_target_check CHECK ((target = ANY (ARRAY['active'::text, 'paused'::text])))
);


--
-- Name: stop_campaigns; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.stop_campaigns (
    stop_id text NOT NULL COLLATE pg_catalog."C",
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL,
    outcome text,
    shown boolean,
    confirmed boolean DEFAULT false NOT NULL,
    active_calls double precision,
    message text,
    code text,
    settled boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT stop_campaigns_outcome_check CHECK ((outcome = ANY (ARRAY['listed'::text, 'seen'::text, 'changed'::text, 'already'::text, 'failed'::text, 'unknown'::text, 'resumed'::text]))),
    CONSTRAINT stop_campaigns_source_check CHECK ((source = ANY (ARRAY['listed'::text, 'known'::text, 'named'::text])))
);


--
-- Name: stops; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.stops (
    id text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL,
    reason text,
    scope json,
    created_at timestamp with time zone NOT NULL,
    executor text,
    run integer DEFAULT 0 NOT NULL,
    list_problem json,
    superseded_by text,
    ended_at timestamp with time zone
);


--
-- Name: stops_given; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.stops_given (
    seq bigint NOT NULL,
    stop_id text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL,
    scope json,
    at timestamp with time zone NOT NULL
);


--
-- Name: stops_given_seq_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.stops_given ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.stops_given_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: suppressed; Type: VIEW; Schema: outdial; Owner: -
--

CREATE VIEW outdial.suppressed AS
 SELECT s.number,
    min(COALESCE(s.said_at, s.recorded_at)) AS since
   FROM outdial.suppressions s
  WHERE (NOT (EXISTS ( SELECT
           FROM outdial.lifted_suppressions l
          WHERE (l.suppression_id = s.id))))
  GROUP BY s.number;


--
-- Name: suppression_lifts_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.suppression_lifts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.suppression_lifts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: suppressions_id_seq; Type: SEQUENCE; Schema: outdial; Owner: -
--

ALTER TABLE outdial.suppressions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outdial.suppressions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: tenant_of_store; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.tenant_of_store (
    single boolean DEFAULT true NOT NULL,
    name text,
    address text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT tenant_of_store_single_check CHECK (single)
);


--
-- Name: tenant_readings; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.tenant_readings (
    what text NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    value json,
    read_at timestamp with time zone,
    problem json,
    tried_at timestamp with time zone,
    good_until timestamp with time zone,
    claimed_until timestamp with time zone,
    CONSTRAINT tenant_readings_what_check CHECK ((what = ANY (ARRAY['campaigns'::text, 'campaign'::text, 'figures'::text, 'gate'::text, 'dialer'::text, 'workload'::text, 'do-not-call'::text, 'callbacks'::text, 'calling-lists'::text, 'opt-outs'::text])))
);


--
-- Name: told_dials; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.told_dials (
    campaign_id text NOT NULL COLLATE pg_catalog."C",
    day date NOT NULL,
    dials integer[] NOT NULL,
    lists text[] NOT NULL,
    gone text[] NOT NULL,
    told_at timestamp with time zone NOT NULL
);


--
-- Name: wordings; Type: TABLE; Schema: outdial; Owner: -
--

CREATE TABLE outdial.wordings (
    digest uuid NOT NULL,
    words text NOT NULL
);


--
-- Name: registry_blocks_1; Type: TABLE ATTACH; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.registry_blocks ATTACH PARTITION outdial.registry_blocks_1 FOR VALUES IN (1);


--
-- Data for Name: application_versions; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.application_versions VALUES ('55fdf4f7-5837-4451-be21-619613ab7231', '2', 1795858027691, 1795858027691, 'outdial');


--
-- Data for Name: dbos_migrations; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.dbos_migrations VALUES (123);


--
-- Data for Name: event_dispatch_kv; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: notifications; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: operation_outputs; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.operation_outputs VALUES ('job_01kv8f4qr8ws0fg2k92w/1', 0, 'pending-chunks', '{"json":[0],"__dbos_serializer":"superjson"}', NULL, NULL, 1795858031517, 1795858031561, 'js_superjson', 'outdial', 1795858031564);
INSERT INTO dbos.operation_outputs VALUES ('job_01kv8f4qr8ws0fg2k92w/1', 1, 'chunk-0', '{"json":"{\"attempts\":{\"max\":174,\"buckets\":[[209,1],[214,1],[226,1],[238,1],[246,1],[251,2],[259,1],[260,1],[261,1]]},\"items\":{\"max\":174,\"buckets\":[[217,1],[214,1],[226,1],[239,1],[246,1],[251,2],[259,1],[260,1],[261,1]]},\"retries\":0,\"rateLimited\":0}","__dbos_serializer":"superjson"}', NULL, NULL, 1795858031572, 1795858031854, 'js_superjson', 'outdial', 1795858031854);
INSERT INTO dbos.operation_outputs VALUES ('job_01kv8f4qr8ws0fg2k92w/1', 2, 'settle', '{"json":null,"__dbos_serializer":"superjson"}', NULL, NULL, 1795858031867, 1795858031882, 'js_superjson', 'outdial', 1795858031883);
INSERT INTO dbos.operation_outputs VALUES ('job_01kv8f4qr8ws0fg2k92w/1', 3, 'close', '{"json":null,"__dbos_serializer":"superjson"}', NULL, NULL, 1795858031886, 1795858031931, 'js_superjson', 'outdial', 1795858031939);


--
-- Data for Name: queues; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: streams; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_events; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_events_history; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_input; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.workflow_input VALUES ('job_01kv8f4qr8ws0fg2k92w/1', '{"json":["job_01kv8f4qr8ws0fg2k92w",1],"__dbos_serializer":"superjson"}', 1795858031243);


--
-- Data for Name: workflow_output; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.workflow_output VALUES ('job_01kv8f4qr8ws0fg2k92w/1', '{"json":null,"meta":{"values":["undefined"]},"__dbos_serializer":"superjson"}', NULL, 1795858031945);


--
-- Data for Name: workflow_schedules; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_status; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.workflow_status VALUES ('job_01kv8f4qr8ws0fg2k92w/1', 'SUCCESS', 'tag@339f612c6865ca57', '', '', '[]', NULL, NULL, NULL, 'vm-323-2ybc70', 1795858031243, 1795858031945, '2', '', NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 'js_superjson', NULL, false, false, 1795858031945, NULL, NULL, NULL, false, 'outdial', '9e9959e2-f745-47ef-a732-80a7b91c2170');


--
-- Data for Name: api_tokens; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.api_tokens VALUES ('tok_01kv8f4smec9v1wh0y5w', 'ann', 'operator', '\x7afbdd257efaed46822e9a2309fc5b95cfb45e06af93d4cde666d14a37a0aa89', 'tester', '2026-06-16 15:00:07.438+00', NULL, NULL, NULL, NULL);


--
-- Data for Name: approvals; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: attempts; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.attempts VALUES (12125550123, '2026-06-15 15:00:00+00', 'conversation', '', 'camp_primary_001', 'call-1', 'served');
INSERT INTO outdial.attempts VALUES (18505550117, '2026-06-15 15:01:00+00', 'conversation', '', 'camp_primary_001', 'call-2', 'served');
INSERT INTO outdial.attempts VALUES (13055550100, '2026-06-15 15:02:00+00', 'attempt', '', 'camp_primary_001', 'call-3', 'machine');


--
-- Data for Name: attention; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: audit; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.audit VALUES (0, '2026-06-16T15:00:03.522Z', 'tester', 'registry.load', 'registry US', NULL, '{"areaCodes":"212","asOf":"2026-06-10","contentHash":"sha256:7e6a32407838f517c3c9d15978f2789eef2c75ce784422fb0bab0060d9865130","file":"us-registry.txt","numbers":2,"registry":"US","whole":true}', '\xe868a86726a1bf9a1937d92964334c9fa94586a684626b1401024dab8995c0fe', '\x3282f927ea06bbc29f5f985228c6d1351f8dfd3cac78b431f72ab9d520d68011', 'wi3GXpvfaFeD9MVY', NULL);
INSERT INTO outdial.audit VALUES (1, '2026-06-16T15:00:03.712Z', 'tester', 'dnc.import', 'own-list.csv', NULL, '{"added":1,"contentHash":"sha256:04e10f7a828b48b49765b441ec8da0c15b52f0a817e07668041229a9a5b6252f","file":"own-list.csv","import":"imp_01kv8f4nz476tg5wkch6","known":0,"read":1,"refused":0}', '\xd5f27d9bfcc80f0e9604f18ac34382c13d5a63a2aa971a4d33e824e86f2c9aa1', '\x2736b583b20e41fdbbbe10f0a60c6c16eb9d6497fb80b3765540bb5295effe6e', 'QYvE66n8T0L0XE-8', NULL);
INSERT INTO outdial.audit VALUES (2, '2026-06-16T15:00:03.900Z', 'tester', 'consent.import', 'consent.csv', NULL, '{"added":2,"contentHash":"sha256:3c6c1e6fff31355a9e7d173033137e7fc2e7428fef354fa04da44fc6c69c2d36","file":"consent.csv","import":"imp_01kv8f4p4dkxs5wj90zv","known":0,"read":2,"refused":0}', '\xc3fc2ef229dc440d5161f8a9fc5760313769dbe8b74d96fccd8b571fae58d588', '\x0a92a4ada4583ee9c770c228f5b317b0488daebef130c2f90f5c7a5cf0be70f4', 'MIf5MXDaETKQstPp', NULL);
INSERT INTO outdial.audit VALUES (3, '2026-06-16T15:00:04.207Z', 'tester', 'attempts.import', 'calls.ndjson', NULL, '{"added":3,"contentHash":"sha256:ba4326a37ad7a24bcf9f9caa5d0a8cc082f71906199d5319189b452e154e2ed1","file":"calls.ndjson","import":"imp_01kv8f4pbqvt7x8dwv2d","known":0,"read":3,"refused":0}', '\xf8751b5f80cd084b06a0bcdbe8ffdb97fde3650e43dfd39dcb0e08ac8aac4d6c', '\x74adcfebf41c294b89b99164d6f5f5fe8700999633295a41eb9b0eec6295aabb', '6BY3h_ZKx3E9B-FG', NULL);
INSERT INTO outdial.audit VALUES (4, '2026-06-16T15:00:04.472Z', 'tester', 'dnc.suppress', '+12125550123', NULL, '{"code":"stop","origin":"manual","reference":"call-7"}', '\x49350d6ceceb44ec09e02d28aadc1716da6e3632651024ad5d1acae776421495', '\x58b9bf3f108abd3f5e3d5f06206bca38a67a1ba022e80cdf34df979925971c24', 'lNPD3E41acMb6Z4t', NULL);
INSERT INTO outdial.audit VALUES (5, '2026-06-16T15:00:05.996Z', 'tester', 'job.run', 'job_01kv8f4qr8ws0fg2k92w', 'job_01kv8f4qr8ws0fg2k92w', '{"campaign":"camp_1","contentHash":"4bc27280a5be370ac482cad98642cfb7e9b4adc72bb383e79ade72bd33191140","replica":"vm-323-2ybc70","rows":10,"run":1,"source":"calls.csv"}', '\x93aecadb63f4a7abed441c4695e6e8201cf04020ae8ab1349e5a526a51776670', '\x80021707e4c89f8692a88a553ef19998a35a1099b394c0266a265f44cc398b1e', '_grFKAjs7gcTL8WH', NULL);
INSERT INTO outdial.audit VALUES (6, '2026-06-16T15:00:06.319Z', 'tester', 'disposition.assign', 'call_0000001', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":73,"line":2,"reason":"REASON_001","result":"tagged","statusCode":200}', '\xb3572cc096ee5db0358ba6687f767eb37525d11ce82109518f50bcccb477604c', '\x1246e02df3cdeba84e5ef5da9d8908a56b3c24ae8b2c5454886145c1a840d917', '7HuwHUxZFES8j9zZ', NULL);
INSERT INTO outdial.audit VALUES (7, '2026-06-16T15:00:06.319Z', 'tester', 'disposition.assign', 'call_0000002', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":68,"line":3,"reason":"REASON_001","result":"tagged","statusCode":200}', '\x11be83c4848ea359108309d8375a888696955cdd7f6e3ac5d451403c4bf5bd7f', '\xc39ea8569fe3c494a5134ce339ddba0352ba51949532e22f8331408ca147c034', 'GyfLwmE6ar0J9vvL', NULL);
INSERT INTO outdial.audit VALUES (8, '2026-06-16T15:00:06.319Z', 'tester', 'disposition.assign', 'call_0000003', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_002","latencyMs":87,"line":4,"result":"tagged","statusCode":200}', '\x734be0f395bcaf5c28bf203528e48bbdf9fa98a3a99d273f20f593395c5776b9', '\x943e5621012ce3d0db0b06e6c6812395e485828e4477dde1e09b0fc491864243', 'Uuvo4usXyINgTPNO', NULL);
INSERT INTO outdial.audit VALUES (9, '2026-06-16T15:00:06.367Z', 'tester', 'disposition.assign', 'call_0000004', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":112,"line":5,"reason":"REASON_001","result":"tagged","statusCode":200}', '\x9689de0cbdb9f2f8f2829267ae012f15b1e30c816617b9e94b6f325c586e1411', '\xfaff1ae3ba7a79988c671a61d9c656bc1953a2b98c826e7db142034c9ebd3c11', 'fwnvADVuBWfTsGKb', NULL);
INSERT INTO outdial.audit VALUES (10, '2026-06-16T15:00:06.367Z', 'tester', 'disposition.assign', 'call_0000005', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":129,"line":6,"reason":"REASON_001","result":"tagged","statusCode":200}', '\xcc0ddf0895efa3a432623e0064fcd656467432143ad4457ecb2fe1d7fef1e1a1', '\x0e2fc0533c91a78c2c68867338c9eb5479b2ca98c3332827f6008d8990d5f22b', 'EHt_F4meY8qIEI7m', NULL);
INSERT INTO outdial.audit VALUES (11, '2026-06-16T15:00:06.367Z', 'tester', 'disposition.assign', 'call_0000006', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_002","latencyMs":143,"line":7,"result":"tagged","statusCode":200}', '\x247b92cbfb3af7b2037ae511a610d60c565f18c2c376050c6de18a855b8546ee', '\xf4047aac5f2f0a33052479e91183ee5cdf97643b00212e51e69a3f53872a8c38', 'VLW__wfEltbN7ptQ', NULL);
INSERT INTO outdial.audit VALUES (12, '2026-06-16T15:00:06.367Z', 'tester', 'disposition.assign', 'call_0000007', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":143,"line":8,"reason":"REASON_001","result":"tagged","statusCode":200}', '\x6acd7d06b5799c95d31843a21458d5a757ba58d10cfbddda0659a64b740aa273', '\x4516d8d4222f7aacdf33e73ba9b80154f08916673921bd06e5d03a12628614a3', 'OCubMdjK_x9TpTgi', NULL);
INSERT INTO outdial.audit VALUES (13, '2026-06-16T15:00:06.367Z', 'tester', 'disposition.assign', 'call_0000008', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":167,"line":9,"reason":"REASON_001","result":"tagged","statusCode":200}', '\x551acba8945a334c8ef7db9f9f36f6f9eb26f8dc73be1d0cebf50b0c6c776e8c', '\x7cd188bf20b2e6f931ab75f480fa79a94516295f3e13a80dca09100122132184', '4HiVmPQZxklFx9x8', NULL);
INSERT INTO outdial.audit VALUES (14, '2026-06-16T15:00:06.385Z', 'tester', 'disposition.assign', 'call_0000009', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_002","latencyMs":171,"line":10,"result":"tagged","statusCode":200}', '\x39a69e7feb700a24872af1379b26f67ca08859be7b03f3e7593b87ec9ffaf2de', '\xafe0df5877ffa00b09a24f3180204d6dd670576341cbe5414df6c3d084e46fc9', 'vhfFuklYF9stR83B', NULL);
INSERT INTO outdial.audit VALUES (15, '2026-06-16T15:00:06.385Z', 'tester', 'disposition.assign', 'call_0000010', 'job_01kv8f4qr8ws0fg2k92w', '{"attempts":1,"campaign":"camp_1","code":"DISP_001","latencyMs":174,"line":11,"reason":"REASON_001","result":"tagged","statusCode":200}', '\x2221e68eede861cb11c3043b09252d44145e9ec87ae46aa7a6400d87b62438bc', '\xd4bb3c08a0956f677a7363d1a6db2290f20c1a4fba468c5cd7c8b285f82d9682', 'Ri6gxMXtCz2IUvbc', NULL);
INSERT INTO outdial.audit VALUES (16, '2026-06-16T15:00:06.952Z', 'tester', 'campaign.pause', 'camp_1', NULL, '{"activeCalls":0,"confirmed":true,"intent":"intent_01kv8f4s3gcbfd1x6mhg","key":"state-paused-intent_01kv8f4s3gcbfd1x6mhg","outcome":"already"}', '\x5792a5c6284a1deaac45fd74324f176e72361a4cbe7813f2263895366fec181b', '\x70909f3da2fa1b8c737227b13b59ba86a47eacb2965c7351fce58cea689806b4', 'Qgzu9nnrCFFWxSYd', NULL);
INSERT INTO outdial.audit VALUES (17, '2026-06-16T15:00:07.504Z', 'tester', 'token.add', 'ann', NULL, '{"expiresAt":null,"id":"tok_01kv8f4smec9v1wh0y5w","role":"operator"}', '\x9edb9cb423c3da7f8f6600d97383d4879f2a737f44f6d0df2126970db6eed9a5', '\x559dbbfc9bdb0e5492970107a180618e6c448a4e1468d892892c5adffa517c56', 'pFb5bRHOU8DqSR3s', NULL);


--
-- Data for Name: audit_checkpoints; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.audit_checkpoints VALUES (1, 'outdial.audit/6cfd9de2e78a34ff
1
6GioZyahv5oZN9kpZDNMn6lFhqaEYmsUAQJNq4mVwP4=

— outdial.audit/6cfd9de2e78a34ff Hm0HjjjaYpeEspjoO1MV8WfOA5rLjYBu0KeqbFN4j4wbdU3H5cqiJcDjR/EpMAhTyWts4tl7/Ig+sfkwlnumIraWmws=
');
INSERT INTO outdial.audit_checkpoints VALUES (2, 'outdial.audit/6cfd9de2e78a34ff
2
Yn3xqohXzi0VD9F7Goy1Yd959UDD9wQDVHVfRJ1YPnw=

— outdial.audit/6cfd9de2e78a34ff Hm0Hjp70xaVBZitL0K76DktJFxNfp4OBhtOtS0GYZ00wwlNfYBoHErnoJFMCoVyn84KYr5qMldFrlS+NXnXGww04lQg=
');
INSERT INTO outdial.audit_checkpoints VALUES (3, 'outdial.audit/6cfd9de2e78a34ff
3
PsHCMY/vP8aDMXcNNAGH8hkR1Tvz6w1e4Rcwq8/Xppo=

— outdial.audit/6cfd9de2e78a34ff Hm0HjmFS1pXLjltzc6JGsUAOEEJjsuvzqVZNX8xOwhV/4EyGjA5WJ6Sp57UwRkzby2VI1YhQT+jPDtjzIbGYt7FQ4w4=
');
INSERT INTO outdial.audit_checkpoints VALUES (4, 'outdial.audit/6cfd9de2e78a34ff
4
zxDch4eaQp1Y0PobOsSCsBGfgMpjPRF7ntGoTCuP06E=

— outdial.audit/6cfd9de2e78a34ff Hm0HjkOYafDaoZGj7qfZQdWUKgX8/3Clrq4P9KdpW80378NeRLmn60p4ka2c19dnnE8TatflPS+/i5eyWtdmXXQUGA0=
');
INSERT INTO outdial.audit_checkpoints VALUES (5, 'outdial.audit/6cfd9de2e78a34ff
5
ltbMIVA33/TojjgZa6Mm92usy4j0pxJP59KpJSudM+I=

— outdial.audit/6cfd9de2e78a34ff Hm0HjiGaYB9wLrIR71Tmyz8WKqxItEymNEylB9s2ALrWP8TZXli9CP1Z2XCtEVddw+FdYPYUzzUw5RzHA6fbMISTeAY=
');
INSERT INTO outdial.audit_checkpoints VALUES (6, 'outdial.audit/6cfd9de2e78a34ff
6
B29eVkF6ViaGucm2gFEuxh2laOV/9aGh65aF3hwHaSE=

— outdial.audit/6cfd9de2e78a34ff Hm0HjjPtFp0aoDczX6YP2kyFidlpjbDBlgOxsEwIqX1b8SRzMrZ+5JbJVACPLdpe7v5B9nScqTfRh+qngDw+3MSl4gU=
');
INSERT INTO outdial.audit_checkpoints VALUES (9, 'outdial.audit/6cfd9de2e78a34ff
9
yuBjhDaOyVHdGgnVgK+hkLYrZ5s97iuInkdkONXtFjc=

— outdial.audit/6cfd9de2e78a34ff Hm0HjlZ8CLjcoR5YyKvZM7VpusPoJh8Qdp+fQ5OEUiglflMISn9NNgqFjSg5F/WpA6Nhh4ddHUFxcjrEHZoBt7+qRAA=
');
INSERT INTO outdial.audit_checkpoints VALUES (14, 'outdial.audit/6cfd9de2e78a34ff
14
5FHzuQNCh0Vxn1AlxZKNPl/9vkC1hhg26QXxz+I3hf8=

— outdial.audit/6cfd9de2e78a34ff Hm0HjqcIFiYr2t1gs5tqRI0NXw3BCFMniV760wQTxi6EPDdPkgdncTY6GzZPTGQwHmEbfH9lmliaTA49Y3W1zOXaJAU=
');
INSERT INTO outdial.audit_checkpoints VALUES (16, 'outdial.audit/6cfd9de2e78a34ff
16
4Okg8H9MNx0JHdpoikB6APtmz0Pl2cBsifybeb7bdYI=

— outdial.audit/6cfd9de2e78a34ff Hm0HjhiBjgKs07oZSF2qFq0bPiM3lyeeCgdjt2kMDunjp/D4iUIuTxWNtUSa+ekPjyP0QnT/HIrqfGBMCzjwf7XmVAg=
');
INSERT INTO outdial.audit_checkpoints VALUES (17, 'outdial.audit/6cfd9de2e78a34ff
17
A8pPilRIqeSLVpmPO8+fsnWnIPiugS4VOa9hTxSBWcA=

— outdial.audit/6cfd9de2e78a34ff Hm0HjuK2BwTbhSKh+jjB9bF0Kp+jUhxBUUoBdgzdD1Zf8LJgWSFUQ/x1PYAAJJxbxnUc16+zR+5KQzeNC60wKK0J3gk=
');
INSERT INTO outdial.audit_checkpoints VALUES (18, 'outdial.audit/6cfd9de2e78a34ff
18
VnXZYVG0A7yLIbDWUY2P76J07TLWEtjoOu7QwlG1lSQ=

— outdial.audit/6cfd9de2e78a34ff Hm0Hjqd7TuaAAyTBTejNWaNU+U5ZgIsrWrcD3kh7vidjAcrbTkUY83J+RnVKDEKQ54eNnurVBkEqdwISgfwNVkX7VwI=
');


--
-- Data for Name: audit_conflicts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: audit_cosignatures; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: audit_head; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.audit_head VALUES (true, 18, '\xe0e920f07f4c371d091dda688a407a00fb66cf43e5d9c06c89fc9b79bedb75828799c03634e38b61654ec0b6ca032da182031f075522f0ba7d220e34e710c79d', 'outdial.audit/6cfd9de2e78a34ff+1e6d078e+AWSH1zsiW2h85J/oTZTrRA3RS7EYC9Lq7zq+ok3VaGM2');


--
-- Data for Name: audit_jobs; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.audit_jobs VALUES ('job_01kv8f4qr8ws0fg2k92w', 5, 15);


--
-- Data for Name: audit_nodes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: campaign_applies; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: campaign_events; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: campaign_plans; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: campaign_policies; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: consents; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.consents VALUES (12125550123, '2026-05-01 14:00:00+00', '63a4fe07-19a8-d070-2c76-1f4bf2d1d196', 'written', 'web form', 'landing page 7', 'form-1', 'ecbaf70d-a40e-6a8f-2c29-0c1ac60b1bfb', 'imp_01kv8f4p4dkxs5wj90zv', '2026-06-16 15:00:03.881+00');
INSERT INTO outdial.consents VALUES (18505550117, '2026-05-02 14:00:00+00', '958013e3-b0d7-f995-1afb-8551ca24fc31', 'written', 'web form', 'spring campaign', 'form-2', 'ecbaf70d-a40e-6a8f-2c29-0c1ac60b1bfb', 'imp_01kv8f4p4dkxs5wj90zv', '2026-06-16 15:00:03.881+00');


--
-- Data for Name: crm_acknowledged; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: crm_announcements; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: crm_push_refusals; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: crm_refused; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: delivered_counts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: delivery_attempts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: dialer_campaigns; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: dialer_changes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: dialer_events; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: disconnections; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: endpoints; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: erasures; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: fact_imports; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.fact_imports VALUES ('imp_01kv8f4nfx5pstzfhm25', 'registry US', 'us-registry.txt', 'tester', '2026-06-16 15:00:03.198+00', '2026-06-16 15:00:03.492+00', 'sha256:7e6a32407838f517c3c9d15978f2789eef2c75ce784422fb0bab0060d9865130', '{"read":2,"added":2,"known":0,"refused":0}', '2026-11-28 09:27:08.775783+00', '{"registryNumbers": 0}', 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO outdial.fact_imports VALUES ('imp_01kv8f4nz476tg5wkch6', 'dnc', 'own-list.csv', 'tester', '2026-06-16 15:00:03.684+00', '2026-06-16 15:00:03.709+00', 'sha256:04e10f7a828b48b49765b441ec8da0c15b52f0a817e07668041229a9a5b6252f', '{"read":1,"added":1,"known":0,"refused":0}', '2026-11-28 09:27:09.115659+00', '{"suppressions": 1}', 13, 'sha256:04e10f7a828b48b49765b441ec8da0c15b52f0a817e07668041229a9a5b6252f', NULL, NULL, NULL, 13);
INSERT INTO outdial.fact_imports VALUES ('imp_01kv8f4p4dkxs5wj90zv', 'consent', 'consent.csv', 'tester', '2026-06-16 15:00:03.853+00', '2026-06-16 15:00:03.894+00', 'sha256:3c6c1e6fff31355a9e7d173033137e7fc2e7428fef354fa04da44fc6c69c2d36', '{"read":2,"added":2,"known":0,"refused":0}', '2026-11-28 09:27:09.297861+00', '{"consents": 2, "suppressions": 0}', 319, 'sha256:3c6c1e6fff31355a9e7d173033137e7fc2e7428fef354fa04da44fc6c69c2d36', NULL, NULL, NULL, 319);
INSERT INTO outdial.fact_imports VALUES ('imp_01kv8f4pbqvt7x8dwv2d', 'attempts', 'calls.ndjson', 'tester', '2026-06-16 15:00:04.087+00', '2026-06-16 15:00:04.185+00', 'sha256:ba4326a37ad7a24bcf9f9caa5d0a8cc082f71906199d5319189b452e154e2ed1', '{"read":3,"added":3,"known":0,"refused":0}', '2026-11-28 09:27:09.573078+00', '{"attempts": 3}', 423, 'sha256:ba4326a37ad7a24bcf9f9caa5d0a8cc082f71906199d5319189b452e154e2ed1', NULL, NULL, NULL, 423);


--
-- Data for Name: failover_events; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: failover_pairs; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: gate_manifests; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: handover_holds; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: inbound_events; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: interaction_changes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: job_chunks; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.job_chunks VALUES ('job_01kv8f4qr8ws0fg2k92w', 0, 2, 11, '[[2,"call_0000001","DISP_001","REASON_001","",[]],[3,"call_0000002","DISP_001","REASON_001","",["a","b"]],[4,"call_0000003","DISP_002","","",[]],[5,"call_0000004","DISP_001","REASON_001","",["a","b"]],[6,"call_0000005","DISP_001","REASON_001","",[]],[7,"call_0000006","DISP_002","","",["a","b"]],[8,"call_0000007","DISP_001","REASON_001","",[]],[9,"call_0000008","DISP_001","REASON_001","",["a","b"]],[10,"call_0000009","DISP_002","","",[]],[11,"call_0000010","DISP_001","REASON_001","",["a","b"]]]', 10, true);


--
-- Data for Name: job_conflicts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: job_items; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 2, 'call_0000001', 'tagged', 200, NULL, 1, 73, NULL, '2026-06-16 15:00:06.295+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 3, 'call_0000002', 'tagged', 200, NULL, 1, 68, NULL, '2026-06-16 15:00:06.295+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 4, 'call_0000003', 'tagged', 200, NULL, 1, 87, NULL, '2026-06-16 15:00:06.295+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 5, 'call_0000004', 'tagged', 200, NULL, 1, 112, NULL, '2026-06-16 15:00:06.362+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 6, 'call_0000005', 'tagged', 200, NULL, 1, 129, NULL, '2026-06-16 15:00:06.362+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 7, 'call_0000006', 'tagged', 200, NULL, 1, 143, NULL, '2026-06-16 15:00:06.362+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 8, 'call_0000007', 'tagged', 200, NULL, 1, 143, NULL, '2026-06-16 15:00:06.362+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 9, 'call_0000008', 'tagged', 200, NULL, 1, 167, NULL, '2026-06-16 15:00:06.362+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 10, 'call_0000009', 'tagged', 200, NULL, 1, 171, NULL, '2026-06-16 15:00:06.381+00', NULL);
INSERT INTO outdial.job_items VALUES ('job_01kv8f4qr8ws0fg2k92w', 11, 'call_0000010', 'tagged', 200, NULL, 1, 174, NULL, '2026-06-16 15:00:06.381+00', NULL);


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.jobs VALUES ('job_01kv8f4qr8ws0fg2k92w', 'tag', 'camp_1', 'calls.csv', '4bc27280a5be370ac482cad98642cfb7e9b4adc72bb383e79ade72bd33191140', 'null', 'tester', 'done', 10, '{"tagged": 10}', '{"plan":{"rows":10,"toSend":10,"refused":0,"duplicates":0,"problems":{},"examples":[]},"measured":{"attempts":{"count":10,"p50":129.2236987276037,"p95":173.91808467861807,"p99":173.91808467861807,"max":174},"items":{"count":10,"p50":129.2236987276037,"p95":173.91808467861807,"p99":173.91808467861807,"max":174},"retries":0,"rateLimited":0}}', NULL, NULL, 1, '2026-06-16 15:00:05.512+00', '2026-06-16 15:00:05.867+00', '2026-06-16 15:00:06.493+00', 'rest', '339f612c6865ca57', NULL, 'this machine');


--
-- Data for Name: known_campaigns; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: known_counts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: lake_files; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: lifted_suppressions; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: line_types; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: login_codes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: metric_readings; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: migrations; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.migrations VALUES (1, 'baseline', '2026-11-28 09:27:05.67289+00');
INSERT INTO outdial.migrations VALUES (2, 'receivers', '2026-11-28 09:27:05.67289+00');
INSERT INTO outdial.migrations VALUES (3, 'lives', '2026-11-28 09:27:05.67289+00');
INSERT INTO outdial.migrations VALUES (4, 'starts', '2026-11-28 09:27:05.67289+00');
INSERT INTO outdial.migrations VALUES (5, 'opt-outs', '2026-11-28 09:27:05.67289+00');
INSERT INTO outdial.migrations VALUES (6, 'erasures', '2026-11-28 09:27:05.67289+00');
INSERT INTO outdial.migrations VALUES (7, 'erased persons', '2026-11-28 09:27:05.67289+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: rate_limits; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: rate_parts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: raw_outcomes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: read_periods; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: reassigned_queries; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: registry_blocks_1; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.registry_blocks_1 VALUES (1, 1212555, B'0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');


--
-- Data for Name: registry_coverage; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.registry_coverage VALUES ('US', 212, 1, '2026-06-10', 2);
INSERT INTO outdial.registry_coverage VALUES ('US', 0, 1, '2026-06-10', 0);


--
-- Data for Name: registry_files; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.registry_files OVERRIDING SYSTEM VALUE VALUES (1, 'US', '2026-06-10', 'us-registry.txt', 'tester', 'current', 'sha256:7e6a32407838f517c3c9d15978f2789eef2c75ce784422fb0bab0060d9865130', 2, '2026-06-16 15:00:03.489+00', 'imp_01kv8f4nfx5pstzfhm25', NULL);


--
-- Data for Name: relationships; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: removals; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: replicas; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: reply_shapes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: reported_figures; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: retrieval_schedules; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: retrieval_windows; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: retrievals; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: revocation_acks; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: revocations; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.revocations OVERRIDING SYSTEM VALUE VALUES (1, 12125550123, '2026-06-16 15:00:04.448+00', 'do-not-call request', 'call-7', '2026-06-16 15:00:04.457+00');


--
-- Data for Name: service_events; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: service_feed; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: sessions; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: starts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: state_changes; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: state_intents; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.state_intents VALUES ('intent_01kv8f4s3gcbfd1x6mhg', 'camp_1', 'paused', 'state-paused-intent_01kv8f4s3gcbfd1x6mhg', 'tester', NULL, '2026-06-16 15:00:06.896+00', '2026-06-16 15:00:06.947+00', 'already', NULL, '2026-06-16 15:00:06.947+00', NULL, NULL, 0);


--
-- Data for Name: stop_campaigns; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: stops; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: stops_given; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: suppression_lifts; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: suppressions; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.suppressions OVERRIDING SYSTEM VALUE VALUES (1, 12125550177, NULL, 'list', '', '', 'tester', 'imp_01kv8f4nz476tg5wkch6', '2026-06-16 15:00:03.693+00');
INSERT INTO outdial.suppressions OVERRIDING SYSTEM VALUE VALUES (2, 12125550123, '2026-06-16 15:00:04.448+00', 'manual', 'stop', 'call-7', 'tester', NULL, '2026-06-16 15:00:04.46+00');


--
-- Data for Name: tenant_of_store; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.tenant_of_store VALUES (true, NULL, 'this machine', '2026-06-16 15:00:04.927+00');


--
-- Data for Name: tenant_readings; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: told_dials; Type: TABLE DATA; Schema: outdial; Owner: -
--



--
-- Data for Name: wordings; Type: TABLE DATA; Schema: outdial; Owner: -
--

INSERT INTO outdial.wordings VALUES ('ecbaf70d-a40e-6a8f-2c29-0c1ac60b1bfb', 'I agree to be called by Acme, also with recorded messages');


--
-- Name: dialer_changes_version_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.dialer_changes_version_seq', 1, false);


--
-- Name: inbound_events_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.inbound_events_id_seq', 1, false);


--
-- Name: metric_readings_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.metric_readings_id_seq', 1, false);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.outbox_id_seq', 1, false);


--
-- Name: registry_files_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.registry_files_id_seq', 1, true);


--
-- Name: reported_figures_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.reported_figures_id_seq', 1, false);


--
-- Name: revocations_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.revocations_id_seq', 1, true);


--
-- Name: service_events_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.service_events_id_seq', 1, false);


--
-- Name: starts_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.starts_id_seq', 1, false);


--
-- Name: state_changes_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.state_changes_id_seq', 1, false);


--
-- Name: stops_given_seq_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.stops_given_seq_seq', 1, false);


--
-- Name: suppression_lifts_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.suppression_lifts_id_seq', 1, false);


--
-- Name: suppressions_id_seq; Type: SEQUENCE SET; Schema: outdial; Owner: -
--

SELECT pg_catalog.setval('outdial.suppressions_id_seq', 2, true);


--
-- Name: application_versions application_versions_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.application_versions
    ADD CONSTRAINT application_versions_pkey PRIMARY KEY (version_id);


--
-- Name: application_versions application_versions_version_name_key; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.application_versions
    ADD CONSTRAINT application_versions_version_name_key UNIQUE (version_name);


--
-- Name: dbos_migrations dbos_migrations_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.dbos_migrations
    ADD CONSTRAINT dbos_migrations_pkey PRIMARY KEY (version);


--
-- Name: event_dispatch_kv event_dispatch_kv_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.event_dispatch_kv
    ADD CONSTRAINT event_dispatch_kv_pkey PRIMARY KEY (service_name, workflow_fn_name, key);


--
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (message_uuid);


--
-- Name: operation_outputs operation_outputs_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.operation_outputs
    ADD CONSTRAINT operation_outputs_pkey PRIMARY KEY (workflow_uuid, function_id);


--
-- Name: queues queues_name_key; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.queues
    ADD CONSTRAINT queues_name_key UNIQUE (name);


--
-- Name: queues queues_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.queues
    ADD CONSTRAINT queues_pkey PRIMARY KEY (queue_id);


--
-- Name: streams streams_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.streams
    ADD CONSTRAINT streams_pkey PRIMARY KEY (workflow_uuid, key, "offset");


--
-- Name: workflow_events_history workflow_events_history_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events_history
    ADD CONSTRAINT workflow_events_history_pkey PRIMARY KEY (workflow_uuid, function_id, key);


--
-- Name: workflow_events workflow_events_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events
    ADD CONSTRAINT workflow_events_pkey PRIMARY KEY (workflow_uuid, key);


--
-- Name: workflow_input workflow_input_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_input
    ADD CONSTRAINT workflow_input_pkey PRIMARY KEY (workflow_uuid);


--
-- Name: workflow_output workflow_output_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_output
    ADD CONSTRAINT workflow_output_pkey PRIMARY KEY (workflow_uuid);


--
-- Name: workflow_schedules workflow_schedules_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_schedules
    ADD CONSTRAINT workflow_schedules_pkey PRIMARY KEY (schedule_id);


--
-- Name: workflow_schedules workflow_schedules_schedule_name_key; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_schedules
    ADD CONSTRAINT workflow_schedules_schedule_name_key UNIQUE (schedule_name);


--
-- Name: workflow_status workflow_status_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_status
    ADD CONSTRAINT workflow_status_pkey PRIMARY KEY (workflow_uuid);


--
-- Name: api_tokens api_tokens_hash_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.api_tokens
    ADD CONSTRAINT api_tokens_hash_key UNIQUE (hash);


--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);


--
-- Name: approvals approvals_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (id);


--
-- Name: attempts attempts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (number, at, kind, subject, campaign);


--
-- Name: attention attention_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.attention
    ADD CONSTRAINT attention_pkey PRIMARY KEY (key);


--
-- Name: audit_checkpoints audit_checkpoints_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit_checkpoints
    ADD CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (size);


--
-- Name: audit_conflicts audit_conflicts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit_conflicts
    ADD CONSTRAINT audit_conflicts_pkey PRIMARY KEY (id);


--
-- Name: audit_cosignatures audit_cosignatures_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit_cosignatures
    ADD CONSTRAINT audit_cosignatures_pkey PRIMARY KEY (witness, size);


--
-- Name: audit_head audit_head_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);


--
-- Name: audit_jobs audit_jobs_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit_jobs
    ADD CONSTRAINT audit_jobs_pkey PRIMARY KEY (job);


--
-- Name: audit_nodes audit_nodes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit_nodes
    ADD CONSTRAINT audit_nodes_pkey PRIMARY KEY (level, index);


--
-- Name: audit audit_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (seq);


--
-- Name: campaign_applies campaign_applies_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.campaign_applies
    ADD CONSTRAINT campaign_applies_pkey PRIMARY KEY (job_id);


--
-- Name: campaign_events campaign_events_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.campaign_events
    ADD CONSTRAINT campaign_events_pkey PRIMARY KEY (job_id, seq);


--
-- Name: campaign_plans campaign_plans_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.campaign_plans
    ADD CONSTRAINT campaign_plans_pkey PRIMARY KEY (plan_hash);


--
-- Name: campaign_policies campaign_policies_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.campaign_policies
    ADD CONSTRAINT campaign_policies_pkey PRIMARY KEY (campaign_id);


--
-- Name: consents consents_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (number, given_at, digest);


--
-- Name: crm_acknowledged crm_acknowledged_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.crm_acknowledged
    ADD CONSTRAINT crm_acknowledged_pkey PRIMARY KEY (campaign_id, call_id);


--
-- Name: crm_announcements crm_announcements_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.crm_announcements
    ADD CONSTRAINT crm_announcements_pkey PRIMARY KEY (run_id);


--
-- Name: crm_push_refusals crm_push_refusals_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.crm_push_refusals
    ADD CONSTRAINT crm_push_refusals_pkey PRIMARY KEY (job_id, line);


--
-- Name: crm_refused crm_refused_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.crm_refused
    ADD CONSTRAINT crm_refused_pkey PRIMARY KEY (campaign_id, call_id);


--
-- Name: delivered_counts delivered_counts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.delivered_counts
    ADD CONSTRAINT delivered_counts_pkey PRIMARY KEY (endpoint);


--
-- Name: dialer_campaigns dialer_campaigns_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.dialer_campaigns
    ADD CONSTRAINT dialer_campaigns_pkey PRIMARY KEY (content_hash);


--
-- Name: dialer_changes dialer_changes_job_id_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.dialer_changes
    ADD CONSTRAINT dialer_changes_job_id_key UNIQUE (job_id);


--
-- Name: dialer_changes dialer_changes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.dialer_changes
    ADD CONSTRAINT dialer_changes_pkey PRIMARY KEY (version);


--
-- Name: dialer_events dialer_events_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.dialer_events
    ADD CONSTRAINT dialer_events_pkey PRIMARY KEY (job_id, seq);


--
-- Name: disconnections disconnections_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.disconnections
    ADD CONSTRAINT disconnections_pkey PRIMARY KEY (number, disconnected_on);


--
-- Name: endpoints endpoints_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.endpoints
    ADD CONSTRAINT endpoints_pkey PRIMARY KEY (name);


--
-- Name: erasures erasures_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.erasures
    ADD CONSTRAINT erasures_pkey PRIMARY KEY (id);


--
-- Name: fact_imports fact_imports_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.fact_imports
    ADD CONSTRAINT fact_imports_pkey PRIMARY KEY (id);


--
-- Name: failover_events failover_events_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.failover_events
    ADD CONSTRAINT failover_events_pkey PRIMARY KEY (primary_id, seq);


--
-- Name: failover_pairs failover_pairs_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.failover_pairs
    ADD CONSTRAINT failover_pairs_pkey PRIMARY KEY (primary_id);


--
-- Name: gate_manifests gate_manifests_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.gate_manifests
    ADD CONSTRAINT gate_manifests_pkey PRIMARY KEY (id);


--
-- Name: handover_holds handover_holds_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.handover_holds
    ADD CONSTRAINT handover_holds_pkey PRIMARY KEY (campaign, number);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, key);


--
-- Name: inbound_events inbound_events_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.inbound_events
    ADD CONSTRAINT inbound_events_pkey PRIMARY KEY (id);


--
-- Name: interaction_changes interaction_changes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.interaction_changes
    ADD CONSTRAINT interaction_changes_pkey PRIMARY KEY (job_id, line);


--
-- Name: job_chunks job_chunks_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.job_chunks
    ADD CONSTRAINT job_chunks_pkey PRIMARY KEY (job_id, chunk_no);


--
-- Name: job_conflicts job_conflicts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.job_conflicts
    ADD CONSTRAINT job_conflicts_pkey PRIMARY KEY (job_id, line);


--
-- Name: job_items job_items_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.job_items
    ADD CONSTRAINT job_items_pkey PRIMARY KEY (job_id, line);


--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);


--
-- Name: known_campaigns known_campaigns_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.known_campaigns
    ADD CONSTRAINT known_campaigns_pkey PRIMARY KEY (id);


--
-- Name: known_counts known_counts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.known_counts
    ADD CONSTRAINT known_counts_pkey PRIMARY KEY (what, subject);


--
-- Name: lake_files lake_files_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.lake_files
    ADD CONSTRAINT lake_files_pkey PRIMARY KEY (path);


--
-- Name: lifted_suppressions lifted_suppressions_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.lifted_suppressions
    ADD CONSTRAINT lifted_suppressions_pkey PRIMARY KEY (suppression_id);


--
-- Name: line_types line_types_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.line_types
    ADD CONSTRAINT line_types_pkey PRIMARY KEY (number, seen_on, line_type);


--
-- Name: login_codes login_codes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.login_codes
    ADD CONSTRAINT login_codes_pkey PRIMARY KEY (hash);


--
-- Name: metric_readings metric_readings_campaign_id_event_id_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.metric_readings
    ADD CONSTRAINT metric_readings_campaign_id_event_id_key UNIQUE (campaign_id, event_id);


--
-- Name: metric_readings metric_readings_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.metric_readings
    ADD CONSTRAINT metric_readings_pkey PRIMARY KEY (id);


--
-- Name: migrations migrations_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (version);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: rate_limits rate_limits_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (scope, family);


--
-- Name: rate_parts rate_parts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.rate_parts
    ADD CONSTRAINT rate_parts_pkey PRIMARY KEY (scope, family, holder);


--
-- Name: raw_outcomes raw_outcomes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.raw_outcomes
    ADD CONSTRAINT raw_outcomes_pkey PRIMARY KEY (call_id, code, at);


--
-- Name: read_periods read_periods_campaign_id_codes_kind_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.read_periods
    ADD CONSTRAINT read_periods_campaign_id_codes_kind_key UNIQUE NULLS NOT DISTINCT (campaign_id, codes, kind);


--
-- Name: reassigned_queries reassigned_queries_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.reassigned_queries
    ADD CONSTRAINT reassigned_queries_pkey PRIMARY KEY (number, queried_on);


--
-- Name: registry_blocks_1 registry_blocks_1_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.registry_blocks_1
    ADD CONSTRAINT registry_blocks_1_pkey PRIMARY KEY (block);


--
-- Name: registry_coverage registry_coverage_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.registry_coverage
    ADD CONSTRAINT registry_coverage_pkey PRIMARY KEY (registry, area_code);


--
-- Name: registry_files registry_files_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.registry_files
    ADD CONSTRAINT registry_files_pkey PRIMARY KEY (id);


--
-- Name: relationships relationships_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.relationships
    ADD CONSTRAINT relationships_pkey PRIMARY KEY (number, kind, since);


--
-- Name: removals removals_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.removals
    ADD CONSTRAINT removals_pkey PRIMARY KEY (name);


--
-- Name: replicas replicas_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (id);


--
-- Name: reply_shapes reply_shapes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.reply_shapes
    ADD CONSTRAINT reply_shapes_pkey PRIMARY KEY (operation);


--
-- Name: reported_figures reported_figures_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.reported_figures
    ADD CONSTRAINT reported_figures_pkey PRIMARY KEY (id);


--
-- Name: retrieval_schedules retrieval_schedules_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.retrieval_schedules
    ADD CONSTRAINT retrieval_schedules_pkey PRIMARY KEY (campaign_id);


--
-- Name: retrieval_windows retrieval_windows_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.retrieval_windows
    ADD CONSTRAINT retrieval_windows_pkey PRIMARY KEY (job_id, no);


--
-- Name: retrievals retrievals_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.retrievals
    ADD CONSTRAINT retrievals_pkey PRIMARY KEY (job_id);


--
-- Name: revocation_acks revocation_acks_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.revocation_acks
    ADD CONSTRAINT revocation_acks_pkey PRIMARY KEY (revocation_id, system);


--
-- Name: revocations revocations_number_revoked_at_channel_reference_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.revocations
    ADD CONSTRAINT revocations_number_revoked_at_channel_reference_key UNIQUE (number, revoked_at, channel, reference);


--
-- Name: revocations revocations_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.revocations
    ADD CONSTRAINT revocations_pkey PRIMARY KEY (id);


--
-- Name: service_events service_events_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.service_events
    ADD CONSTRAINT service_events_pkey PRIMARY KEY (id);


--
-- Name: service_feed service_feed_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.service_feed
    ADD CONSTRAINT service_feed_pkey PRIMARY KEY (one);


--
-- Name: sessions sessions_hash_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.sessions
    ADD CONSTRAINT sessions_hash_key UNIQUE (hash);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: sessions sessions_previous_hash_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.sessions
    ADD CONSTRAINT sessions_previous_hash_key UNIQUE (previous_hash);


--
-- Name: starts starts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.starts
    ADD CONSTRAINT starts_pkey PRIMARY KEY (id);


--
-- Name: state_changes state_changes_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.state_changes
    ADD CONSTRAINT state_changes_pkey PRIMARY KEY (id);


--
-- Name: state_intents state_intents_idempotency_key_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.state_intents
    ADD CONSTRAINT state_intents_idempotency_key_key UNIQUE (idempotency_key);


--
-- Name: state_intents state_intents_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.state_intents
    ADD CONSTRAINT state_intents_pkey PRIMARY KEY (id);


--
-- Name: stop_campaigns stop_campaigns_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.stop_campaigns
    ADD CONSTRAINT stop_campaigns_pkey PRIMARY KEY (stop_id, campaign_id);


--
-- Name: stops_given stops_given_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.stops_given
    ADD CONSTRAINT stops_given_pkey PRIMARY KEY (seq);


--
-- Name: stops_given stops_given_stop_id_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.stops_given
    ADD CONSTRAINT stops_given_stop_id_key UNIQUE (stop_id);


--
-- Name: stops stops_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.stops
    ADD CONSTRAINT stops_pkey PRIMARY KEY (id);


--
-- Name: suppression_lifts suppression_lifts_audit_seq_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppression_lifts
    ADD CONSTRAINT suppression_lifts_audit_seq_key UNIQUE (audit_seq);


--
-- Name: suppression_lifts suppression_lifts_id_number_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppression_lifts
    ADD CONSTRAINT suppression_lifts_id_number_key UNIQUE (id, number);


--
-- Name: suppression_lifts suppression_lifts_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppression_lifts
    ADD CONSTRAINT suppression_lifts_pkey PRIMARY KEY (id);


--
-- Name: suppressions suppressions_id_number_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppressions
    ADD CONSTRAINT suppressions_id_number_key UNIQUE (id, number);


--
-- Name: suppressions suppressions_number_said_at_origin_code_reference_key; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppressions
    ADD CONSTRAINT suppressions_number_said_at_origin_code_reference_key UNIQUE NULLS NOT DISTINCT (number, said_at, origin, code, reference);


--
-- Name: suppressions suppressions_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppressions
    ADD CONSTRAINT suppressions_pkey PRIMARY KEY (id);


--
-- Name: tenant_of_store tenant_of_store_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.tenant_of_store
    ADD CONSTRAINT tenant_of_store_pkey PRIMARY KEY (single);


--
-- Name: tenant_readings tenant_readings_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.tenant_readings
    ADD CONSTRAINT tenant_readings_pkey PRIMARY KEY (what, subject);


--
-- Name: told_dials told_dials_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.told_dials
    ADD CONSTRAINT told_dials_pkey PRIMARY KEY (campaign_id, day);


--
-- Name: wordings wordings_pkey; Type: CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.wordings
    ADD CONSTRAINT wordings_pkey PRIMARY KEY (digest);


--
-- Name: idx_operation_outputs_completed_at_function_name_v2; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_operation_outputs_completed_at_function_name_v2 ON dbos.operation_outputs USING btree (completed_at_epoch_ms, function_name) INCLUDE (application_name);


--
-- Name: idx_operation_outputs_retention; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_operation_outputs_retention ON dbos.operation_outputs USING btree (retention_timestamp);


--
-- Name: idx_workflow_input_retention; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_input_retention ON dbos.workflow_input USING btree (retention_timestamp);


--
-- Name: idx_workflow_output_retention; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_output_retention ON dbos.workflow_output USING btree (retention_timestamp);


--
-- Name: idx_workflow_status_attributes; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_attributes ON dbos.workflow_status USING gin (attributes) WHERE (attributes IS NOT NULL);


--
-- Name: idx_workflow_status_completed_at; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_completed_at ON dbos.workflow_status USING btree (completed_at) WHERE (completed_at IS NOT NULL);


--
-- Name: idx_workflow_status_deadline; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_deadline ON dbos.workflow_status USING btree (workflow_deadline_epoch_ms) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text, 'DELAYED'::text])) AND (workflow_deadline_epoch_ms IS NOT NULL));


--
-- Name: idx_workflow_status_delayed; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_delayed ON dbos.workflow_status USING btree (delay_until_epoch_ms) WHERE (status = 'DELAYED'::text);


--
-- Name: idx_workflow_status_failed; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_failed ON dbos.workflow_status USING btree (status, created_at) WHERE (status = ANY (ARRAY['ERROR'::text, 'CANCELLED'::text, 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'::text]));


--
-- Name: idx_workflow_status_forked_from; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_forked_from ON dbos.workflow_status USING btree (forked_from) WHERE (forked_from IS NOT NULL);


--
-- Name: idx_workflow_status_in_flight_v2; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_in_flight_v2 ON dbos.workflow_status USING btree (queue_name, status, priority, created_at) INCLUDE (application_name) WHERE (status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text]));


--
-- Name: idx_workflow_status_parent_workflow_id; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_parent_workflow_id ON dbos.workflow_status USING btree (parent_workflow_id) WHERE (parent_workflow_id IS NOT NULL);


--
-- Name: idx_workflow_status_partition_dequeue_v3; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_partition_dequeue_v3 ON dbos.workflow_status USING btree (queue_name, status, queue_partition_key, priority, created_at, workflow_uuid) INCLUDE (application_name) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text])) AND (queue_partition_key IS NOT NULL));


--
-- Name: idx_workflow_status_pending; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_pending ON dbos.workflow_status USING btree (created_at) WHERE (status = 'PENDING'::text);


--
-- Name: idx_workflow_status_rate_limited; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_rate_limited ON dbos.workflow_status USING btree (queue_name, started_at_epoch_ms) WHERE (rate_limited = true);


--
-- Name: idx_workflow_status_schedule_name; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_schedule_name ON dbos.workflow_status USING btree (schedule_name) WHERE (schedule_name IS NOT NULL);


--
-- Name: idx_workflow_status_started_at; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_started_at ON dbos.workflow_status USING btree (started_at_epoch_ms) WHERE (started_at_epoch_ms IS NOT NULL);


--
-- Name: idx_workflow_topic; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_topic ON dbos.notifications USING btree (destination_uuid, topic);


--
-- Name: uq_application_versions_owner_version; Type: INDEX; Schema: dbos; Owner: -
--

CREATE UNIQUE INDEX uq_application_versions_owner_version ON dbos.application_versions USING btree (application_name, version_name) WHERE (application_name IS NOT NULL);


--
-- Name: uq_application_versions_unclaimed_version; Type: INDEX; Schema: dbos; Owner: -
--

CREATE UNIQUE INDEX uq_application_versions_unclaimed_version ON dbos.application_versions USING btree (version_name) WHERE (application_name IS NULL);


--
-- Name: uq_workflow_status_dedup_id; Type: INDEX; Schema: dbos; Owner: -
--

CREATE UNIQUE INDEX uq_workflow_status_dedup_id ON dbos.workflow_status USING btree (queue_name, deduplication_id) WHERE (deduplication_id IS NOT NULL);


--
-- Name: workflow_status_created_at_index; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX workflow_status_created_at_index ON dbos.workflow_status USING btree (created_at);


--
-- Name: api_tokens_name; Type: INDEX; Schema: outdial; Owner: -
--

CREATE UNIQUE INDEX api_tokens_name ON outdial.api_tokens USING btree (name) WHERE (revoked_at IS NULL);


--
-- Name: approvals_age; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX approvals_age ON outdial.approvals USING btree (requested_at DESC, id);


--
-- Name: approvals_carried_out; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX approvals_carried_out ON outdial.approvals USING btree (executor) WHERE (executor IS NOT NULL);


--
-- Name: approvals_job; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX approvals_job ON outdial.approvals USING btree (job_id) WHERE (job_id IS NOT NULL);


--
-- Name: attempts_age; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX attempts_age ON outdial.attempts USING brin (at);


--
-- Name: attempts_by_call; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX attempts_by_call ON outdial.attempts USING btree (call_id) WHERE (call_id <> ''::text);


--
-- Name: attempts_by_campaign; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX attempts_by_campaign ON outdial.attempts USING btree (campaign, at) INCLUDE (answer);


--
-- Name: audit_by_action; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX audit_by_action ON outdial.audit USING btree (action);


--
-- Name: audit_by_actor; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX audit_by_actor ON outdial.audit USING btree (actor);


--
-- Name: audit_by_subject; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX audit_by_subject ON outdial.audit USING btree ("left"(subject, 200) COLLATE "C");


--
-- Name: audit_by_time; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX audit_by_time ON outdial.audit USING brin ("time") WITH (pages_per_range='16');


--
-- Name: campaign_applies_open; Type: INDEX; Schema: outdial; Owner: -
--

CREATE UNIQUE INDEX campaign_applies_open ON outdial.campaign_applies USING btree ((true)) WHERE (ended_at IS NULL);


--
-- Name: crm_acknowledged_by_hour; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX crm_acknowledged_by_hour ON outdial.crm_acknowledged USING btree (campaign_id, start_hour);


--
-- Name: crm_push_refusals_by_call; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX crm_push_refusals_by_call ON outdial.crm_push_refusals USING btree (job_id, campaign_id, call_id);


--
-- Name: delivery_attempts_of; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX delivery_attempts_of ON outdial.delivery_attempts USING btree (delivery_id, at);


--
-- Name: dialer_changes_by_subject; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX dialer_changes_by_subject ON outdial.dialer_changes USING btree (subject, version DESC);


--
-- Name: dialer_changes_not_back; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX dialer_changes_not_back ON outdial.dialer_changes USING btree (version) WHERE (outcome = 'rollback_failed'::text);


--
-- Name: dialer_changes_open; Type: INDEX; Schema: outdial; Owner: -
--

CREATE UNIQUE INDEX dialer_changes_open ON outdial.dialer_changes USING btree ((true)) WHERE (ended_at IS NULL);


--
-- Name: dialer_changes_rejected; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX dialer_changes_rejected ON outdial.dialer_changes USING btree (settings_hash, version DESC) WHERE rejected;


--
-- Name: erasures_open; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX erasures_open ON outdial.erasures USING btree (begun_at) WHERE (ended_at IS NULL);


--
-- Name: fact_imports_open; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX fact_imports_open ON outdial.fact_imports USING btree (started_at) WHERE ((finished_at IS NULL) AND (completed_by IS NULL));


--
-- Name: gate_manifests_age; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX gate_manifests_age ON outdial.gate_manifests USING brin (created_at);


--
-- Name: gate_manifests_by_campaign; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX gate_manifests_by_campaign ON outdial.gate_manifests USING btree (campaign, created_at DESC);


--
-- Name: handover_holds_ended; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX handover_holds_ended ON outdial.handover_holds USING btree (until);


--
-- Name: idempotency_keys_age; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX idempotency_keys_age ON outdial.idempotency_keys USING btree (created_at);


--
-- Name: inbound_aside; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX inbound_aside ON outdial.inbound_events USING btree (id) WHERE (status = 'aside'::text);


--
-- Name: inbound_due; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX inbound_due ON outdial.inbound_events USING btree (next_attempt_at, id) WHERE (status = 'pending'::text);


--
-- Name: inbound_once; Type: INDEX; Schema: outdial; Owner: -
--

CREATE UNIQUE INDEX inbound_once ON outdial.inbound_events USING btree (channel, event_id);


--
-- Name: inbound_settled; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX inbound_settled ON outdial.inbound_events USING btree (settled_at) WHERE (status = ANY (ARRAY['done'::text, 'ignored'::text]));


--
-- Name: interaction_changes_by_interaction; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX interaction_changes_by_interaction ON outdial.interaction_changes USING btree (interaction_id, announced_at DESC);


--
-- Name: interaction_changes_latest; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX interaction_changes_latest ON outdial.interaction_changes USING btree (announced_at DESC, job_id, line);


--
-- Name: job_items_remarkable; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX job_items_remarkable ON outdial.job_items USING btree (job_id, result, line) WHERE (result <> ALL (ARRAY['tagged'::text, 'unchanged'::text, 'success'::text]));


--
-- Name: jobs_by_content; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX jobs_by_content ON outdial.jobs USING btree (content_hash);


--
-- Name: jobs_by_kind; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX jobs_by_kind ON outdial.jobs USING btree (kind, created_at DESC, id DESC);


--
-- Name: jobs_by_status; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX jobs_by_status ON outdial.jobs USING btree (status, created_at DESC, id DESC) INCLUDE (kind) WHERE (status <> 'done'::text);


--
-- Name: jobs_by_time; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX jobs_by_time ON outdial.jobs USING btree (created_at DESC, id DESC);


--
-- Name: jobs_left; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX jobs_left ON outdial.jobs USING btree (created_at DESC, id DESC) WHERE (status = ANY (ARRAY['ready'::text, 'running'::text, 'stopped'::text]));


--
-- Name: jobs_standing; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX jobs_standing ON outdial.jobs USING btree (created_at DESC, id DESC) WHERE (status = ANY (ARRAY['stopped'::text, 'failed'::text]));


--
-- Name: known_campaigns_order; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX known_campaigns_order ON outdial.known_campaigns USING btree (place, id) WHERE (gone_at IS NULL);


--
-- Name: lake_files_live; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX lake_files_live ON outdial.lake_files USING btree (campaign_id, day) WHERE (removed_at IS NULL);


--
-- Name: lake_files_removed; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX lake_files_removed ON outdial.lake_files USING btree (removed_at) WHERE (removed_at IS NOT NULL);


--
-- Name: metric_readings_latest; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX metric_readings_latest ON outdial.metric_readings USING btree (campaign_id, ordered_at DESC, id DESC);


--
-- Name: mistaken_lifts; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX mistaken_lifts ON outdial.suppression_lifts USING btree (id) WHERE mistake;


--
-- Name: outbox_by_subject; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX outbox_by_subject ON outdial.outbox USING hash (subject);


--
-- Name: outbox_dead; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX outbox_dead ON outdial.outbox USING btree (endpoint, id) WHERE (status = 'dead'::text);


--
-- Name: outbox_delivered; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX outbox_delivered ON outdial.outbox USING btree (delivered_at) WHERE (status = 'delivered'::text);


--
-- Name: outbox_due; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX outbox_due ON outdial.outbox USING btree (endpoint, next_attempt_at, id) WHERE (status = 'pending'::text);


--
-- Name: outbox_order; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX outbox_order ON outdial.outbox USING btree ("left"(subject, 200) COLLATE "C", endpoint, id) WHERE (status = 'pending'::text);


--
-- Name: raw_outcomes_age; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX raw_outcomes_age ON outdial.raw_outcomes USING brin (at);


--
-- Name: raw_outcomes_unresolved; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX raw_outcomes_unresolved ON outdial.raw_outcomes USING btree (call_id) WHERE ((opt_out IS NOT NULL) AND (number IS NULL));


--
-- Name: reported_figures_latest; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX reported_figures_latest ON outdial.reported_figures USING btree ("left"(scope, 200) COLLATE "C", from_ms, to_ms, id);


--
-- Name: retrieval_windows_by_end; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX retrieval_windows_by_end ON outdial.retrieval_windows USING btree (to_ms);


--
-- Name: retrievals_by_campaign; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX retrievals_by_campaign ON outdial.retrievals USING btree (campaign_id, job_id DESC);


--
-- Name: revocations_by_time; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX revocations_by_time ON outdial.revocations USING btree (revoked_at);


--
-- Name: service_events_order; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX service_events_order ON outdial.service_events USING btree (tx, id);


--
-- Name: state_changes_latest; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX state_changes_latest ON outdial.state_changes USING btree (campaign_id, at DESC, id DESC);


--
-- Name: state_intents_by_campaign; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX state_intents_by_campaign ON outdial.state_intents USING btree (campaign_id, created_at DESC);


--
-- Name: state_intents_open; Type: INDEX; Schema: outdial; Owner: -
--

CREATE UNIQUE INDEX state_intents_open ON outdial.state_intents USING btree (campaign_id) WHERE (ended_at IS NULL);


--
-- Name: stops_latest; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX stops_latest ON outdial.stops USING btree (created_at DESC, id DESC);


--
-- Name: stops_open; Type: INDEX; Schema: outdial; Owner: -
--

CREATE INDEX stops_open ON outdial.stops USING btree (created_at) WHERE (ended_at IS NULL);


--
-- Name: notifications dbos_notifications_trigger; Type: TRIGGER; Schema: dbos; Owner: -
--

CREATE TRIGGER dbos_notifications_trigger AFTER INSERT ON dbos.notifications FOR EACH ROW EXECUTE FUNCTION dbos.notifications_function();


--
-- Name: attempts append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.attempts FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: consents append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.consents FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: disconnections append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.disconnections FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: gate_manifests append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.gate_manifests FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: lifted_suppressions append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.lifted_suppressions FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: line_types append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.line_types FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: raw_outcomes append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.raw_outcomes FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: reassigned_queries append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.reassigned_queries FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: relationships append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.relationships FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: revocation_acks append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.revocation_acks FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: revocations append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.revocations FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: suppression_lifts append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.suppression_lifts FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: suppressions append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.suppressions FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: wordings append_only; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON outdial.wordings FOR EACH STATEMENT EXECUTE FUNCTION outdial.refuse_change();


--
-- Name: line_types erases_one; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER erases_one BEFORE DELETE ON outdial.line_types FOR EACH ROW EXECUTE FUNCTION outdial.refuse_others();


--
-- Name: dialer_changes expire_dialer; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER expire_dialer AFTER UPDATE ON outdial.dialer_changes FOR EACH ROW WHEN (((old.phase IS DISTINCT FROM new.phase) OR (old.outcome IS DISTINCT FROM new.outcome))) EXECUTE FUNCTION outdial.expire_dialer();


--
-- Name: attempts kept_five_years; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER kept_five_years BEFORE DELETE ON outdial.attempts FOR EACH ROW EXECUTE FUNCTION outdial.refuse_young();


--
-- Name: gate_manifests kept_five_years; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER kept_five_years BEFORE DELETE ON outdial.gate_manifests FOR EACH ROW EXECUTE FUNCTION outdial.refuse_young();


--
-- Name: raw_outcomes kept_five_years; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER kept_five_years BEFORE DELETE ON outdial.raw_outcomes FOR EACH ROW EXECUTE FUNCTION outdial.refuse_young();


--
-- Name: state_intents note_state; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER note_state AFTER INSERT OR UPDATE ON outdial.state_intents FOR EACH ROW WHEN ((new.confirmed_at IS NOT NULL)) EXECUTE FUNCTION outdial.note_state();


--
-- Name: stop_campaigns note_stopped; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER note_stopped AFTER UPDATE ON outdial.stop_campaigns FOR EACH ROW WHEN ((new.shown AND (old.shown IS DISTINCT FROM new.shown))) EXECUTE FUNCTION outdial.note_stopped();


--
-- Name: stop_campaigns note_stopped_at_once; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER note_stopped_at_once AFTER INSERT ON outdial.stop_campaigns FOR EACH ROW WHEN (new.shown) EXECUTE FUNCTION outdial.note_stopped();


--
-- Name: outbox tell_alarm; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_alarm AFTER INSERT ON outdial.outbox FOR EACH ROW WHEN ((new.type <> ALL (ARRAY['DISPOSITION_ASSIGNED'::text, 'DISPOSITION_UPDATED'::text, 'OUTCOMES_RETRIEVED'::text]))) EXECUTE FUNCTION outdial.tell_alarm();


--
-- Name: approvals tell_approval; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_approval AFTER INSERT OR UPDATE ON outdial.approvals FOR EACH ROW EXECUTE FUNCTION outdial.tell('approval');


--
-- Name: jobs tell_begun; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE CONSTRAINT TRIGGER tell_begun AFTER UPDATE ON outdial.jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION outdial.tell_begun();


--
-- Name: outbox tell_delivery; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_delivery AFTER UPDATE ON outdial.outbox FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) AND ((old.status = 'dead'::text) OR (new.status = 'dead'::text)))) EXECUTE FUNCTION outdial.tell('delivery');


--
-- Name: dialer_changes tell_dialer; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_dialer AFTER UPDATE ON outdial.dialer_changes FOR EACH ROW WHEN (((old.phase IS DISTINCT FROM new.phase) OR (old.outcome IS DISTINCT FROM new.outcome))) EXECUTE FUNCTION outdial.tell('dialer');


--
-- Name: dialer_changes tell_dialer_added; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_dialer_added AFTER INSERT ON outdial.dialer_changes FOR EACH ROW EXECUTE FUNCTION outdial.tell('dialer');


--
-- Name: failover_pairs tell_failover; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_failover AFTER UPDATE ON outdial.failover_pairs FOR EACH ROW WHEN ((old.phase IS DISTINCT FROM new.phase)) EXECUTE FUNCTION outdial.tell('failover');


--
-- Name: jobs tell_job; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_job AFTER UPDATE ON outdial.jobs FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.counts IS DISTINCT FROM new.counts) OR (old.total_rows IS DISTINCT FROM new.total_rows))) EXECUTE FUNCTION outdial.tell('job');


--
-- Name: jobs tell_job_added; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_job_added AFTER INSERT ON outdial.jobs FOR EACH ROW EXECUTE FUNCTION outdial.tell('job');


--
-- Name: known_campaigns tell_known_campaign; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_known_campaign AFTER UPDATE ON outdial.known_campaigns FOR EACH ROW WHEN (((old.name IS DISTINCT FROM new.name) OR (old.status IS DISTINCT FROM new.status) OR (old.gone_at IS DISTINCT FROM new.gone_at))) EXECUTE FUNCTION outdial.tell('campaign');


--
-- Name: known_campaigns tell_known_campaign_added; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_known_campaign_added AFTER INSERT ON outdial.known_campaigns FOR EACH ROW EXECUTE FUNCTION outdial.tell('campaign');


--
-- Name: metric_readings tell_reading; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_reading AFTER INSERT ON outdial.metric_readings FOR EACH ROW EXECUTE FUNCTION outdial.tell('campaign');


--
-- Name: state_intents tell_state; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_state AFTER INSERT OR UPDATE ON outdial.state_intents FOR EACH ROW EXECUTE FUNCTION outdial.tell('campaign');


--
-- Name: stops tell_stop; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_stop AFTER INSERT OR UPDATE ON outdial.stops FOR EACH ROW EXECUTE FUNCTION outdial.tell('stop');


--
-- Name: stop_campaigns tell_stopped; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_stopped AFTER UPDATE ON outdial.stop_campaigns FOR EACH ROW EXECUTE FUNCTION outdial.tell('stop');


--
-- Name: tenant_readings tell_tenant_reading; Type: TRIGGER; Schema: outdial; Owner: -
--

CREATE TRIGGER tell_tenant_reading AFTER UPDATE ON outdial.tenant_readings FOR EACH ROW WHEN (((new.what <> ALL (ARRAY['workload'::text, 'callbacks'::text, 'calling-lists'::text, 'opt-outs'::text])) AND (((old.value)::text IS DISTINCT FROM (new.value)::text) OR ((old.problem)::text IS DISTINCT FROM (new.problem)::text) OR ((old.read_at IS NULL) <> (new.read_at IS NULL))))) EXECUTE FUNCTION outdial.tell('campaign');


--
-- Name: notifications notifications_destination_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.notifications
    ADD CONSTRAINT notifications_destination_uuid_fkey FOREIGN KEY (destination_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: streams streams_workflow_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.streams
    ADD CONSTRAINT streams_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: workflow_events_history workflow_events_history_workflow_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events_history
    ADD CONSTRAINT workflow_events_history_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: workflow_events workflow_events_workflow_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events
    ADD CONSTRAINT workflow_events_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: approvals approvals_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.approvals
    ADD CONSTRAINT approvals_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE SET NULL;


--
-- Name: approvals approvals_requested_token_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.approvals
    ADD CONSTRAINT approvals_requested_token_fkey FOREIGN KEY (requested_token) REFERENCES outdial.api_tokens(id) ON DELETE SET NULL;


--
-- Name: campaign_applies campaign_applies_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.campaign_applies
    ADD CONSTRAINT campaign_applies_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE CASCADE;


--
-- Name: campaign_events campaign_events_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.campaign_events
    ADD CONSTRAINT campaign_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.campaign_applies(job_id) ON DELETE CASCADE;


--
-- Name: consents consents_wording_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.consents
    ADD CONSTRAINT consents_wording_fkey FOREIGN KEY (wording) REFERENCES outdial.wordings(digest);


--
-- Name: crm_push_refusals crm_push_refusals_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.crm_push_refusals
    ADD CONSTRAINT crm_push_refusals_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE CASCADE;


--
-- Name: delivery_attempts delivery_attempts_delivery_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.delivery_attempts
    ADD CONSTRAINT delivery_attempts_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES outdial.outbox(id) ON DELETE CASCADE;


--
-- Name: dialer_changes dialer_changes_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.dialer_changes
    ADD CONSTRAINT dialer_changes_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE CASCADE;


--
-- Name: dialer_events dialer_events_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.dialer_events
    ADD CONSTRAINT dialer_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.dialer_changes(job_id) ON DELETE CASCADE;


--
-- Name: failover_events failover_events_primary_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.failover_events
    ADD CONSTRAINT failover_events_primary_id_fkey FOREIGN KEY (primary_id) REFERENCES outdial.failover_pairs(primary_id) ON DELETE CASCADE;


--
-- Name: interaction_changes interaction_changes_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.interaction_changes
    ADD CONSTRAINT interaction_changes_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE CASCADE;


--
-- Name: job_chunks job_chunks_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.job_chunks
    ADD CONSTRAINT job_chunks_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE CASCADE;


--
-- Name: lifted_suppressions lifted_suppressions_lift_id_number_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.lifted_suppressions
    ADD CONSTRAINT lifted_suppressions_lift_id_number_fkey FOREIGN KEY (lift_id, number) REFERENCES outdial.suppression_lifts(id, number);


--
-- Name: lifted_suppressions lifted_suppressions_suppression_id_number_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.lifted_suppressions
    ADD CONSTRAINT lifted_suppressions_suppression_id_number_fkey FOREIGN KEY (suppression_id, number) REFERENCES outdial.suppressions(id, number);


--
-- Name: registry_coverage registry_coverage_file_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.registry_coverage
    ADD CONSTRAINT registry_coverage_file_id_fkey FOREIGN KEY (file_id) REFERENCES outdial.registry_files(id);


--
-- Name: retrieval_windows retrieval_windows_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.retrieval_windows
    ADD CONSTRAINT retrieval_windows_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.retrievals(job_id) ON DELETE CASCADE;


--
-- Name: retrievals retrievals_job_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.retrievals
    ADD CONSTRAINT retrievals_job_id_fkey FOREIGN KEY (job_id) REFERENCES outdial.jobs(id) ON DELETE CASCADE;


--
-- Name: revocation_acks revocation_acks_revocation_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.revocation_acks
    ADD CONSTRAINT revocation_acks_revocation_id_fkey FOREIGN KEY (revocation_id) REFERENCES outdial.revocations(id);


--
-- Name: sessions sessions_token_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.sessions
    ADD CONSTRAINT sessions_token_id_fkey FOREIGN KEY (token_id) REFERENCES outdial.api_tokens(id) ON DELETE CASCADE;


--
-- Name: stop_campaigns stop_campaigns_stop_id_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.stop_campaigns
    ADD CONSTRAINT stop_campaigns_stop_id_fkey FOREIGN KEY (stop_id) REFERENCES outdial.stops(id) ON DELETE CASCADE;


--
-- Name: suppression_lifts suppression_lifts_audit_seq_fkey; Type: FK CONSTRAINT; Schema: outdial; Owner: -
--

ALTER TABLE ONLY outdial.suppression_lifts
    ADD CONSTRAINT suppression_lifts_audit_seq_fkey FOREIGN KEY (audit_seq) REFERENCES outdial.audit(seq) DEFERRABLE INITIALLY DEFERRED;


--
-- PostgreSQL database dump complete
--

\unrestrict sRSdupiwhSlo1bBvMX0Rof6pAF9mzwlzUcDBeokcXdSf7B9mawDrjqI2sGXdMER

