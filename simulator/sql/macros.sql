-- What the table statements share. Chance comes from hashes of the seed, a name and the row's numbers: the same rows in any order, on any number of threads.
CREATE OR REPLACE TEMP MACRO chance(name, a, b, c) AS
  (hash(getvariable('seed'), name, a::BIGINT, b::BIGINT, c::BIGINT) >> 11)::DOUBLE / 9007199254740992.0;
CREATE OR REPLACE TEMP MACRO day_of(day) AS DATE '1970-01-01' + day::INTEGER;
CREATE OR REPLACE TEMP MACRO moment_of(day, u) AS
  (DATE '1970-01-01' + day::INTEGER)::TIMESTAMP + to_seconds(25200 + floor(u * 46800)::BIGINT);
CREATE OR REPLACE TEMP MACRO party_of(number) AS 'P' || lpad(number::BIGINT::VARCHAR, 7, '0');
CREATE OR REPLACE TEMP MACRO numbered(prefix, number, a, b) AS
  prefix || lpad(number::BIGINT::VARCHAR, 7, '0') || '-' || a::BIGINT::VARCHAR || '-' || b::BIGINT::VARCHAR;
CREATE OR REPLACE TEMP MACRO cents(amount) AS (round(amount)::BIGINT / 100.0)::DECIMAL(18, 2);
-- When a fact that is usually known within `usual` days is learned: three in a hundred come up to `late` days after that.
CREATE OR REPLACE TEMP MACRO learned(moment, u, usual, late) AS
  moment + to_minutes((1440 * CASE WHEN u < 0.97 THEN usual * u ELSE usual + late * (u - 0.97) / 0.03 END)::BIGINT + 1);
