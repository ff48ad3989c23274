// Generated from the OpenAPI document by `node dist/serving/openapi/write.js`; do not edit.

export type RatingRequest = {
  /** The customer to rate; features are computed as of then. */
  readonly customerId?: string;
  /** Feature values by name, instead of a customer; names left out are missing. */
  readonly features?: { readonly [name: string]: number | string | boolean | null };
  /** Rate with what was known by then; default: now. Not in the future. */
  readonly asOf?: string;
  /** For a past instant: today’s champion (default), or the champion of that instant. */
  readonly model?: "today" | "then";
  /** Portfolio whose slots are asked. */
  readonly portfolio?: string;
  /** Segment for the choice of slot, with `features`; a customer’s own is known. */
  readonly segment?: string;
  /** Months that the PD is to be over. */
  readonly horizonMonths?: number;
};

export type Rating = {
  readonly customerId: string | null;
  /** ISO 8601, UTC */
  readonly asOf: string;
  /** Probability of default within `horizonMonths`. */
  readonly pd: number;
  readonly horizonMonths: number;
  /** Points; higher is safer. */
  readonly score: number;
  readonly grade: {
    readonly code: string;
    readonly name: string;
    readonly class: "high" | "middle" | "low";
    readonly pdFrom: number;
    readonly pdBelow: number;
  };
  /** What costs the most points against the average customer of the training population, worst first. */
  readonly reasons: readonly ({
    readonly text: string;
    readonly features: readonly (string)[];
    /** Points below the average customer’s. */
    readonly pointsLost: number;
  })[];
  /** What to know about what the rating rests on; a code about features stands once and lists them. */
  readonly flags: readonly ({
    readonly code: string;
    /** The source that it is about, or null. */
    readonly about: string | null;
    readonly text: string;
    /** The features that it is about, those furthest outside first; empty for sources and thin data. */
    readonly features: readonly ({
      readonly name: string;
      readonly value: number | string | null;
      /** Smallest and largest value seen in training; null for categories. Dates are days since 1970. */
      readonly trained: {
        readonly from: number;
        readonly to: number;
      } | null;
    })[];
  })[];
  /** Features of the model that are not known. */
  readonly missing: readonly (string)[];
  readonly model: {
    readonly name: string;
    readonly hash: string;
    /** Whose champion rated: today’s, or the past instant’s. */
    readonly championOf: "today" | "then";
    /** ISO 8601, UTC */
    readonly championSince: string;
    readonly slot: string;
    readonly slotChosenBecause: string;
  };
  /** What the features were computed from; null where they came in the request. */
  readonly features: {
    readonly snapshotId: string;
    /** ISO 8601, UTC */
    readonly snapshotAsOf: string;
    readonly factsThrough: number;
  } | null;
  readonly standards: {
    readonly points: string;
    readonly masterScale: string;
    readonly policy: string;
  };
  readonly logOdds: number;
  readonly intercept: number;
  /** `intercept` plus these, added from left to right, is `logOdds` to the last bit. */
  readonly contributions?: readonly ({
    readonly features: readonly (string)[];
    readonly values: readonly (number | string | null)[];
    readonly contribution: number;
    /** Mean contribution in the training population. */
    readonly reference: number;
  })[];
};

export type Events = {
  /** Which application reports; default `api`. */
  readonly source?: string;
  readonly events: readonly ({
    /** Canonical table, such as payments or invoices. */
    readonly table: string;
    /** The row’s columns by name; money as a number or a decimal text. */
    readonly values: { readonly [name: string]: number | string | boolean | null };
    /** When it was so; not in the future. */
    readonly happenedAt: string;
    /** The same key from the same source again is the same fact and adds nothing. */
    readonly idempotencyKey?: string;
  })[];
};

export type Acknowledgement = {
  readonly acknowledged: number;
  readonly facts: readonly ({
    readonly sequence: number;
    /** ISO 8601, UTC */
    readonly knownFrom: string;
  })[];
};

export type Champions = {
  readonly champions: readonly ({
    readonly slot: string;
    /** ISO 8601, UTC */
    readonly since: string;
    readonly model: {
      readonly name: string;
      readonly hash: string;
      /** What the model says the probability of. */
      readonly target: { readonly [name: string]: unknown };
      readonly features: readonly ({
        readonly name: string;
        readonly type: string;
        readonly label: { readonly [name: string]: string } | null;
        readonly display: string | null;
      })[];
      readonly trainedOn: {
        readonly rows: number;
        readonly bads: number;
        readonly period: { readonly [name: string]: unknown } | null;
        readonly trainingSetHash: string;
        readonly featureViews: { readonly [name: string]: string };
      };
      readonly outOfFold: {
        readonly auc: number;
        readonly logLoss: number;
        readonly [name: string]: unknown;
      };
    };
  })[];
  readonly snapshot: {
    readonly id: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
  } | null;
  /** The scale of points. */
  readonly points: { readonly [name: string]: unknown };
  readonly masterScale: {
    readonly grades: readonly ({
      readonly code: string;
      readonly name: string;
      readonly pdBelow: number;
      readonly [name: string]: unknown;
    })[];
    readonly [name: string]: unknown;
  };
};

export type Me = {
  readonly tenant: string;
  /** How records name who acted. */
  readonly actor: string;
  readonly roles: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
  /** Every operation that this key or token may call. */
  readonly operations: readonly (string)[];
  readonly keyId: string | null;
  /** Who issued the token; null for a key. */
  readonly issuer: string | null;
  /** ISO 8601, UTC */
  readonly expiresAt: string;
};

export type Key = {
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
  /** The only operations that it may call; null: all of its roles’. */
  readonly operations: readonly (string)[] | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly createdBy: string;
  /** ISO 8601, UTC */
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  /** The key that it took over from. */
  readonly replaces: string | null;
  /** To the minute. */
  readonly lastUsedAt: string | null;
};

export type KeyPage = {
  readonly items: readonly ({
    readonly keyId: string;
    readonly name: string;
    readonly roles: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
    /** The only operations that it may call; null: all of its roles’. */
    readonly operations: readonly (string)[] | null;
    /** ISO 8601, UTC */
    readonly createdAt: string;
    readonly createdBy: string;
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    readonly revokedAt: string | null;
    readonly revokedBy: string | null;
    /** The key that it took over from. */
    readonly replaces: string | null;
    /** To the minute. */
    readonly lastUsedAt: string | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type NewKey = {
  /** Who will use it; records name it as `key:NAME`. */
  readonly name: string;
  readonly roles: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
  /** The only operations that it may call, by operationId; left out: all that its roles may. */
  readonly operations?: readonly ("rate" | "rateBatch" | "champion" | "events" | "me" | "listKeys" | "createKey" | "readKey" | "rotateKey" | "revokeKey" | "metrics" | "health" | "readiness" | "document" | "documentPage" | "page")[];
  /** Days until it expires; default 365. */
  readonly days?: number;
};

export type RotateKey = {
  /** How long the old key goes on; default 24. */
  readonly overlapHours?: number;
  /** Days until the new key expires; default 365. */
  readonly days?: number;
};

export type IssuedKey = {
  /** What its holder sends as `Authorization: Bearer KEY`. In this answer and nowhere else. */
  readonly key: string;
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
  /** The only operations that it may call; null: all of its roles’. */
  readonly operations: readonly (string)[] | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly createdBy: string;
  /** ISO 8601, UTC */
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  /** The key that it took over from. */
  readonly replaces: string | null;
  /** To the minute. */
  readonly lastUsedAt: string | null;
};

export type Status = {
  readonly status: string;
};

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
  readonly problems: readonly ({
    readonly at: string;
    readonly message: string;
    readonly fix?: string;
  })[];
  readonly requestId?: string;
};

/** What each operation takes and answers. */
export interface Operations {
  /** Rate a customer as of an instant, or a set of features. */
  rate: {
    readonly input: {
      readonly body: RatingRequest;
    };
    readonly output: Rating;
  };
  /** Rate a stream of rows; one answer a row, in order, errors included. Read while you send. */
  rateBatch: {
    readonly input: {
      readonly query?: { readonly contributions?: boolean };
      readonly body: string | Uint8Array;
      readonly type?: 'application/x-ndjson' | 'application/vnd.apache.arrow.stream';
    };
    readonly output: Response;
  };
  /** The champion of each slot, its features, and the scales. */
  champion: {
    readonly input: {};
    readonly output: Champions;
  };
  /** Report facts; acknowledged means durable, and seen by the next rating. */
  events: {
    readonly input: {
      readonly body: Events;
    };
    readonly output: Acknowledgement;
  };
  /** Who the key or token is, and what it may do. */
  me: {
    readonly input: {};
    readonly output: Me;
  };
  /** The keys of the tenant in order of their making, without secrets. */
  listKeys: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: KeyPage;
  };
  /** Make a key; its text is in this answer and nowhere else. */
  createKey: {
    readonly input: {
      readonly body: NewKey;
    };
    readonly output: IssuedKey;
  };
  /** One key, without its secret. */
  readKey: {
    readonly input: {
      readonly path: { readonly keyId: string };
    };
    readonly output: Key;
  };
  /** A successor of the same name and roles; the old key goes on for a while. */
  rotateKey: {
    readonly input: {
      readonly path: { readonly keyId: string };
      readonly body?: RotateKey;
    };
    readonly output: IssuedKey;
  };
  /** End a key for good; again changes nothing. */
  revokeKey: {
    readonly input: {
      readonly path: { readonly keyId: string };
    };
    readonly output: Key;
  };
  /** The process answers. */
  health: {
    readonly input: {};
    readonly output: Status;
  };
  /** Whether the server can rate; where not, why, for who sends a key. */
  readiness: {
    readonly input: {};
    readonly output: Status;
  };
  /** Metrics for Prometheus. */
  metrics: {
    readonly input: {};
    readonly output: string;
  };
  /** This document. */
  document: {
    readonly input: {};
    readonly output: { readonly [name: string]: unknown };
  };
  /** This document as a page. */
  documentPage: {
    readonly input: {};
    readonly output: string;
  };
  /** The page for people. */
  page: {
    readonly input: {};
    readonly output: string;
  };
}

/** How each operation is called. */
export const operations = {
  rate: { method: 'POST', path: '/v1/ratings', sends: 'application/json', answers: 'json' },
  rateBatch: { method: 'POST', path: '/v1/ratings:batch', sends: 'application/x-ndjson', answers: 'response' },
  champion: { method: 'GET', path: '/v1/models/champion', sends: null, answers: 'json' },
  events: { method: 'POST', path: '/v1/events', sends: 'application/json', answers: 'json' },
  me: { method: 'GET', path: '/v1/me', sends: null, answers: 'json' },
  listKeys: { method: 'GET', path: '/v1/keys', sends: null, answers: 'json' },
  createKey: { method: 'POST', path: '/v1/keys', sends: 'application/json', answers: 'json' },
  readKey: { method: 'GET', path: '/v1/keys/{keyId}', sends: null, answers: 'json' },
  rotateKey: { method: 'POST', path: '/v1/keys/{keyId}/rotate', sends: 'application/json', answers: 'json' },
  revokeKey: { method: 'POST', path: '/v1/keys/{keyId}/revoke', sends: null, answers: 'json' },
  health: { method: 'GET', path: '/healthz', sends: null, answers: 'json' },
  readiness: { method: 'GET', path: '/readyz', sends: null, answers: 'json' },
  metrics: { method: 'GET', path: '/metrics', sends: null, answers: 'text' },
  document: { method: 'GET', path: '/openapi.json', sends: null, answers: 'json' },
  documentPage: { method: 'GET', path: '/docs', sends: null, answers: 'text' },
  page: { method: 'GET', path: '/', sends: null, answers: 'text' },
} as const;
