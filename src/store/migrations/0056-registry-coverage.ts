// Which area codes the files of do-not-call registries cover, each as of which date: a file takes the place of others only there.

import type { Migration } from "./migration.ts";

/** Countries of the North American plan. */
const IN_PLAN = `left(f.registry, 2) in ('US', 'AG', 'AI', 'AS', 'BB', 'BM', 'BS', 'CA', 'DM', 'DO', 'GD', 'GU', 'JM', 'KN', 'KY', 'LC', 'MP', 'MS',
  'PR', 'SX', 'TC', 'TT', 'VC', 'VG', 'VI')`;

export const registryCoverage: Migration = {
  name: "area codes of registry files",
  sql: `
drop index outdial.registry_current;
alter table outdial.registry_files
  drop constraint registry_files_status_check,
  -- A list of changes is 'applied' to the files in force.
  add constraint registry_files_status_check check (status in ('loading', 'current', 'retired', 'applied')),
  add column retired_at timestamptz;
update outdial.registry_files set retired_at = now() where status = 'retired';

create table outdial.registry_coverage (
  registry text not null,
  -- Of the North American plan; 0: every area code without a row of its own, and all of a list outside of that plan.
  area_code smallint not null,
  file_id integer not null references outdial.registry_files,
  as_of date not null,
  numbers bigint not null,
  primary key (registry, area_code)
);

-- A file of before covers the area codes that it names: nobody said that it is the whole list. That of a country outside of the plan is whole.
insert into outdial.registry_coverage (registry, area_code, file_id, as_of, numbers)
  select f.registry, n.number / 10000000 - 1000, f.id, f.as_of, count(*)
  from outdial.registry_files f join outdial.registry_numbers n on n.file_id = f.id
  where f.status = 'current' and ${IN_PLAN} and n.number between 12000000000 and 19999999999
  group by 1, 2, 3, 4;
insert into outdial.registry_coverage (registry, area_code, file_id, as_of, numbers)
  select f.registry, 0, f.id, f.as_of, coalesce(f.numbers, 0) from outdial.registry_files f where f.status = 'current' and not ${IN_PLAN};
`,
};
