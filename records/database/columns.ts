import type { ColumnType } from 'kysely';

/** A timestamp read as a Date and written as one or as ISO text. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** The database's clock fills it. */
export type DefaultedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>;
export type NullableTimestamp = ColumnType<Date | null, Date | string | null, Date | string | null>;
/** JSON is written as text, so that arrays are not mistaken for PostgreSQL arrays. */
export type JsonColumn<T> = ColumnType<T, string, string>;
