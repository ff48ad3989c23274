/** One feature of a view: a column of the view's result. */
export interface FeatureColumnDoc {
  readonly name: string;
  readonly type: 'number' | 'category' | 'flag';
  readonly unit: string;
  /** What people call it: short, for reasons name features so. */
  readonly meaning: { readonly en: string; readonly 'zh-CN': string };
  /** What more there is to say about its meaning. */
  readonly note?: string;
  /** Values with a meaning of their own, such as -1 for an expired report: each gets a bin of its own. */
  readonly codes?: readonly (number | string)[];
  /** What null means. */
  readonly nullMeans: string;
  readonly monotone: 'increasing' | 'decreasing' | null;
}

/**
 * A feature view: one SQL file. Its statement selects `party_id`, `as_of` and the features from the relation `asked(party_id, as_of)`
 * and raw tables of the contracts, reading only versions with `known_from <= as_of < known_until` and `happened_at <= as_of`.
 */
export interface FeatureView {
  readonly name: string;
  /** `statistics`: no features, but a table of peer statistics that other views join; absent: an ordinary view. */
  readonly kind?: 'statistics';
  /** For statistics: how many customers of each segment are asked, at most. */
  readonly peers?: number;
  readonly sql: string;
  /** Raw tables that it reads. */
  readonly tables: readonly string[];
  /** Other views, or published statistics, that it reads; they run first. */
  readonly dependsOn: readonly string[];
  readonly grain: string;
  readonly windows: string;
  readonly features: readonly FeatureColumnDoc[];
  /** SHA-256 of its SQL and of the hashes of everything that it depends on. */
  readonly hash: string;
}
