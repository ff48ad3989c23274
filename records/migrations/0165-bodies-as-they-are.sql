-- Bodies are stored as they are: compressing a rating's 4 kB of evidence took PostgreSQL longer than everything else that it does for a record (docs/decisions/0113).
alter table record_bodies alter column body set storage external;
