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
  /** What is asked for, for the decision. */
  readonly request?: {
    /** Amount in major units, as decimal text. */
    readonly amount?: string;
    /** Currency of every amount; default and only choice: that of the rules. */
    readonly currency?: string;
    /** Days until payment is due. */
    readonly termDays?: number;
    readonly purpose?: string;
  };
  /** What is known of the customer beside features; what is left out is not known. */
  readonly facts?: {
    readonly kind?: "person" | "company";
    /** Years. */
    readonly age?: number;
    readonly sanctionsHit?: boolean;
    /** Required documents that are not there, by name; empty: all there. */
    readonly documentsMissing?: readonly (string)[];
    /** Amount in major units, as decimal text. */
    readonly existingExposure?: string;
    /** Amount in major units, as decimal text. */
    readonly overdueAmount?: string;
    readonly guaranteeOffered?: boolean;
  };
  /** Rate without recording: no ratingId, no receipt, nothing to prove later. */
  readonly dryRun?: boolean;
};

export type Rating = {
  /** Finds the rating again; null for a dry run. */
  readonly ratingId: string | null;
  /** Keep it: `probity audit verify --receipt` proves by it that the rating is in the records, unchanged. Null for a dry run. */
  readonly receipt: {
    /** Place in the audit chain. */
    readonly sequence: number;
    readonly hash: string;
    /** When it was recorded, ISO 8601, UTC. */
    readonly at: string;
  } | null;
  readonly customerId: string | null;
  /** ISO 8601, UTC */
  readonly asOf: string;
  /** The model’s probability of default within `horizonMonths`. */
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
  /** Features that were not used, as there was no legal basis for a source table of theirs as of then; they count as not known. */
  readonly withheld: readonly ({
    readonly feature: string;
    readonly source: string;
  })[];
  /** Where no model rates, as its inputs broke: `pd`, `score` and `grade` are the average’s; rules alone tell customers apart, under `decision`. */
  readonly rulesOnly?: {
    /** ISO 8601, UTC */
    readonly since: string;
    /** The report of monitoring that called for it; null: a person did. */
    readonly reportId: string | null;
    /** The model whose population’s PD stood in; none of its features was read for it. */
    readonly populationOf: string;
    readonly text: string;
  };
  /** Where a model of it is live. It moves neither PD nor grade; rules may read it as `late.pd`. */
  readonly latePayment?: {
    /** A payment counts as late from so many days after it was due. */
    readonly lateDays: number;
    readonly horizonMonths: number;
    readonly probability: number;
    /** What raises this risk most above the average customer’s, worst first. */
    readonly reasons: readonly ({
      readonly text: string;
      readonly features: readonly (string)[];
      /** Points below the average customer’s. */
      readonly pointsLost: number;
    })[];
    readonly model: {
      readonly name: string;
      readonly hash: string;
      readonly championOf: "today" | "then";
      readonly slot: string;
    };
  };
  /** What is decided, by model and rules together. */
  readonly decision: {
    /** The decision that was made: of the override, or the verdict of the case, where one is in force, else that of model and rules. An approval is `condition` where a limit that a review lowered grants less than was asked for. */
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly name: string;
    /** What model and rules decided. */
    readonly ofModelAndRules: "approve" | "condition" | "refer" | "decline";
    /** Why the decision is what it is: what a person decided first, where that is in force; rules that ask for it first, and alone where no cutoff of the score asks for it, too; then the features and criteria that, put right together, move the final score furthest, at most four in all. */
    readonly reasons: readonly ({
      readonly kind: "feature" | "criterion" | "rule" | "bound" | "override";
      /** The value, and what good looks like; or what the rule says. */
      readonly text: string;
      /** The feature, the criterion, or the code of the rule. */
      readonly about: string;
      /** Of a feature: a value at which it costs no more than on average; null where any known one does. Of a criterion that asks for one number or text: one at which it is not below its reference. */
      readonly goodValue: number | string | null;
      /** What the final score gains when this alone is put right; null for rules. */
      readonly points: number | null;
    })[];
    /** What the decision turned on: a cutoff of PD, the next better grade, rules alone, or nothing better. */
    readonly boundary: {
      readonly kind: "cutoff" | "grade" | "rule" | "override" | "none";
      readonly text: string;
      /** Whether the decision is another one when features and criteria named are put right together: deciding anew says so. */
      readonly reached: boolean;
    };
    /** Final: model and rules blended. */
    readonly pd: number;
    readonly score: number;
    readonly grade: {
      readonly code: string;
      readonly name: string;
      readonly class: "high" | "middle" | "low";
      readonly pdFrom: number;
      readonly pdBelow: number;
    };
    readonly logOdds: number;
    /** What makes up `logOdds`: added in any order they are it to the last bit. */
    readonly parts: readonly ({
      readonly kind: "model" | "criterion" | "bound";
      /** The criterion, or the grade that bounds. */
      readonly about: string | null;
      readonly text: string | null;
      /** Expert points; more are safer. */
      readonly points: number | null;
      readonly logOdds: number;
    })[];
    /** The rows of policy that accepted the facts. */
    readonly rules: readonly ({
      readonly table: string;
      readonly row: string;
      readonly outcome: "decline" | "refer" | "condition" | "note";
      readonly code: string;
      readonly text: string;
      /** The best grade, or class, that the rule allows. */
      readonly noBetterThan: string | null;
      readonly noWorseThan: string | null;
    })[];
    /** Everything that asked for an outcome, worst first; the decision is the worst. */
    readonly causes: readonly ({
      readonly source: "policy" | "cutoff" | "data" | "limit" | "terms";
      readonly code: string;
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly text: string;
      /** The decision is what it is because of this. */
      readonly binding: boolean;
      readonly missing: readonly (string)[];
    })[];
    readonly conditions: readonly (string)[];
    readonly warnings: readonly ({
      readonly code: string;
      readonly severity: "info" | "warning" | "critical";
      readonly text: string;
    })[];
    readonly limit: {
      readonly currency: string;
      /** Decimal text in major units. */
      readonly total: string;
      /** Decimal text in major units. */
      readonly existing: string;
      /** Decimal text in major units. */
      readonly available: string;
      readonly requested: string | null;
      /** What of the amount asked for may be drawn; null where nothing was asked for or a person decides. */
      readonly granted: string | null;
    };
    /** That the validity had ended when this was answered, in words: it supports no limit. Null: it stands. */
    readonly expired: string | null;
    /** What of `limit` holds when this is answered: all of it, and nothing once the validity has ended. */
    readonly limitInForce: {
      readonly currency: string;
      /** Decimal text in major units. */
      readonly total: string;
      /** Decimal text in major units. */
      readonly available: string;
      readonly granted: string | null;
    };
    readonly terms: {
      readonly days: number;
      readonly prepayment: number;
      readonly guaranteeNeeded: boolean;
    };
    /** The least that a price must bring to cover the expected loss. */
    readonly priceFloor: {
      /** Share of the exposure a year. */
      readonly ratePerYear: number;
      /** PD × LGD × EAD over the horizon, rounded up. */
      readonly expectedLoss: string | null;
      readonly pd: number;
      readonly lgd: number;
      readonly ead: string | null;
      readonly segment: string;
    };
    /** ISO 8601, UTC */
    readonly validUntil: string;
    /** The risk of paying late, where such a model is live. */
    readonly latePayment: {
      readonly probability: number;
      readonly horizonMonths: number;
    } | null;
    readonly missing: {
      /** Features of the model that are not known. */
      readonly features: readonly (string)[];
      readonly documents: readonly (string)[];
      readonly sources: readonly (string)[];
      /** Facts that the rules read and did not find, whether or not the model has them. */
      readonly rules: readonly ({
        /** The fact as tables name it: `features.annual_revenue`, `customer.overdueAmount`. */
        readonly field: string;
        readonly label: string;
        readonly readBy: readonly ({
          readonly kind: "policy" | "score" | "limits" | "terms" | "warnings" | "cutoffs" | "loss";
          readonly table: string;
        })[];
      })[];
    };
    readonly rulesInForce: {
      readonly name: string;
      readonly version: number;
      readonly hash: string;
      readonly engine: string;
      readonly loss: string;
      readonly regimes: {
        readonly name: string;
        readonly macro: string;
        readonly industry: string;
      };
    };
  };
  readonly override: {
    /** The rating that it was decided on. */
    readonly ratingId: string;
    /** It is of an earlier rating of the customer, and still stands. */
    readonly carried: boolean;
    /** It takes the place of this decision now. */
    readonly inForce: boolean;
    /** Why one of an earlier rating does not hold here. */
    readonly notCarried: "same-outcome" | "referred" | "barred" | "worse-decision" | "better-decision" | "more-exposure" | null;
    readonly state: "second" | "stands" | "refused" | "revoked";
    readonly from: "approve" | "condition" | "refer" | "decline";
    readonly to: "approve" | "condition" | "decline";
    readonly amount: string | null;
    readonly reasonCode: string;
    readonly reason: string;
    readonly proposedBy: string;
    /** Where it is the verdict of the case that a referral opened; absent: it is an override. */
    readonly verdict?: {
      readonly caseId: string;
      /** Who agreed in the case, the first first. */
      readonly decidedBy: readonly (string)[];
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: string;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: string;
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
    };
    /** The sign-off of a review that ended credit, or caps the limit in total; absent: none. */
    readonly review?: {
      readonly reviewId: string;
      readonly conclusion: "lower" | "end";
      readonly limit: string;
    };
    /** ISO 8601, UTC; null: it was never in force. */
    readonly stoodFrom: string | null;
    /** ISO 8601, UTC */
    readonly expiresAt: string;
  } | null;
  /** PDs over horizons: those of `?horizons=`, or, where a hazard model is live, every one that it has. Never extrapolated, never scaled to the champion’s. */
  readonly termStructure?: readonly ({
    readonly horizonMonths: number;
    readonly available: boolean;
    readonly pd: number | null;
    /** Whose PD it is: the hazard model’s wherever one is live and has it. */
    readonly source: "term-structure" | "champion" | null;
    /** The champion’s PD, where this is its horizon: what decides and is graded. */
    readonly championPd: number | null;
    /** Why it is not available. */
    readonly text: string | null;
  })[];
  /** Where a hazard model is live. It moves neither PD nor grade nor decision. */
  readonly termStructureModel?: {
    readonly name: string;
    readonly hash: string;
    readonly slot: string;
    readonly championOf: "today" | "then";
    /** ISO 8601, UTC */
    readonly championSince: string;
    /** Months of one step of age. */
    readonly stepMonths: number;
    /** The longest age that was observed; beyond it no PD is available. */
    readonly longestMonths: number;
    /** How its PDs stand to the champion’s. */
    readonly text: string;
  };
  /** With `?review=true` only: when the customer is reviewed next; null: not in the calendar (yet). */
  readonly nextReview?: {
    /** When it is due. */
    readonly at: string;
    /** The review that stands; null: it is not open yet. */
    readonly reviewId: string | null;
  } | null;
  /** The cheapest change that the customer can really make to reach the target, by the decision of model and rules. */
  readonly advice?: {
    /** What the acts reach, or better; null: nothing better is left. */
    readonly target: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string | null;
    } | null;
    readonly found: {
      readonly acts: readonly ({
        readonly id: string;
        readonly text: string;
        /** In `unit`; null: done or not. */
        readonly size: number | null;
        readonly unit: "money" | "days" | "number" | null;
        /** It is all that there is to do. */
        readonly isAll: boolean;
        /** ISO date by which it is done at the act’s pace. */
        readonly due: string;
        readonly cost: number;
        readonly changes: readonly ({
          readonly field: string;
          readonly from: number | string | boolean | null;
          readonly to: number | string | boolean | null;
        })[];
      })[];
      /** Of all acts: the least that reaches the target. */
      readonly cost: number;
      readonly due: string;
      /** Decided anew on the customer after all acts, all else being equal. */
      readonly after: {
        readonly outcome: "approve" | "condition" | "refer" | "decline";
        readonly name: string;
        readonly pd: number;
        readonly score: number;
        readonly grade: {
          readonly code: string;
          readonly name: string;
          readonly class: "high" | "middle" | "low";
          readonly pdFrom: number;
          readonly pdBelow: number;
        };
        readonly limit: {
          readonly currency: string;
          /** Decimal text in major units. */
          readonly total: string;
          readonly granted: string | null;
        };
        readonly terms: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
      };
    } | null;
    /** Why there is no advice; `texts` says it in words. */
    readonly none: {
      readonly kind: "best" | "no-act" | "rules" | "data" | "score" | "limit";
      /** The rules that decide, where they do. */
      readonly codes: readonly (string)[];
    } | null;
    readonly texts: readonly (string)[];
    readonly by: {
      readonly name: string;
      readonly version: number;
      /** These acts are in the rating’s evidence, so the advice is always the same. */
      readonly recorded: boolean;
    };
  };
  /** What the customer is told, sentence by sentence; with `?notice=` only. */
  readonly notice?: {
    readonly language: "en" | "zh-CN";
    readonly jurisdiction: "US" | "CN" | "other";
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly opening: string;
    /** That the validity had ended when this was told. Absent: it stood. */
    readonly expired?: string;
    readonly reasons: readonly (string)[];
    readonly boundary: string;
    /** What holds where a person approved a referral: amount, conditions, terms. Absent: a person set nothing. */
    readonly conditions?: readonly (string)[];
    readonly advice: readonly (string)[];
    /** What the law asks to be told. */
    readonly rights: readonly (string)[];
  };
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
  /** With `?contributions=true` only: `intercept` plus these, added from left to right, is `logOdds` to the last bit. */
  readonly contributions?: readonly ({
    readonly features: readonly (string)[];
    readonly values: readonly (number | string | null)[];
    readonly contribution: number;
    /** Mean contribution in the training population. */
    readonly reference: number;
  })[];
};

export type Advice = {
  readonly ratingId: string;
  /** What the acts reach, or better; null: nothing better is left. */
  readonly target: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string | null;
  } | null;
  readonly found: {
    readonly acts: readonly ({
      readonly id: string;
      readonly text: string;
      /** In `unit`; null: done or not. */
      readonly size: number | null;
      readonly unit: "money" | "days" | "number" | null;
      /** It is all that there is to do. */
      readonly isAll: boolean;
      /** ISO date by which it is done at the act’s pace. */
      readonly due: string;
      readonly cost: number;
      readonly changes: readonly ({
        readonly field: string;
        readonly from: number | string | boolean | null;
        readonly to: number | string | boolean | null;
      })[];
    })[];
    /** Of all acts: the least that reaches the target. */
    readonly cost: number;
    readonly due: string;
    /** Decided anew on the customer after all acts, all else being equal. */
    readonly after: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly name: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: {
        readonly code: string;
        readonly name: string;
        readonly class: "high" | "middle" | "low";
        readonly pdFrom: number;
        readonly pdBelow: number;
      };
      readonly limit: {
        readonly currency: string;
        /** Decimal text in major units. */
        readonly total: string;
        readonly granted: string | null;
      };
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      };
    };
  } | null;
  /** Why there is no advice; `texts` says it in words. */
  readonly none: {
    readonly kind: "best" | "no-act" | "rules" | "data" | "score" | "limit";
    /** The rules that decide, where they do. */
    readonly codes: readonly (string)[];
  } | null;
  readonly texts: readonly (string)[];
  readonly by: {
    readonly name: string;
    readonly version: number;
    /** These acts are in the rating’s evidence, so the advice is always the same. */
    readonly recorded: boolean;
  };
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

export type CloudEvent = {
  readonly specversion: "1.0";
  /** With `source`, the idempotency key: sent again, it adds nothing. */
  readonly id: string;
  /** Which application reports (URI reference). */
  readonly source: string;
  /** What it is about. */
  readonly type: "probity.customer.v1" | "probity.order.v1" | "probity.invoice.v1" | "probity.payment.v1" | "probity.contact.v1" | "probity.contract.v1";
  /** When it was so; not in the future. The versions of one row are ordered by it: an event that is older than the version that stands replaces nothing. */
  readonly time: string;
  /** The customer. */
  readonly subject: string;
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  /** The row’s columns by name, `party_id` may be left to `subject`; of a customer, `attributes` too: own attributes by name, each a number, a text or null. */
  readonly data: { readonly [name: string]: unknown };
  readonly [name: string]: unknown;
};

export type Acknowledgement = {
  readonly acknowledged: number;
  readonly facts: readonly ({
    /** `features.factsThrough` of a rating that saw it is at least this. */
    readonly sequence: number;
    /** ISO 8601, UTC */
    readonly knownFrom: string;
    /** Its key was known: nothing was added. */
    readonly repeated: boolean;
    /** What is stored under its key says something else, and stands. */
    readonly differs: boolean;
  })[];
};

export type ChangePage = {
  readonly items: readonly ({
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "rating";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: "approve" | "condition" | "refer" | "decline" | null;
      readonly validUntil: string | null;
    } | null;
    /** Null: erased. */
    readonly after: {
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: "approve" | "condition" | "refer" | "decline" | null;
      readonly validUntil: string | null;
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "limit";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      /** Minor units of the currency. */
      readonly totalMinor: number;
      readonly availableMinor: number;
      readonly currency: string;
      readonly minorDigits: number;
      /** The override or verdict in force, where a person decided otherwise than model and rules. */
      readonly override?: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** The case whose verdict it is; absent: it is an override. */
        readonly caseId?: string;
        /** The review whose sign-off ended credit or caps the limit; absent: none. */
        readonly reviewId?: string;
      };
    } | null;
    /** Null: erased. */
    readonly after: {
      /** Minor units of the currency. */
      readonly totalMinor: number;
      readonly availableMinor: number;
      readonly currency: string;
      readonly minorDigits: number;
      /** The override or verdict in force, where a person decided otherwise than model and rules. */
      readonly override?: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** The case whose verdict it is; absent: it is an override. */
        readonly caseId?: string;
        /** The review whose sign-off ended credit or caps the limit; absent: none. */
        readonly reviewId?: string;
      };
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "terms";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      readonly days: number;
      readonly prepayment: number;
      readonly guaranteeNeeded: boolean;
      /** The override or verdict in force, where a person decided otherwise than model and rules. */
      readonly override?: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** The case whose verdict it is; absent: it is an override. */
        readonly caseId?: string;
        /** The review whose sign-off ended credit or caps the limit; absent: none. */
        readonly reviewId?: string;
      };
    } | null;
    /** Null: erased. */
    readonly after: {
      readonly days: number;
      readonly prepayment: number;
      readonly guaranteeNeeded: boolean;
      /** The override or verdict in force, where a person decided otherwise than model and rules. */
      readonly override?: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** The case whose verdict it is; absent: it is an override. */
        readonly caseId?: string;
        /** The review whose sign-off ended credit or caps the limit; absent: none. */
        readonly reviewId?: string;
      };
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "hold";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      readonly held: boolean;
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly causes: readonly (string)[];
      /** The override or verdict in force, where a person decided otherwise than model and rules. */
      readonly override?: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** The case whose verdict it is; absent: it is an override. */
        readonly caseId?: string;
        /** The review whose sign-off ended credit or caps the limit; absent: none. */
        readonly reviewId?: string;
      };
    } | null;
    /** Null: erased. */
    readonly after: {
      readonly held: boolean;
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly causes: readonly (string)[];
      /** The override or verdict in force, where a person decided otherwise than model and rules. */
      readonly override?: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** The case whose verdict it is; absent: it is an override. */
        readonly caseId?: string;
        /** The review whose sign-off ended credit or caps the limit; absent: none. */
        readonly reviewId?: string;
      };
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "warning";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      readonly code: string;
      readonly raised: boolean;
    } | null;
    /** Null: erased. */
    readonly after: {
      readonly code: string;
      readonly raised: boolean;
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "instruction";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      /** Always the same for the same instruction: carry it out once. */
      readonly instructionId: string;
      /** Names the countermeasure, which is confirmed by an event of the warning. */
      readonly measureId: string;
      readonly warningId: string;
      /** As the catalogue of countermeasures names it. */
      readonly measure: string;
      readonly action: "carry-out" | "undo";
      /** At stake, in major units; null: not known. */
      readonly exposure: number | null;
      readonly dueBy: string | null;
    } | null;
    /** Null: erased. */
    readonly after: {
      /** Always the same for the same instruction: carry it out once. */
      readonly instructionId: string;
      /** Names the countermeasure, which is confirmed by an event of the warning. */
      readonly measureId: string;
      readonly warningId: string;
      /** As the catalogue of countermeasures names it. */
      readonly measure: string;
      readonly action: "carry-out" | "undo";
      /** At stake, in major units; null: not known. */
      readonly exposure: number | null;
      readonly dueBy: string | null;
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "review";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      readonly reviewId: string;
      readonly event: "reminder" | "late";
      /** Null: it is late. */
      readonly dueAt: string | null;
    } | null;
    /** Null: erased. */
    readonly after: {
      readonly reviewId: string;
      readonly event: "reminder" | "late";
      /** Null: it is late. */
      readonly dueAt: string | null;
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "alert";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: {
      readonly kind: "warning" | "monitoring" | "reconciliation";
      readonly cause: "escalated" | "alarm" | "left";
      /** Id of the warning, of the report on the model, or of the reconciliation. */
      readonly about: string;
      readonly level: "watch" | "warning" | "critical";
      /** Code of the warning or alarm. */
      readonly code: string;
    } | null;
    /** Null: erased. */
    readonly after: {
      readonly kind: "warning" | "monitoring" | "reconciliation";
      readonly cause: "escalated" | "alarm" | "left";
      /** Id of the warning, of the report on the model, or of the reconciliation. */
      readonly about: string;
      readonly level: "watch" | "warning" | "critical";
      /** Code of the warning or alarm. */
      readonly code: string;
    } | null;
  } | {
    /** Always the same for the same change. */
    readonly id: string;
    /** Record of the audit chain. */
    readonly sequence: number;
    /** When it was recorded. */
    readonly at: string;
    readonly ratingId: string | null;
    /** Null where the rating named none, or was erased. */
    readonly customerId: string | null;
    /** Pseudonym of the customer, by which an erasure says whose changes to forget. */
    readonly subject: string | null;
    readonly type: "erasure";
    /** In the newest rating before of the customer; null: none, or erased. */
    readonly before: null;
    /** Null: erased. */
    readonly after: null;
  })[];
  /** Where to go on, now or ever after; keep it once the items are taken in. */
  readonly cursor: string;
  /** There is more already. False: ask again later. */
  readonly more: boolean;
};

export type Reconciliation = {
  /** The `source` of its events. */
  readonly source: string;
  /** Compare with what was acknowledged up to this `sequence`: the last that the source had when it drew up its statement. */
  readonly through?: number;
  /** Only rows in this part, by the first 32 bits of the SHA-256 of their key, modulo `of`. */
  readonly part?: {
    readonly of: number;
    readonly number: number;
  };
  readonly tables: readonly ({
    readonly table: string;
    readonly count: number;
    /** Sums of columns of money. */
    readonly sums?: { readonly [name: string]: string };
    /** Of the lines `key TAB row hash LF` of all rows, in the order of keys. */
    readonly hash?: string;
    /** Every row, by key and hash; with it the answer names the keys that differ. */
    readonly rows?: readonly ({
      readonly key: readonly (string)[];
      readonly hash: string;
    })[];
  })[];
};

export type ReconciliationAnswer = {
  readonly source: string;
  readonly agrees: boolean;
  readonly tables: readonly ({
    readonly table: string;
    readonly agrees: boolean;
    readonly count: {
      readonly source: number;
      readonly here: number;
    };
    readonly sums: { readonly [name: string]: {
      readonly source: string;
      readonly here: string;
    } };
    readonly hash: {
      readonly source: string | null;
      readonly here: string;
    };
    /** The source’s own figures contradict the rows that it tells. */
    readonly contradicts: boolean;
    /** Null: the source told no rows. */
    readonly missing: {
      readonly count: number;
      /** The first 1000, in order. */
      readonly keys: readonly (readonly (string)[])[];
    } | null;
    /** Null: the source told no rows. */
    readonly conflicting: {
      readonly count: number;
      /** The first 1000, in order. */
      readonly keys: readonly (readonly (string)[])[];
    } | null;
    /** Null: the source told no rows. */
    readonly unexpected: {
      readonly count: number;
      /** The first 1000, in order. */
      readonly keys: readonly (readonly (string)[])[];
    } | null;
  })[];
};

export type ReconciliationPage = {
  readonly items: readonly ({
    readonly reconciliationId: string;
    readonly format: "probity.reconciliation/1";
    readonly at: string;
    /** Facts up to this `sequence` were compared with the warehouse. */
    readonly factsThrough: number;
    readonly facts: readonly ({
      readonly source: string;
      readonly table: string;
      readonly reported: {
        readonly count: number;
        readonly sums: { readonly [name: string]: string };
        readonly hash: string;
      };
      readonly warehouse: {
        readonly count: number;
        readonly sums: { readonly [name: string]: string };
        readonly hash: string;
      };
      readonly missing: {
        readonly count: number;
        /** Facts by the `sequence` of their acknowledgement, the first 100. */
        readonly sequences: readonly (number)[];
      };
      readonly conflicting: {
        readonly count: number;
        /** Facts by the `sequence` of their acknowledgement, the first 100. */
        readonly sequences: readonly (number)[];
      };
      readonly repaired: number;
      /** What the import refuses still. */
      readonly left: {
        readonly count: number;
        /** Facts by the `sequence` of their acknowledgement, the first 100. */
        readonly sequences: readonly (number)[];
      };
      readonly unexpected: number;
    })[];
    /** The newest snapshot when the reconciliation began. */
    readonly found: {
      readonly snapshotId: string | null;
      /** `behind`: the warehouse had changed since; `damaged`: files were not what was published. */
      readonly state: "agrees" | "behind" | "damaged" | "none";
      readonly differing: readonly ({
        readonly table: string;
        readonly warehouse: {
          readonly rows: number;
          readonly sum: string;
        };
        readonly published: {
          readonly rows: number;
          readonly sum: string;
        };
      })[];
    };
    /** And at its end. */
    readonly snapshot: {
      readonly snapshotId: string | null;
      /** `behind`: the warehouse had changed since; `damaged`: files were not what was published. */
      readonly state: "agrees" | "behind" | "damaged" | "none";
      readonly differing: readonly ({
        readonly table: string;
        readonly warehouse: {
          readonly rows: number;
          readonly sum: string;
        };
        readonly published: {
          readonly rows: number;
          readonly sum: string;
        };
      })[];
    };
    readonly statements: readonly ({
      readonly source: string;
      readonly table: string | null;
      readonly statedAt: string | null;
      readonly agrees: boolean;
      readonly late: boolean;
      readonly compared: {
        readonly count: {
          readonly source: number;
          readonly here: number;
        };
        readonly sums: { readonly [name: string]: {
          readonly source: string;
          readonly here: string;
        } };
        readonly hash: {
          readonly source: string | null;
          readonly here: string;
        };
        readonly contradicts: boolean;
      } | null;
    })[];
    /** What a person has to look at. */
    readonly findings: readonly ({
      readonly kind: "facts-refused" | "snapshot-differs" | "statement-differs" | "statement-late" | "source-stale";
      readonly source: string | null;
      readonly table: string | null;
      readonly count: number;
    })[];
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type Challengers = {
  readonly shadows: readonly ({
    /** Also the key under which its customers are drawn. */
    readonly shadowId: string;
    readonly slot: string;
    readonly candidateId: string;
    readonly modelHash: string;
    /** Share of the slot’s customers whose ratings it scores. */
    readonly share: number;
    readonly actor: string;
    /** ISO 8601, UTC */
    readonly startedAt: string;
    readonly endedAt: string | null;
    readonly endedBy: string | null;
    /** Ratings behind this record of the audit chain are scored, */
    readonly after: number;
    /** up to and with this one; null: still going on. */
    readonly until: number | null;
    /** How far the chain has been read. */
    readonly through: number;
    readonly scored: number;
    /** Ratings that it said nothing of, by reason. */
    readonly skipped: { readonly [name: string]: number };
  })[];
  readonly splits: readonly ({
    /** Also the key under which the customers’ arms are drawn. */
    readonly splitId: string;
    readonly slot: string;
    readonly candidateId: string;
    readonly modelHash: string;
    /** Share of the slot’s customers that it decides for. */
    readonly share: number;
    readonly actor: string;
    readonly reason: string | null;
    /** ISO 8601, UTC */
    readonly from: string;
    /** The reign that it began in; with that it ends. */
    readonly championFrom: string;
    readonly until: string | null;
    readonly endedBy: string | null;
    readonly endReason: string | null;
  })[];
};

export type Champions = {
  readonly champions: readonly ({
    readonly slot: string;
    /** ISO 8601, UTC */
    readonly since: string;
    /** Since when rules alone rate in its place, and by which report of monitoring (null: by a person). */
    readonly rulesOnly: {
      /** ISO 8601, UTC */
      readonly since: string;
      readonly reportId: string | null;
    } | null;
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
  /** What looks by it at data of customers are for; null: the purpose of each operation. */
  readonly purpose: string | null;
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
    /** What looks by it at data of customers are for; null: the purpose of each operation. */
    readonly purpose: string | null;
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
  readonly operations?: readonly ("rate" | "recordedRating" | "ratingAdvice" | "proposeOverride" | "overrideSteps" | "actOnOverride" | "issueNotice" | "listNotices" | "actOnNotice" | "listOverrides" | "rateBatch" | "champion" | "challengers" | "changes" | "events" | "reconcile" | "listReconciliations" | "me" | "listKeys" | "createKey" | "readKey" | "rotateKey" | "revokeKey" | "rules" | "rulesHistory" | "validateRules" | "rollbackRules" | "listRuleProposals" | "draftRules" | "readRuleProposal" | "submitRules" | "approveRules" | "rejectRules" | "listCases" | "readCase" | "actOnCase" | "listReviews" | "openReview" | "readReview" | "actOnReview" | "listWebhooks" | "createWebhook" | "readWebhook" | "changeWebhook" | "removeWebhook" | "rotateWebhook" | "testWebhook" | "listDeliveries" | "redeliver" | "listWarnings" | "warningHandling" | "warningWords" | "readWarning" | "listWarningCustomers" | "actOnWarning" | "inbox" | "inboxCount" | "readInbox" | "listPortfolioReports" | "readPortfolioReport" | "listControlReports" | "makeControlReport" | "readControlReport" | "listMonitoringReports" | "readMonitoringReport" | "decisionTimes" | "reviewWarnings" | "overrideReport" | "readFile" | "addEntry" | "putEntry" | "readEntry" | "removeEntry" | "entryHistory" | "customerRatings" | "readReport" | "listCustomerReports" | "makeCustomerReport" | "readCustomerReport" | "listAgreements" | "makeAgreement" | "readAgreement" | "withdrawAgreement" | "agreementReport" | "listReportLinks" | "createReportLink" | "revokeReportLink" | "openSharedReport" | "exportCustomer" | "eraseCustomer" | "listLegalBases" | "changeLegalBases" | "disputeQueue" | "listDisputes" | "openDispute" | "actOnDispute" | "readErasure" | "metrics" | "health" | "readiness" | "document" | "documentPage" | "page" | "inboxPage")[];
  /** What its holder looks at data of customers for, put on record with each look where the request says no other; left out: the purpose of each operation. */
  readonly purpose?: string;
  /** Days until it expires; default 365. */
  readonly days?: number;
};

export type RotateKey = {
  /** How long the old key goes on; default 24. */
  readonly overlapHours?: number;
  /** Days until the new key expires; default 365. */
  readonly days?: number;
};

export type RulesInForce = {
  readonly hash: string;
  /** Null: the files of the project, as long as the registry holds none. */
  readonly from: string | null;
  /** The JSON document of each file, by name. */
  readonly files: { readonly [name: string]: unknown };
};

export type SoundRules = {
  readonly hash: string;
  readonly name: string;
  readonly version: number;
  readonly engine: string;
};

export type ProposedRules = {
  /** Hash of the rule set that the files change; default: the one in force. */
  readonly base?: string;
  /** The files that change, by name; the others stay as they are in the base. */
  readonly files: {
    /** The JSON document of the file. */
    readonly "decision.json"?: unknown;
    /** The JSON document of the file. */
    readonly "fields.json"?: unknown;
    /** The JSON document of the file. */
    readonly "loss.json"?: unknown;
    /** The JSON document of the file. */
    readonly "regimes.json"?: unknown;
    /** The JSON document of the file. */
    readonly "policy.json"?: unknown;
    /** The JSON document of the file. */
    readonly "policy.about.json"?: unknown;
    /** The JSON document of the file. */
    readonly "score.json"?: unknown;
    /** The JSON document of the file. */
    readonly "score.about.json"?: unknown;
    /** The JSON document of the file. */
    readonly "limits.json"?: unknown;
    /** The JSON document of the file. */
    readonly "limits.about.json"?: unknown;
    /** The JSON document of the file. */
    readonly "terms.json"?: unknown;
    /** The JSON document of the file. */
    readonly "terms.about.json"?: unknown;
    /** The JSON document of the file. */
    readonly "warnings.json"?: unknown;
    /** The JSON document of the file. */
    readonly "warnings.about.json"?: unknown;
  };
  /** What the change is for. */
  readonly note?: string;
};

export type ApproveRules = {
  readonly reason?: string;
  /** In force from then on, not in the past; default: now. */
  readonly effectiveFrom?: string;
};

export type RefuseRules = {
  readonly reason: string;
};

export type RuleProposal = {
  readonly proposalId: string;
  readonly rulesHash: string;
  readonly name: string;
  readonly version: number;
  readonly state: "draft" | "submitted" | "approved" | "rejected";
  readonly author: string;
  readonly note: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly events: readonly ({
    readonly kind: "submit" | "approve" | "reject";
    readonly actor: string;
    readonly reason: string | null;
    /** The simulated effect that was shown, or null. */
    readonly effect: unknown;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
};

export type RuleProposalWithFiles = {
  readonly proposalId: string;
  readonly rulesHash: string;
  readonly name: string;
  readonly version: number;
  readonly state: "draft" | "submitted" | "approved" | "rejected";
  readonly author: string;
  readonly note: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly events: readonly ({
    readonly kind: "submit" | "approve" | "reject";
    readonly actor: string;
    readonly reason: string | null;
    /** The simulated effect that was shown, or null. */
    readonly effect: unknown;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
  /** The JSON document of each file, by name. */
  readonly files: { readonly [name: string]: unknown };
};

export type RuleProposalPage = {
  readonly items: readonly ({
    readonly proposalId: string;
    readonly rulesHash: string;
    readonly name: string;
    readonly version: number;
    readonly state: "draft" | "submitted" | "approved" | "rejected";
    readonly author: string;
    readonly note: string | null;
    /** ISO 8601, UTC */
    readonly createdAt: string;
    readonly events: readonly ({
      readonly kind: "submit" | "approve" | "reject";
      readonly actor: string;
      readonly reason: string | null;
      /** The simulated effect that was shown, or null. */
      readonly effect: unknown;
      /** ISO 8601, UTC */
      readonly at: string;
    })[];
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type RuleReign = {
  readonly rulesHash: string;
  /** ISO 8601, UTC */
  readonly from: string;
  readonly how: "approve" | "rollback";
  readonly proposalId: string | null;
  readonly actor: string;
  readonly reason: string | null;
};

export type RuleHistory = {
  readonly items: readonly ({
    readonly rulesHash: string;
    /** ISO 8601, UTC */
    readonly from: string;
    readonly how: "approve" | "rollback";
    readonly proposalId: string | null;
    readonly actor: string;
    readonly reason: string | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type Case = {
  readonly caseId: string;
  readonly ratingId: string;
  readonly customerId: string | null;
  /** What is asked for and owed already, in major units; without an amount, up to the limit by rules. Older cases: what was asked for, null without an amount. */
  readonly exposure: number | null;
  /** What of it is asked for; absent in older cases. */
  readonly asked?: number;
  /** Codes of the causes that referred it. */
  readonly causes: readonly (string)[];
  /** Who asked for the rating: may not decide the case. */
  readonly requestedBy: string;
  /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they may not decide the case. */
  readonly onBehalfOf?: readonly (string)[];
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly state: "open" | "documents" | "second" | "decided" | "withdrawn";
  readonly level: number;
  readonly queue: string;
  /** ISO 8601, UTC */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly (string)[];
  readonly opinions: readonly ({
    readonly verdict: "approve" | "condition" | "decline";
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
    readonly outcome: {
      /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly asRated?: true;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
      /** The limit in total: what is owed already and the amount; 0 where it declines. */
      readonly limit: string;
      /** What may be drawn; null where it declines. */
      readonly amount: string | null;
      readonly currency: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      /** What is owed, and lent or asked for, in major units. */
      readonly exposure: number;
      /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
      readonly together: number;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
    } | null;
  })[];
  readonly verdict: "approve" | "condition" | "decline" | null;
  /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
  readonly outcome: {
    /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
    readonly reasons: readonly ({
      readonly code: string;
      readonly text: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly asRated?: true;
    })[];
    readonly conditions: readonly ({
      readonly code: string;
      readonly text: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly note: string | null;
    })[];
    /** Null: those of the rating. */
    readonly terms: {
      readonly days: number;
      readonly prepayment: number;
      readonly guaranteeNeeded: boolean;
    } | null;
    /** The limit in total: what is owed already and the amount; 0 where it declines. */
    readonly limit: string;
    /** What may be drawn; null where it declines. */
    readonly amount: string | null;
    readonly currency: string;
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    /** What is owed, and lent or asked for, in major units. */
    readonly exposure: number;
    /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
    readonly together: number;
    readonly under: {
      readonly policy: string;
      readonly authority: string;
    };
  } | null;
  readonly closedAt: string | null;
};

export type CaseStep = {
  readonly caseId: string;
  readonly ratingId: string;
  readonly customerId: string | null;
  /** What is asked for and owed already, in major units; without an amount, up to the limit by rules. Older cases: what was asked for, null without an amount. */
  readonly exposure: number | null;
  /** What of it is asked for; absent in older cases. */
  readonly asked?: number;
  /** Codes of the causes that referred it. */
  readonly causes: readonly (string)[];
  /** Who asked for the rating: may not decide the case. */
  readonly requestedBy: string;
  /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they may not decide the case. */
  readonly onBehalfOf?: readonly (string)[];
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly state: "open" | "documents" | "second" | "decided" | "withdrawn";
  readonly level: number;
  readonly queue: string;
  /** ISO 8601, UTC */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly (string)[];
  readonly opinions: readonly ({
    readonly verdict: "approve" | "condition" | "decline";
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
    readonly outcome: {
      /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly asRated?: true;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
      /** The limit in total: what is owed already and the amount; 0 where it declines. */
      readonly limit: string;
      /** What may be drawn; null where it declines. */
      readonly amount: string | null;
      readonly currency: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      /** What is owed, and lent or asked for, in major units. */
      readonly exposure: number;
      /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
      readonly together: number;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
    } | null;
  })[];
  readonly verdict: "approve" | "condition" | "decline" | null;
  /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
  readonly outcome: {
    /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
    readonly reasons: readonly ({
      readonly code: string;
      readonly text: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly asRated?: true;
    })[];
    readonly conditions: readonly ({
      readonly code: string;
      readonly text: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly note: string | null;
    })[];
    /** Null: those of the rating. */
    readonly terms: {
      readonly days: number;
      readonly prepayment: number;
      readonly guaranteeNeeded: boolean;
    } | null;
    /** The limit in total: what is owed already and the amount; 0 where it declines. */
    readonly limit: string;
    /** What may be drawn; null where it declines. */
    readonly amount: string | null;
    readonly currency: string;
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    /** What is owed, and lent or asked for, in major units. */
    readonly exposure: number;
    /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
    readonly together: number;
    readonly under: {
      readonly policy: string;
      readonly authority: string;
    };
  } | null;
  readonly closedAt: string | null;
  /** Where the step stands in the audit chain: `probity audit verify --receipt` checks it. Null: it changed nothing. */
  readonly receipt: {
    /** Place in the audit chain. */
    readonly sequence: number;
    readonly hash: string;
    /** When it was recorded, ISO 8601, UTC. */
    readonly at: string;
  } | null;
};

export type CaseWithEvents = {
  readonly caseId: string;
  readonly ratingId: string;
  readonly customerId: string | null;
  /** What is asked for and owed already, in major units; without an amount, up to the limit by rules. Older cases: what was asked for, null without an amount. */
  readonly exposure: number | null;
  /** What of it is asked for; absent in older cases. */
  readonly asked?: number;
  /** Codes of the causes that referred it. */
  readonly causes: readonly (string)[];
  /** Who asked for the rating: may not decide the case. */
  readonly requestedBy: string;
  /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they may not decide the case. */
  readonly onBehalfOf?: readonly (string)[];
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly state: "open" | "documents" | "second" | "decided" | "withdrawn";
  readonly level: number;
  readonly queue: string;
  /** ISO 8601, UTC */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly (string)[];
  readonly opinions: readonly ({
    readonly verdict: "approve" | "condition" | "decline";
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
    readonly outcome: {
      /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly asRated?: true;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
      /** The limit in total: what is owed already and the amount; 0 where it declines. */
      readonly limit: string;
      /** What may be drawn; null where it declines. */
      readonly amount: string | null;
      readonly currency: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      /** What is owed, and lent or asked for, in major units. */
      readonly exposure: number;
      /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
      readonly together: number;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
    } | null;
  })[];
  readonly verdict: "approve" | "condition" | "decline" | null;
  /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
  readonly outcome: {
    /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
    readonly reasons: readonly ({
      readonly code: string;
      readonly text: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly asRated?: true;
    })[];
    readonly conditions: readonly ({
      readonly code: string;
      readonly text: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly note: string | null;
    })[];
    /** Null: those of the rating. */
    readonly terms: {
      readonly days: number;
      readonly prepayment: number;
      readonly guaranteeNeeded: boolean;
    } | null;
    /** The limit in total: what is owed already and the amount; 0 where it declines. */
    readonly limit: string;
    /** What may be drawn; null where it declines. */
    readonly amount: string | null;
    readonly currency: string;
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    /** What is owed, and lent or asked for, in major units. */
    readonly exposure: number;
    /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
    readonly together: number;
    readonly under: {
      readonly policy: string;
      readonly authority: string;
    };
  } | null;
  readonly closedAt: string | null;
  readonly events: readonly ({
    readonly revision: number;
    /** ISO 8601, UTC */
    readonly at: string;
    readonly kind: "claim" | "ask-documents" | "documents-arrived" | "decide" | "withdraw" | "deadline-passed";
    /** Null: the clock. */
    readonly actor: string | null;
    readonly documents: readonly (string)[];
    readonly verdict: "approve" | "condition" | "decline" | null;
    readonly reason: string | null;
    /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
    readonly outcome: {
      /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly asRated?: true;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
      /** The limit in total: what is owed already and the amount; 0 where it declines. */
      readonly limit: string;
      /** What may be drawn; null where it declines. */
      readonly amount: string | null;
      readonly currency: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      /** What is owed, and lent or asked for, in major units. */
      readonly exposure: number;
      /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
      readonly together: number;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
    } | null;
  })[];
};

export type CasePage = {
  readonly items: readonly ({
    readonly caseId: string;
    readonly ratingId: string;
    readonly customerId: string | null;
    /** What is asked for and owed already, in major units; without an amount, up to the limit by rules. Older cases: what was asked for, null without an amount. */
    readonly exposure: number | null;
    /** What of it is asked for; absent in older cases. */
    readonly asked?: number;
    /** Codes of the causes that referred it. */
    readonly causes: readonly (string)[];
    /** Who asked for the rating: may not decide the case. */
    readonly requestedBy: string;
    /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they may not decide the case. */
    readonly onBehalfOf?: readonly (string)[];
    /** ISO 8601, UTC */
    readonly openedAt: string;
    readonly state: "open" | "documents" | "second" | "decided" | "withdrawn";
    readonly level: number;
    readonly queue: string;
    /** ISO 8601, UTC */
    readonly deadline: string;
    readonly escalations: number;
    readonly assignee: string | null;
    readonly documentsAwaited: readonly (string)[];
    readonly opinions: readonly ({
      readonly verdict: "approve" | "condition" | "decline";
      readonly actor: string;
      readonly reason: string;
      /** ISO 8601, UTC */
      readonly at: string;
      /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
      readonly outcome: {
        /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
        readonly reasons: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly asRated?: true;
        })[];
        readonly conditions: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly note: string | null;
        })[];
        /** Null: those of the rating. */
        readonly terms: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        } | null;
        /** The limit in total: what is owed already and the amount; 0 where it declines. */
        readonly limit: string;
        /** What may be drawn; null where it declines. */
        readonly amount: string | null;
        readonly currency: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        /** What is owed, and lent or asked for, in major units. */
        readonly exposure: number;
        /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
        readonly together: number;
        readonly under: {
          readonly policy: string;
          readonly authority: string;
        };
      } | null;
    })[];
    readonly verdict: "approve" | "condition" | "decline" | null;
    /** What the verdict puts in force; null: it is not given, or was before verdicts had an effect. */
    readonly outcome: {
      /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly asRated?: true;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
      /** The limit in total: what is owed already and the amount; 0 where it declines. */
      readonly limit: string;
      /** What may be drawn; null where it declines. */
      readonly amount: string | null;
      readonly currency: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      /** What is owed, and lent or asked for, in major units. */
      readonly exposure: number;
      /** The same with what else the customer waits for or was lent by people: what authority and four eyes go by. */
      readonly together: number;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
    } | null;
    readonly closedAt: string | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type CaseEvent = {
  readonly kind: "claim" | "ask-documents" | "documents-arrived" | "decide" | "withdraw";
  /** Names; with ask-documents and documents-arrived. */
  readonly documents?: readonly (string)[];
  /** With decide. */
  readonly verdict?: "approve" | "condition" | "decline";
  /** With decide and withdraw: why, for the record; customers are not told. */
  readonly reason?: string;
  /** With decide: the principal reasons by their codes in the override policy (overrides.json), the most important first. Customers are told their texts. */
  readonly reasonCodes?: readonly (string)[];
  /** With decide, needed to approve: what may be drawn, in major units of the decision’s currency, at most what was asked for. */
  readonly amount?: string;
  /** With decide: payment terms in the place of the rating’s. */
  readonly terms?: {
    readonly days: number;
    /** Share to be paid in advance, 0 to 1. */
    readonly prepayment: number;
    readonly guaranteeNeeded: boolean;
  };
  /** With decide and the verdict `condition`: conditions of the override policy. */
  readonly conditions?: readonly ({
    readonly code: string;
    /** What exactly; the customer is told it as it is. */
    readonly note?: string;
  })[];
  /** With decide: until when the verdict stands; without it, as long as the policy’s days and the rating’s validity allow. */
  readonly expiresAt?: string;
};

export type Dispute = {
  readonly disputeId: string;
  readonly customerId: string;
  readonly about: {
    readonly kind: "fact";
    readonly table: string;
    readonly key: { readonly [name: string]: string };
  } | {
    readonly kind: "rating";
    readonly ratingId: string;
  } | {
    readonly kind: "entry";
    readonly entryKind: string;
    readonly entryId: string;
  };
  readonly claim: string;
  /** Who put it on record: may not decide it. */
  readonly openedBy: string;
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly jurisdiction: string;
  /** ISO 8601, UTC */
  readonly deadline: string;
  /** When the clock reminds or escalates next. */
  readonly wakesAt: string;
  readonly reminded: boolean;
  /** How often it was handed up because it was late. */
  readonly escalations: number;
  readonly state: "open" | "upheld" | "rejected" | "withdrawn";
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly correction: {
    readonly table: string;
    readonly values: { readonly [name: string]: string | number | boolean | null };
    /** ISO 8601, UTC */
    readonly happenedAt: string;
  } | null;
  /** The version of the disputed entry that says what is right. */
  readonly entry?: {
    readonly version: number;
    readonly removed: boolean;
  } | null;
  /** Facts that the disputed rating was asked with, as they should be. */
  readonly facts?: { readonly [name: string]: string | number | boolean | readonly (string)[] } | null;
  readonly closedAt: string | null;
};

export type DisputeStep = {
  readonly disputeId: string;
  readonly customerId: string;
  readonly about: {
    readonly kind: "fact";
    readonly table: string;
    readonly key: { readonly [name: string]: string };
  } | {
    readonly kind: "rating";
    readonly ratingId: string;
  } | {
    readonly kind: "entry";
    readonly entryKind: string;
    readonly entryId: string;
  };
  readonly claim: string;
  /** Who put it on record: may not decide it. */
  readonly openedBy: string;
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly jurisdiction: string;
  /** ISO 8601, UTC */
  readonly deadline: string;
  /** When the clock reminds or escalates next. */
  readonly wakesAt: string;
  readonly reminded: boolean;
  /** How often it was handed up because it was late. */
  readonly escalations: number;
  readonly state: "open" | "upheld" | "rejected" | "withdrawn";
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly correction: {
    readonly table: string;
    readonly values: { readonly [name: string]: string | number | boolean | null };
    /** ISO 8601, UTC */
    readonly happenedAt: string;
  } | null;
  /** The version of the disputed entry that says what is right. */
  readonly entry?: {
    readonly version: number;
    readonly removed: boolean;
  } | null;
  /** Facts that the disputed rating was asked with, as they should be. */
  readonly facts?: { readonly [name: string]: string | number | boolean | readonly (string)[] } | null;
  readonly closedAt: string | null;
  /** Where the step stands in the audit chain: `probity audit verify --receipt` checks it. Null: it changed nothing. */
  readonly receipt: {
    /** Place in the audit chain. */
    readonly sequence: number;
    readonly hash: string;
    /** When it was recorded, ISO 8601, UTC. */
    readonly at: string;
  } | null;
};

export type DisputeQueue = {
  readonly items: readonly ({
    readonly disputeId: string;
    readonly customerId: string;
    readonly about: {
      readonly kind: "fact";
      readonly table: string;
      readonly key: { readonly [name: string]: string };
    } | {
      readonly kind: "rating";
      readonly ratingId: string;
    } | {
      readonly kind: "entry";
      readonly entryKind: string;
      readonly entryId: string;
    };
    readonly jurisdiction: string;
    /** ISO 8601, UTC */
    readonly openedAt: string;
    /** ISO 8601, UTC */
    readonly deadline: string;
    readonly reminded: boolean;
    /** How often it was handed up because it was late. */
    readonly escalations: number;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type Disputes = {
  readonly items: readonly ({
    readonly disputeId: string;
    readonly customerId: string;
    readonly about: {
      readonly kind: "fact";
      readonly table: string;
      readonly key: { readonly [name: string]: string };
    } | {
      readonly kind: "rating";
      readonly ratingId: string;
    } | {
      readonly kind: "entry";
      readonly entryKind: string;
      readonly entryId: string;
    };
    readonly claim: string;
    /** Who put it on record: may not decide it. */
    readonly openedBy: string;
    /** ISO 8601, UTC */
    readonly openedAt: string;
    readonly jurisdiction: string;
    /** ISO 8601, UTC */
    readonly deadline: string;
    /** When the clock reminds or escalates next. */
    readonly wakesAt: string;
    readonly reminded: boolean;
    /** How often it was handed up because it was late. */
    readonly escalations: number;
    readonly state: "open" | "upheld" | "rejected" | "withdrawn";
    readonly decidedBy: string | null;
    readonly reason: string | null;
    readonly correction: {
      readonly table: string;
      readonly values: { readonly [name: string]: string | number | boolean | null };
      /** ISO 8601, UTC */
      readonly happenedAt: string;
    } | null;
    /** The version of the disputed entry that says what is right. */
    readonly entry?: {
      readonly version: number;
      readonly removed: boolean;
    } | null;
    /** Facts that the disputed rating was asked with, as they should be. */
    readonly facts?: { readonly [name: string]: string | number | boolean | readonly (string)[] } | null;
    readonly closedAt: string | null;
    /** Upheld, its correction recorded and the customer rated again. */
    readonly settled: boolean;
    /** That rating; null: none yet, or none could be made. */
    readonly ratingId: string | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type NewDispute = {
  readonly about: {
    readonly kind: "fact";
    readonly table: string;
    /** The columns that name the row. */
    readonly key: { readonly [name: string]: string };
  } | {
    readonly kind: "rating";
    readonly ratingId: string;
  } | {
    readonly kind: "entry";
    readonly entryKind: "identity" | "contact" | "document" | "guarantee" | "review" | "note";
    readonly entryId: string;
  };
  /** What the customer says. */
  readonly claim: string;
  /** Whose deadline applies; the default is in dispute-deadlines.json. */
  readonly jurisdiction?: string;
};

export type DisputeEvent = {
  readonly kind: "uphold" | "reject" | "withdraw";
  readonly reason: string;
  /** With uphold: the row as it should be; needed where a fact is disputed. */
  readonly correction?: {
    /** Canonical table, such as payments or invoices. */
    readonly table: string;
    /** The row’s columns by name; money as a number or a decimal text. */
    readonly values: { readonly [name: string]: number | string | boolean | null };
    /** When it was so; not in the future. */
    readonly happenedAt: string;
  };
  /** With uphold: what is right of the entry; needed where an entry is disputed. */
  readonly entry?: {
    /** A version that corrects it, in the file since then. */
    readonly version?: number;
    /** The entry as it should be, which becomes its next version. */
    readonly body?: { readonly [name: string]: unknown };
    /** With body: when it was so; default: now. */
    readonly happenedAt?: string;
    /** There is no such thing: the entry is removed. */
    readonly removed?: true;
  };
  /** With uphold, where a rating is disputed: facts it was asked with, as they should be. The customer is rated again with them. */
  readonly facts?: {
    readonly kind?: "person" | "company";
    /** Years. */
    readonly age?: number;
    readonly sanctionsHit?: boolean;
    /** Required documents that are not there, by name; empty: all there. */
    readonly documentsMissing?: readonly (string)[];
    /** Amount in major units, as decimal text. */
    readonly existingExposure?: string;
    /** Amount in major units, as decimal text. */
    readonly overdueAmount?: string;
    readonly guaranteeOffered?: boolean;
  };
};

export type PortfolioReport = {
  /** SHA-256 of the report without names. */
  readonly reportId: string;
  /** ISO 8601, UTC */
  readonly madeAt: string;
  readonly format: "probity.portfolio/1" | "probity.portfolio/2";
  readonly source: {
    /** ISO 8601, UTC */
    readonly asOf: string;
    readonly snapshotId: string;
    /** The champion of all segments, or of the first segment that has one. */
    readonly modelHash: string;
    /** Whose champions scored, and how many customers each. Absent: one model scored all. */
    readonly models?: readonly ({
      readonly slot: string;
      readonly modelHash: string;
      readonly customers: number;
    })[];
    /** Customers whom no slot decides about, who are not in the book. Absent: none. */
    readonly unscored?: number;
    readonly scores: string;
    readonly before: {
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly scores: string;
      readonly left: number;
    } | null;
    /** Features that scores and exposures do without, of so many customers, for want of a legal basis for a source table. Absent: none. */
    readonly withheld?: readonly ({
      readonly feature: string;
      readonly source: string;
      readonly customers: number;
    })[];
  };
  readonly assumptions: string;
  readonly customers: number;
  /** Major units; what is not known counts as 0. */
  readonly exposure: number;
  /** PD · LGD · exposure at default. */
  readonly expectedLoss: number;
  readonly meanPd: number | null;
  readonly unknownExposure: number;
  /** 10,000 · expected loss / exposure. */
  readonly riskIndex: number | null;
  readonly byGrade: readonly ({
    /** Empty: not known. */
    readonly name: string;
    readonly customers: number;
    /** Major units; what is not known counts as 0. */
    readonly exposure: number;
    /** PD · LGD · exposure at default. */
    readonly expectedLoss: number;
    readonly meanPd: number | null;
  })[];
  readonly byClass: readonly ({
    readonly name: "high" | "middle" | "low";
    readonly customers: number;
    /** Major units; what is not known counts as 0. */
    readonly exposure: number;
    /** PD · LGD · exposure at default. */
    readonly expectedLoss: number;
    readonly meanPd: number | null;
  })[];
  readonly bySegment: readonly ({
    /** Empty: not known. */
    readonly name: string;
    readonly customers: number;
    /** Major units; what is not known counts as 0. */
    readonly exposure: number;
    /** PD · LGD · exposure at default. */
    readonly expectedLoss: number;
    readonly meanPd: number | null;
  })[];
  readonly byVintage: readonly ({
    /** Empty: not known. */
    readonly name: string;
    readonly customers: number;
    /** Major units; what is not known counts as 0. */
    readonly exposure: number;
    /** PD · LGD · exposure at default. */
    readonly expectedLoss: number;
    readonly meanPd: number | null;
  })[];
  readonly migration: {
    readonly grades: readonly (string)[];
    /** From the grade before (row) to the grade now (column). */
    readonly customers: readonly (readonly (number)[])[];
    readonly exposure: readonly (readonly (number)[])[];
    readonly worse: number;
    readonly better: number;
    readonly entered: number;
    readonly left: number;
  } | null;
  readonly concentration: {
    readonly customers: number;
    readonly segments: number;
    readonly largest: readonly ({
      readonly count: number;
      readonly share: number;
    })[];
  } | null;
  readonly stress: {
    readonly scenarios: readonly ({
      readonly code: string;
      readonly expectedLoss: number;
      readonly meanPd: number | null;
    })[];
    readonly singleNames: readonly ({
      readonly count: number;
      readonly loss: number;
    })[];
  };
  readonly ranking: readonly ({
    readonly value: "high" | "middle" | "low" | "unknown";
    readonly risk: "high" | "middle" | "low";
    readonly customers: number;
    readonly exposure: number;
    readonly net: number;
  })[];
  readonly topExposures: readonly ({
    /** Null: erased. */
    readonly customerId: string | null;
    readonly grade: string;
    readonly pd: number;
    readonly exposure: number;
    readonly expectedLoss: number;
    /** Margin on a year’s sales less expected loss. */
    readonly net: number | null;
  })[];
  readonly topLosses: readonly ({
    /** Null: erased. */
    readonly customerId: string | null;
    readonly grade: string;
    readonly pd: number;
    readonly exposure: number;
    readonly expectedLoss: number;
    /** Margin on a year’s sales less expected loss. */
    readonly net: number | null;
  })[];
  /** Customers of known sales by net, the best first. */
  readonly bestNet: readonly ({
    /** Null: erased. */
    readonly customerId: string | null;
    readonly grade: string;
    readonly pd: number;
    readonly exposure: number;
    readonly expectedLoss: number;
    /** Margin on a year’s sales less expected loss. */
    readonly net: number | null;
    readonly value: "high" | "middle" | "low";
    readonly risk: "high" | "middle" | "low";
  })[];
  readonly worstNet: readonly ({
    /** Null: erased. */
    readonly customerId: string | null;
    readonly grade: string;
    readonly pd: number;
    readonly exposure: number;
    readonly expectedLoss: number;
    /** Margin on a year’s sales less expected loss. */
    readonly net: number | null;
    readonly value: "high" | "middle" | "low";
    readonly risk: "high" | "middle" | "low";
  })[];
  /** Warnings that stood when the report was made; null: not looked at. */
  readonly openWarnings: {
    readonly warnings: number;
    readonly customers: number;
    /** Each customer’s once. */
    readonly exposure: number;
    readonly byLevel: readonly ({
      readonly name: "watch" | "warning" | "critical";
      readonly warnings: number;
      readonly customers: number;
      /** Each customer’s once. */
      readonly exposure: number;
    })[];
    readonly byCode: readonly ({
      readonly name: string;
      readonly warnings: number;
      readonly customers: number;
      /** Each customer’s once. */
      readonly exposure: number;
    })[];
    readonly notAcknowledged: number;
    /** Of which a deadline has passed. */
    readonly overdue: number;
  } | null;
  /** Now less then, since the report on an earlier instant; null: there is none. */
  readonly change: {
    readonly reportId: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
    readonly customers: number;
    readonly exposure: number;
    readonly expectedLoss: number;
    readonly meanPd: number | null;
    readonly riskIndex: number | null;
    readonly classShares: readonly ({
      readonly name: "high" | "middle" | "low";
      readonly share: number | null;
    })[];
    readonly openWarnings: number | null;
  } | null;
};

export type MonitoringReport = {
  /** SHA-256 of the report. */
  readonly reportId: string;
  /** ISO 8601, UTC */
  readonly madeAt: string;
  readonly format: "probity.monitoring/2";
  readonly slot: string;
  readonly model: string;
  /** ISO 8601, UTC */
  readonly asOf: string;
  readonly source: {
    readonly snapshotId: string;
    readonly trainingSet: string;
    readonly before: {
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly snapshotId: string;
    } | null;
  };
  readonly population: {
    readonly customers: number;
    /** Left out, as in training; null: nobody could tell. */
    readonly inDefault: number | null;
    /** Customers whom other slots decide about, or none, who are left out. Absent: none. */
    readonly elsewhere?: number;
    /** Features that count as missing for customers who give no legal basis for their source. */
    readonly withheld: readonly ({
      readonly feature: string;
      readonly source: string;
      readonly customers: number;
    })[];
  };
  readonly thresholds: {
    readonly significance: number;
    readonly gradeShift: number;
    readonly expectedLossChange: number;
    readonly calibrationError: number;
  };
  readonly verdict: {
    /** `alarm`: significant in the yearly test and material, or an input is broken; `immaterial`: significant only. */
    readonly result: "alarm" | "immaterial" | "quiet";
    readonly significant: boolean;
    readonly vanished: readonly (string)[];
    readonly measures: readonly ({
      readonly measure: "gradeShift" | "gradeChanges" | "expectedLossChange" | "calibrationError" | "realisedError";
      readonly value: number | null;
      readonly threshold: number;
      readonly material: boolean;
      /** Of one that is not known: when it can be; null: no date can be told. */
      readonly knowableOn?: string | null;
    })[];
    readonly causes: readonly ({
      readonly segment: string | null;
      readonly feature: string;
      readonly adjusted: number;
    })[];
  };
  readonly sequential: {
    readonly since: string;
    readonly day: number;
    readonly looks: number;
    readonly pairs: number;
    readonly outcomes: number;
    readonly evidence: number;
    readonly needed: number;
    readonly significantSince: string | null;
    readonly measures: number;
    readonly path: readonly ({
      readonly day: number;
      readonly evidence: number;
    })[];
    readonly leading: readonly ({
      readonly measure: string;
      readonly eValue: number;
    })[];
    /** False: of a day before the newest look, so not taken into the test. */
    readonly taken: boolean;
  } | null;
  readonly looks: readonly ({
    readonly segment: string | null;
    readonly referenceRows: number;
    readonly referenceCustomers: number;
    readonly presentRows: number;
    readonly inputs: readonly ({
      readonly feature: string;
      readonly csi: number | null;
      readonly critical: number;
      readonly pValue: number;
      readonly adjusted: number;
      readonly missing: {
        readonly reference: number;
        readonly present: number;
      };
      readonly unseen: number | null;
      readonly outside: {
        readonly below: number;
        readonly above: number;
      } | null;
      readonly jensenShannon: number | null;
      readonly wasserstein: number | null;
    })[];
    readonly score: {
      readonly psi: number;
      readonly critical: number;
      readonly pValue: number;
      readonly adjusted: number;
      readonly meanPd: {
        readonly reference: number;
        readonly present: number;
      };
    };
    readonly grades: readonly ({
      readonly grade: string;
      readonly reference: number;
      readonly present: number;
    })[];
  })[];
  readonly domain: {
    readonly auc: number;
    readonly standardError: number;
    readonly low: number;
    readonly high: number;
  } | null;
  readonly estimated: readonly ({
    readonly method: "CBPE" | "density ratio";
    readonly rows: number;
    readonly effectiveRows: number;
    readonly badRate: {
      readonly value: number | null;
      readonly low: number | null;
      readonly high: number | null;
    };
    readonly auc: {
      readonly value: number | null;
      readonly low: number | null;
      readonly high: number | null;
    };
    readonly logLoss: {
      readonly value: number | null;
      readonly low: number | null;
      readonly high: number | null;
    };
  })[];
  /** Why there is no estimate by density ratio: no validation rows; rows too few or too much alike for a classifier; the two sides told apart nearly always. Null: there is one. */
  readonly noDensityRatio?: "no-rows" | "too-alike" | "too-far-apart" | null;
  readonly outcomes: {
    readonly validation: {
      readonly all: {
        /** Month of observation; null: all of them. */
        readonly vintage: string | null;
        readonly rated: number;
        readonly bads: number;
        /** With a known outcome: all that the figures rest on. */
        readonly matured: number;
        readonly open: number;
        /** When the next of the open ones can be known. */
        readonly nextOn?: string | null;
        /** When the last of them can. */
        readonly completeOn: string | null;
        readonly badRate: {
          readonly known: true;
          readonly value: {
            readonly rate: number;
            readonly low: number;
            readonly high: number;
            readonly meanPd: number;
          };
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly auc: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly ks: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly logLoss?: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly grades: readonly ({
          readonly grade: string;
          readonly test: {
            readonly known: true;
            readonly value: {
              readonly rows: number;
              readonly bads: number;
              readonly meanPd: number;
              readonly jeffreysP: number;
              readonly binomialP: number;
              readonly badRate: {
                readonly value: number;
                readonly low: number;
                readonly high: number;
              };
              readonly detectableRate: number | null;
              readonly power: number;
            };
          } | {
            readonly known: false;
            /** The first instant at which it may be known; null: never from these rows. */
            readonly on: string | null;
          };
        })[];
      };
      readonly vintages: readonly ({
        /** Month of observation; null: all of them. */
        readonly vintage: string | null;
        readonly rated: number;
        readonly bads: number;
        /** With a known outcome: all that the figures rest on. */
        readonly matured: number;
        readonly open: number;
        /** When the next of the open ones can be known. */
        readonly nextOn?: string | null;
        /** When the last of them can. */
        readonly completeOn: string | null;
        readonly badRate: {
          readonly known: true;
          readonly value: {
            readonly rate: number;
            readonly low: number;
            readonly high: number;
            readonly meanPd: number;
          };
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly auc: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly ks: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly logLoss?: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly grades: readonly ({
          readonly grade: string;
          readonly test: {
            readonly known: true;
            readonly value: {
              readonly rows: number;
              readonly bads: number;
              readonly meanPd: number;
              readonly jeffreysP: number;
              readonly binomialP: number;
              readonly badRate: {
                readonly value: number;
                readonly low: number;
                readonly high: number;
              };
              readonly detectableRate: number | null;
              readonly power: number;
            };
          } | {
            readonly known: false;
            /** The first instant at which it may be known; null: never from these rows. */
            readonly on: string | null;
          };
        })[];
      })[];
    };
    readonly scored: {
      readonly all: {
        /** Month of observation; null: all of them. */
        readonly vintage: string | null;
        readonly rated: number;
        readonly bads: number;
        /** With a known outcome: all that the figures rest on. */
        readonly matured: number;
        readonly open: number;
        /** When the next of the open ones can be known. */
        readonly nextOn?: string | null;
        /** When the last of them can. */
        readonly completeOn: string | null;
        readonly badRate: {
          readonly known: true;
          readonly value: {
            readonly rate: number;
            readonly low: number;
            readonly high: number;
            readonly meanPd: number;
          };
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly auc: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly ks: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly logLoss?: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly grades: readonly ({
          readonly grade: string;
          readonly test: {
            readonly known: true;
            readonly value: {
              readonly rows: number;
              readonly bads: number;
              readonly meanPd: number;
              readonly jeffreysP: number;
              readonly binomialP: number;
              readonly badRate: {
                readonly value: number;
                readonly low: number;
                readonly high: number;
              };
              readonly detectableRate: number | null;
              readonly power: number;
            };
          } | {
            readonly known: false;
            /** The first instant at which it may be known; null: never from these rows. */
            readonly on: string | null;
          };
        })[];
      };
      readonly vintages: readonly ({
        /** Month of observation; null: all of them. */
        readonly vintage: string | null;
        readonly rated: number;
        readonly bads: number;
        /** With a known outcome: all that the figures rest on. */
        readonly matured: number;
        readonly open: number;
        /** When the next of the open ones can be known. */
        readonly nextOn?: string | null;
        /** When the last of them can. */
        readonly completeOn: string | null;
        readonly badRate: {
          readonly known: true;
          readonly value: {
            readonly rate: number;
            readonly low: number;
            readonly high: number;
            readonly meanPd: number;
          };
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly auc: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly ks: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly logLoss?: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
        readonly grades: readonly ({
          readonly grade: string;
          readonly test: {
            readonly known: true;
            readonly value: {
              readonly rows: number;
              readonly bads: number;
              readonly meanPd: number;
              readonly jeffreysP: number;
              readonly binomialP: number;
              readonly badRate: {
                readonly value: number;
                readonly low: number;
                readonly high: number;
              };
              readonly detectableRate: number | null;
              readonly power: number;
            };
          } | {
            readonly known: false;
            /** The first instant at which it may be known; null: never from these rows. */
            readonly on: string | null;
          };
        })[];
      })[];
    } | null;
    readonly sampledFrom: number;
  };
  /** Of a term structure: the months that its scores, estimates and outcomes here are over. */
  readonly followedMonths?: number;
  /** Of a term structure: what came true over each of its horizons, on windows of their own. */
  readonly horizons?: readonly ({
    readonly months: number;
    readonly figures: {
      /** Month of observation; null: all of them. */
      readonly vintage: string | null;
      readonly rated: number;
      readonly bads: number;
      /** With a known outcome: all that the figures rest on. */
      readonly matured: number;
      readonly open: number;
      /** When the next of the open ones can be known. */
      readonly nextOn?: string | null;
      /** When the last of them can. */
      readonly completeOn: string | null;
      readonly badRate: {
        readonly known: true;
        readonly value: {
          readonly rate: number;
          readonly low: number;
          readonly high: number;
          readonly meanPd: number;
        };
      } | {
        readonly known: false;
        /** The first instant at which it may be known; null: never from these rows. */
        readonly on: string | null;
      };
      readonly auc: {
        readonly known: true;
        readonly value: number;
      } | {
        readonly known: false;
        /** The first instant at which it may be known; null: never from these rows. */
        readonly on: string | null;
      };
      readonly ks: {
        readonly known: true;
        readonly value: number;
      } | {
        readonly known: false;
        /** The first instant at which it may be known; null: never from these rows. */
        readonly on: string | null;
      };
      readonly logLoss?: {
        readonly known: true;
        readonly value: number;
      } | {
        readonly known: false;
        /** The first instant at which it may be known; null: never from these rows. */
        readonly on: string | null;
      };
      readonly grades: readonly ({
        readonly grade: string;
        readonly test: {
          readonly known: true;
          readonly value: {
            readonly rows: number;
            readonly bads: number;
            readonly meanPd: number;
            readonly jeffreysP: number;
            readonly binomialP: number;
            readonly badRate: {
              readonly value: number;
              readonly low: number;
              readonly high: number;
            };
            readonly detectableRate: number | null;
            readonly power: number;
          };
        } | {
          readonly known: false;
          /** The first instant at which it may be known; null: never from these rows. */
          readonly on: string | null;
        };
      })[];
    };
  })[];
  /** Estimates of earlier reports beside what came true. */
  readonly checks: readonly ({
    readonly reportId: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
    /** ISO 8601, UTC */
    readonly knownOn: string;
    readonly method: "CBPE" | "density ratio";
    readonly figure: "badRate" | "auc" | "logLoss";
    readonly estimated: {
      readonly value: number | null;
      readonly low: number | null;
      readonly high: number | null;
    };
    readonly realised: number;
    readonly held: boolean;
  })[];
  /** Outcomes told otherwise than in an earlier report. */
  readonly corrections: readonly ({
    readonly vintage: string;
    readonly before: {
      readonly reportId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly matured: number;
      readonly bads: number;
    };
    readonly now: {
      readonly matured: number;
      readonly bads: number;
    };
  })[];
  /** What followed the report; no part of what names it. */
  readonly actions: readonly ({
    readonly action: "notify" | "retrain" | "shadow" | "fall-back" | "rules-only";
    readonly state: "planned" | "limited" | "done" | "refused";
    /** ISO 8601, UTC */
    readonly plannedAt: string;
    readonly settledAt: string | null;
    /** What was done, or why not. */
    readonly detail: string | null;
  })[];
  readonly movement: {
    readonly customers: number;
    readonly worse: number;
    readonly better: number;
    readonly grades: readonly (readonly (number)[])[];
    readonly expectedLoss: {
      readonly before: number;
      readonly now: number;
    };
    readonly limits: {
      readonly before: number;
      readonly now: number;
      readonly ofWorse: number;
      readonly ofBetter: number;
    } | null;
    readonly causes: readonly ({
      readonly feature: string;
      readonly expectedLoss: number;
      readonly meanPd: number;
      readonly customers: number;
    })[];
  } | null;
};

export type MonitoringReportPage = {
  readonly items: readonly ({
    readonly reportId: string;
    readonly slot: string;
    readonly model: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
    /** ISO 8601, UTC */
    readonly madeAt: string;
    /** `alarm`: significant in the yearly test and material, or an input is broken; `immaterial`: significant only. */
    readonly result: "alarm" | "immaterial" | "quiet";
    readonly customers: number;
    /** Of the yearly test; significant from 20. */
    readonly evidence: number | null;
    readonly scorePsi: number | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
  /** Slots whose champion the last look could not follow, and why; gone with the next report on them. */
  readonly notFollowed: readonly ({
    readonly slot: string;
    readonly model: string;
    /** An error code of Probity. */
    readonly code: string;
    readonly message: string;
    /** ISO 8601, UTC */
    readonly since: string;
    /** ISO 8601, UTC */
    readonly lastSeen: string;
  })[];
};

export type PortfolioReportPage = {
  readonly items: readonly ({
    readonly reportId: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
    /** ISO 8601, UTC */
    readonly madeAt: string;
    readonly customers: number;
    readonly exposure: number;
    readonly expectedLoss: number;
    readonly riskIndex: number | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type Webhook = {
  readonly webhookId: string;
  readonly name: string;
  readonly url: string;
  readonly types: readonly ("rating" | "limit" | "terms" | "hold" | "warning" | "instruction" | "review" | "alert" | "erasure")[];
  readonly state: "active" | "paused";
  /** Null: by a person, or it is not paused. */
  readonly pausedBecause: string | null;
  readonly createdBy: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
};

export type Webhooks = {
  readonly items: readonly ({
    readonly webhookId: string;
    readonly name: string;
    readonly url: string;
    readonly types: readonly ("rating" | "limit" | "terms" | "hold" | "warning" | "instruction" | "review" | "alert" | "erasure")[];
    readonly state: "active" | "paused";
    /** Null: by a person, or it is not paused. */
    readonly pausedBecause: string | null;
    readonly createdBy: string;
    /** ISO 8601, UTC */
    readonly createdAt: string;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type IssuedWebhook = {
  readonly webhookId: string;
  readonly name: string;
  readonly url: string;
  readonly types: readonly ("rating" | "limit" | "terms" | "hold" | "warning" | "instruction" | "review" | "alert" | "erasure")[];
  readonly state: "active" | "paused";
  /** Null: by a person, or it is not paused. */
  readonly pausedBecause: string | null;
  readonly createdBy: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** Signs the deliveries; told here and nowhere else: null where the same Idempotency-Key came again. */
  readonly secret: string | null;
};

export type NewWebhook = {
  /** Who is told. */
  readonly name: string;
  /** https address that takes deliveries. */
  readonly url: string;
  /** Types of the change feed that are told. */
  readonly types: readonly ("rating" | "limit" | "terms" | "hold" | "warning" | "instruction" | "review" | "alert" | "erasure")[];
};

export type WebhookChange = {
  /** Who is told. */
  readonly name?: string;
  /** https address that takes deliveries. */
  readonly url?: string;
  /** Types of the change feed that are told. */
  readonly types?: readonly ("rating" | "limit" | "terms" | "hold" | "warning" | "instruction" | "review" | "alert" | "erasure")[];
  readonly state?: "active" | "paused";
};

export type RotateWebhook = {
  /** How long the old secret signs, too; default 24. */
  readonly overlapHours?: number;
};

export type Delivery = {
  /** The header `webhook-id`: always the same for the same message. */
  readonly deliveryId: string;
  readonly type: string;
  readonly changeId: string;
  readonly sequence: number;
  readonly state: "pending" | "delivered" | "dead";
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastProblem: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly nextAt: string;
  readonly endedAt: string | null;
};

export type DeliveryPage = {
  readonly items: readonly ({
    /** The header `webhook-id`: always the same for the same message. */
    readonly deliveryId: string;
    readonly type: string;
    readonly changeId: string;
    readonly sequence: number;
    readonly state: "pending" | "delivered" | "dead";
    readonly attempts: number;
    readonly lastStatus: number | null;
    readonly lastProblem: string | null;
    /** ISO 8601, UTC */
    readonly createdAt: string;
    /** ISO 8601, UTC */
    readonly nextAt: string;
    readonly endedAt: string | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type Review = {
  readonly reviewId: string;
  readonly customerId: string;
  readonly because: readonly ("grade" | "exposure" | "date" | "event" | "request")[];
  readonly findings: {
    readonly now: {
      readonly ratingId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: string;
      /** Major units. */
      readonly limit: number;
      readonly exposure: number | null;
      /** ISO 8601, UTC */
      readonly validUntil: string;
    };
    /** At the last review, or at the first rating. */
    readonly before: {
      readonly ratingId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: string;
      /** Major units. */
      readonly limit: number;
      readonly exposure: number | null;
      /** ISO 8601, UTC */
      readonly validUntil: string;
    } | null;
    /** Features that changed. */
    readonly changes: readonly ({
      readonly name: string;
      readonly before: number | string | boolean | null;
      readonly after: number | string | boolean | null;
    })[];
    /** Causes and terms that changed; absent: there is nothing to compare with. */
    readonly decision?: {
      readonly causes: {
        readonly added: readonly (string)[];
        readonly gone: readonly (string)[];
      };
      /** Null: the same. */
      readonly terms: {
        readonly before: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
        readonly after: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
      } | null;
    };
    /** Entries of the credit file that came, changed or went since the last review; absent: not looked at. */
    readonly entries?: readonly ({
      readonly kind: string;
      readonly entryId: string;
      readonly change: "added" | "changed" | "removed";
      /** ISO 8601, UTC */
      readonly knownFrom: string;
    })[];
    /** Expired, or within 30 days. */
    readonly lapsedDocuments: readonly ({
      readonly entryId: string;
      readonly kind: string;
      readonly expiresOn: string;
    })[];
  };
  /** ISO 8601, UTC */
  readonly openedAt: string;
  /** ISO 8601, UTC */
  readonly dueAt: string;
  readonly state: "open" | "documents" | "second" | "signed-off" | "cancelled";
  readonly level: number;
  readonly queue: string;
  /** When it goes to the next level. */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly (string)[];
  readonly signOffs: readonly ({
    readonly conclusion: "keep" | "lower" | "end";
    /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
    readonly limit?: number | null;
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
  readonly conclusion: "keep" | "lower" | "end" | null;
  /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
  readonly limit?: number | null;
  readonly closedAt: string | null;
  /** Who asked for it, and why; absent: nobody. */
  readonly asked?: {
    readonly actor: string;
    readonly reason: string;
  };
  /** When it will be reminded of before it is due. */
  readonly reminders?: readonly (string)[];
};

export type ReviewStep = {
  readonly reviewId: string;
  readonly customerId: string;
  readonly because: readonly ("grade" | "exposure" | "date" | "event" | "request")[];
  readonly findings: {
    readonly now: {
      readonly ratingId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: string;
      /** Major units. */
      readonly limit: number;
      readonly exposure: number | null;
      /** ISO 8601, UTC */
      readonly validUntil: string;
    };
    /** At the last review, or at the first rating. */
    readonly before: {
      readonly ratingId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: string;
      /** Major units. */
      readonly limit: number;
      readonly exposure: number | null;
      /** ISO 8601, UTC */
      readonly validUntil: string;
    } | null;
    /** Features that changed. */
    readonly changes: readonly ({
      readonly name: string;
      readonly before: number | string | boolean | null;
      readonly after: number | string | boolean | null;
    })[];
    /** Causes and terms that changed; absent: there is nothing to compare with. */
    readonly decision?: {
      readonly causes: {
        readonly added: readonly (string)[];
        readonly gone: readonly (string)[];
      };
      /** Null: the same. */
      readonly terms: {
        readonly before: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
        readonly after: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
      } | null;
    };
    /** Entries of the credit file that came, changed or went since the last review; absent: not looked at. */
    readonly entries?: readonly ({
      readonly kind: string;
      readonly entryId: string;
      readonly change: "added" | "changed" | "removed";
      /** ISO 8601, UTC */
      readonly knownFrom: string;
    })[];
    /** Expired, or within 30 days. */
    readonly lapsedDocuments: readonly ({
      readonly entryId: string;
      readonly kind: string;
      readonly expiresOn: string;
    })[];
  };
  /** ISO 8601, UTC */
  readonly openedAt: string;
  /** ISO 8601, UTC */
  readonly dueAt: string;
  readonly state: "open" | "documents" | "second" | "signed-off" | "cancelled";
  readonly level: number;
  readonly queue: string;
  /** When it goes to the next level. */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly (string)[];
  readonly signOffs: readonly ({
    readonly conclusion: "keep" | "lower" | "end";
    /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
    readonly limit?: number | null;
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
  readonly conclusion: "keep" | "lower" | "end" | null;
  /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
  readonly limit?: number | null;
  readonly closedAt: string | null;
  /** Who asked for it, and why; absent: nobody. */
  readonly asked?: {
    readonly actor: string;
    readonly reason: string;
  };
  /** When it will be reminded of before it is due. */
  readonly reminders?: readonly (string)[];
  /** Where the step stands in the audit chain: `probity audit verify --receipt` checks it. Null: it changed nothing. */
  readonly receipt: {
    /** Place in the audit chain. */
    readonly sequence: number;
    readonly hash: string;
    /** When it was recorded, ISO 8601, UTC. */
    readonly at: string;
  } | null;
};

export type ReviewWithEvents = {
  readonly reviewId: string;
  readonly customerId: string;
  readonly because: readonly ("grade" | "exposure" | "date" | "event" | "request")[];
  readonly findings: {
    readonly now: {
      readonly ratingId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: string;
      /** Major units. */
      readonly limit: number;
      readonly exposure: number | null;
      /** ISO 8601, UTC */
      readonly validUntil: string;
    };
    /** At the last review, or at the first rating. */
    readonly before: {
      readonly ratingId: string;
      /** ISO 8601, UTC */
      readonly asOf: string;
      readonly pd: number;
      readonly score: number;
      readonly grade: string;
      readonly outcome: string;
      /** Major units. */
      readonly limit: number;
      readonly exposure: number | null;
      /** ISO 8601, UTC */
      readonly validUntil: string;
    } | null;
    /** Features that changed. */
    readonly changes: readonly ({
      readonly name: string;
      readonly before: number | string | boolean | null;
      readonly after: number | string | boolean | null;
    })[];
    /** Causes and terms that changed; absent: there is nothing to compare with. */
    readonly decision?: {
      readonly causes: {
        readonly added: readonly (string)[];
        readonly gone: readonly (string)[];
      };
      /** Null: the same. */
      readonly terms: {
        readonly before: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
        readonly after: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        };
      } | null;
    };
    /** Entries of the credit file that came, changed or went since the last review; absent: not looked at. */
    readonly entries?: readonly ({
      readonly kind: string;
      readonly entryId: string;
      readonly change: "added" | "changed" | "removed";
      /** ISO 8601, UTC */
      readonly knownFrom: string;
    })[];
    /** Expired, or within 30 days. */
    readonly lapsedDocuments: readonly ({
      readonly entryId: string;
      readonly kind: string;
      readonly expiresOn: string;
    })[];
  };
  /** ISO 8601, UTC */
  readonly openedAt: string;
  /** ISO 8601, UTC */
  readonly dueAt: string;
  readonly state: "open" | "documents" | "second" | "signed-off" | "cancelled";
  readonly level: number;
  readonly queue: string;
  /** When it goes to the next level. */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly (string)[];
  readonly signOffs: readonly ({
    readonly conclusion: "keep" | "lower" | "end";
    /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
    readonly limit?: number | null;
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
  readonly conclusion: "keep" | "lower" | "end" | null;
  /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
  readonly limit?: number | null;
  readonly closedAt: string | null;
  /** Who asked for it, and why; absent: nobody. */
  readonly asked?: {
    readonly actor: string;
    readonly reason: string;
  };
  /** When it will be reminded of before it is due. */
  readonly reminders?: readonly (string)[];
  readonly events: readonly ({
    readonly revision: number;
    /** ISO 8601, UTC */
    readonly at: string;
    readonly kind: string;
    /** Null: the clock, or a new rating. */
    readonly actor: string | null;
    readonly documents: readonly (string)[];
    readonly conclusion: "keep" | "lower" | "end" | null;
    readonly limit: number | null;
    readonly assignee: string | null;
    readonly reason: string | null;
  })[];
};

export type ReviewPage = {
  readonly items: readonly ({
    readonly reviewId: string;
    readonly customerId: string;
    readonly because: readonly ("grade" | "exposure" | "date" | "event" | "request")[];
    readonly findings: {
      readonly now: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly asOf: string;
        readonly pd: number;
        readonly score: number;
        readonly grade: string;
        readonly outcome: string;
        /** Major units. */
        readonly limit: number;
        readonly exposure: number | null;
        /** ISO 8601, UTC */
        readonly validUntil: string;
      };
      /** At the last review, or at the first rating. */
      readonly before: {
        readonly ratingId: string;
        /** ISO 8601, UTC */
        readonly asOf: string;
        readonly pd: number;
        readonly score: number;
        readonly grade: string;
        readonly outcome: string;
        /** Major units. */
        readonly limit: number;
        readonly exposure: number | null;
        /** ISO 8601, UTC */
        readonly validUntil: string;
      } | null;
      /** Features that changed. */
      readonly changes: readonly ({
        readonly name: string;
        readonly before: number | string | boolean | null;
        readonly after: number | string | boolean | null;
      })[];
      /** Causes and terms that changed; absent: there is nothing to compare with. */
      readonly decision?: {
        readonly causes: {
          readonly added: readonly (string)[];
          readonly gone: readonly (string)[];
        };
        /** Null: the same. */
        readonly terms: {
          readonly before: {
            readonly days: number;
            readonly prepayment: number;
            readonly guaranteeNeeded: boolean;
          };
          readonly after: {
            readonly days: number;
            readonly prepayment: number;
            readonly guaranteeNeeded: boolean;
          };
        } | null;
      };
      /** Entries of the credit file that came, changed or went since the last review; absent: not looked at. */
      readonly entries?: readonly ({
        readonly kind: string;
        readonly entryId: string;
        readonly change: "added" | "changed" | "removed";
        /** ISO 8601, UTC */
        readonly knownFrom: string;
      })[];
      /** Expired, or within 30 days. */
      readonly lapsedDocuments: readonly ({
        readonly entryId: string;
        readonly kind: string;
        readonly expiresOn: string;
      })[];
    };
    /** ISO 8601, UTC */
    readonly openedAt: string;
    /** ISO 8601, UTC */
    readonly dueAt: string;
    readonly state: "open" | "documents" | "second" | "signed-off" | "cancelled";
    readonly level: number;
    readonly queue: string;
    /** When it goes to the next level. */
    readonly deadline: string;
    readonly escalations: number;
    readonly assignee: string | null;
    readonly documentsAwaited: readonly (string)[];
    readonly signOffs: readonly ({
      readonly conclusion: "keep" | "lower" | "end";
      /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
      readonly limit?: number | null;
      readonly actor: string;
      readonly reason: string;
      /** ISO 8601, UTC */
      readonly at: string;
    })[];
    readonly conclusion: "keep" | "lower" | "end" | null;
    /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
    readonly limit?: number | null;
    readonly closedAt: string | null;
    /** Who asked for it, and why; absent: nobody. */
    readonly asked?: {
      readonly actor: string;
      readonly reason: string;
    };
    /** When it will be reminded of before it is due. */
    readonly reminders?: readonly (string)[];
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type ReviewEvent = {
  readonly kind: "claim" | "ask-documents" | "documents-arrived" | "sign-off" | "cancel" | "reassign";
  /** Names; with ask-documents and documents-arrived. */
  readonly documents?: readonly (string)[];
  /** With sign-off. */
  readonly conclusion?: "keep" | "lower" | "end";
  /** With sign-off and the conclusion lower: the limit in total from now on, major units of the rules’ currency. A second person who names none agrees to the first’s. */
  readonly limit?: string;
  /** With reassign: who is to review. */
  readonly assignee?: string;
  /** With sign-off, cancel and reassign: why, for the record. */
  readonly reason?: string;
};

export type NewReview = {
  readonly customerId: string;
  /** Why, for the record. */
  readonly reason: string;
  /** By when it is due; default: as soon as a review that an event opens. */
  readonly dueAt?: string;
};

export type Warning = {
  readonly warningId: string;
  /** Of an industry: industry:CODE. Of a group a head of it, of equal identity data who was seen first. */
  readonly customerId: string;
  readonly segment: string | null;
  /** What raised it, as the rules name it. */
  readonly code: string;
  readonly level: "watch" | "warning" | "critical";
  readonly exposure: number | null;
  readonly raisedBy: {
    /** Of the rating, or of the look at signals. */
    readonly ratingId: string;
    readonly level: "watch" | "warning" | "critical";
    /** At stake, in major units; null: not known. */
    readonly exposure: number | null;
    /** Null: never scored. */
    readonly pd: number | null;
    readonly grade: string | null;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What a look at signals saw; absent where a rating showed the trigger. */
    readonly signals?: {
      /** Nothing that was learned later counts. */
      readonly asOf: string;
      readonly snapshotId: string;
      /** Hash of the tables. */
      readonly rules: string;
      /** Table and row. */
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
      /** Other customers whom it concerns; see /customers. */
      readonly others: {
        readonly customers: number;
        readonly exposure: number | null;
      } | null;
      /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
      readonly circle?: "group" | "identity";
      /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
      readonly proposal: {
        readonly file: string;
        readonly path: string;
        readonly value: { readonly [name: string]: unknown };
      } | null;
    };
  };
  readonly lastSeen: {
    /** Of the rating, or of the look at signals. */
    readonly ratingId: string;
    readonly level: "watch" | "warning" | "critical";
    /** At stake, in major units; null: not known. */
    readonly exposure: number | null;
    /** Null: never scored. */
    readonly pd: number | null;
    readonly grade: string | null;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What a look at signals saw; absent where a rating showed the trigger. */
    readonly signals?: {
      /** Nothing that was learned later counts. */
      readonly asOf: string;
      readonly snapshotId: string;
      /** Hash of the tables. */
      readonly rules: string;
      /** Table and row. */
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
      /** Other customers whom it concerns; see /customers. */
      readonly others: {
        readonly customers: number;
        readonly exposure: number | null;
      } | null;
      /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
      readonly circle?: "group" | "identity";
      /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
      readonly proposal: {
        readonly file: string;
        readonly path: string;
        readonly value: { readonly [name: string]: unknown };
      } | null;
    };
  };
  readonly sightings: number;
  /** When the trigger was gone; null: it stands. */
  readonly ceasedAt: string | null;
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly state: "open" | "acknowledged" | "snoozed" | "closed";
  readonly step: number;
  /** The lowest role that acts on it now. */
  readonly role: "viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin";
  readonly owner: string | null;
  readonly deputy: string | null;
  /** ISO 8601, UTC */
  readonly acknowledgeBy: string;
  readonly acknowledgedAt: string | null;
  /** ISO 8601, UTC */
  readonly closeBy: string;
  readonly snoozedUntil: string | null;
  readonly escalations: number;
  readonly ignored: boolean;
  readonly measures: readonly ({
    readonly measureId: string;
    readonly code: string;
    readonly by: "erp" | "person";
    /** approved and undoing wait to be carried out, and to be confirmed. */
    readonly state: "proposed" | "rejected" | "approved" | "confirmed" | "failed" | "undoing" | "undone";
    /** policy, or who. */
    readonly proposedBy: string;
    readonly approvedBy: string | null;
    readonly dueBy: string | null;
    /** ISO 8601, UTC */
    readonly since: string;
    readonly reason: string | null;
    /** How many times it was to be undone; absent: never. */
    readonly undoings?: number;
  })[];
  /** How it ends once the countermeasures that stand until it is closed are undone; absent or null: it is not being closed. */
  readonly closing?: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
  readonly outcome: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
  readonly closedAt: string | null;
};

export type WarningStep = {
  readonly warningId: string;
  /** Of an industry: industry:CODE. Of a group a head of it, of equal identity data who was seen first. */
  readonly customerId: string;
  readonly segment: string | null;
  /** What raised it, as the rules name it. */
  readonly code: string;
  readonly level: "watch" | "warning" | "critical";
  readonly exposure: number | null;
  readonly raisedBy: {
    /** Of the rating, or of the look at signals. */
    readonly ratingId: string;
    readonly level: "watch" | "warning" | "critical";
    /** At stake, in major units; null: not known. */
    readonly exposure: number | null;
    /** Null: never scored. */
    readonly pd: number | null;
    readonly grade: string | null;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What a look at signals saw; absent where a rating showed the trigger. */
    readonly signals?: {
      /** Nothing that was learned later counts. */
      readonly asOf: string;
      readonly snapshotId: string;
      /** Hash of the tables. */
      readonly rules: string;
      /** Table and row. */
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
      /** Other customers whom it concerns; see /customers. */
      readonly others: {
        readonly customers: number;
        readonly exposure: number | null;
      } | null;
      /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
      readonly circle?: "group" | "identity";
      /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
      readonly proposal: {
        readonly file: string;
        readonly path: string;
        readonly value: { readonly [name: string]: unknown };
      } | null;
    };
  };
  readonly lastSeen: {
    /** Of the rating, or of the look at signals. */
    readonly ratingId: string;
    readonly level: "watch" | "warning" | "critical";
    /** At stake, in major units; null: not known. */
    readonly exposure: number | null;
    /** Null: never scored. */
    readonly pd: number | null;
    readonly grade: string | null;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What a look at signals saw; absent where a rating showed the trigger. */
    readonly signals?: {
      /** Nothing that was learned later counts. */
      readonly asOf: string;
      readonly snapshotId: string;
      /** Hash of the tables. */
      readonly rules: string;
      /** Table and row. */
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
      /** Other customers whom it concerns; see /customers. */
      readonly others: {
        readonly customers: number;
        readonly exposure: number | null;
      } | null;
      /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
      readonly circle?: "group" | "identity";
      /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
      readonly proposal: {
        readonly file: string;
        readonly path: string;
        readonly value: { readonly [name: string]: unknown };
      } | null;
    };
  };
  readonly sightings: number;
  /** When the trigger was gone; null: it stands. */
  readonly ceasedAt: string | null;
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly state: "open" | "acknowledged" | "snoozed" | "closed";
  readonly step: number;
  /** The lowest role that acts on it now. */
  readonly role: "viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin";
  readonly owner: string | null;
  readonly deputy: string | null;
  /** ISO 8601, UTC */
  readonly acknowledgeBy: string;
  readonly acknowledgedAt: string | null;
  /** ISO 8601, UTC */
  readonly closeBy: string;
  readonly snoozedUntil: string | null;
  readonly escalations: number;
  readonly ignored: boolean;
  readonly measures: readonly ({
    readonly measureId: string;
    readonly code: string;
    readonly by: "erp" | "person";
    /** approved and undoing wait to be carried out, and to be confirmed. */
    readonly state: "proposed" | "rejected" | "approved" | "confirmed" | "failed" | "undoing" | "undone";
    /** policy, or who. */
    readonly proposedBy: string;
    readonly approvedBy: string | null;
    readonly dueBy: string | null;
    /** ISO 8601, UTC */
    readonly since: string;
    readonly reason: string | null;
    /** How many times it was to be undone; absent: never. */
    readonly undoings?: number;
  })[];
  /** How it ends once the countermeasures that stand until it is closed are undone; absent or null: it is not being closed. */
  readonly closing?: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
  readonly outcome: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
  readonly closedAt: string | null;
  /** Where the step stands in the audit chain: `probity audit verify --receipt` checks it. Null: it changed nothing. */
  readonly receipt: {
    /** Place in the audit chain. */
    readonly sequence: number;
    readonly hash: string;
    /** When it was recorded, ISO 8601, UTC. */
    readonly at: string;
  } | null;
};

export type WarningWithEvents = {
  readonly warningId: string;
  /** Of an industry: industry:CODE. Of a group a head of it, of equal identity data who was seen first. */
  readonly customerId: string;
  readonly segment: string | null;
  /** What raised it, as the rules name it. */
  readonly code: string;
  readonly level: "watch" | "warning" | "critical";
  readonly exposure: number | null;
  readonly raisedBy: {
    /** Of the rating, or of the look at signals. */
    readonly ratingId: string;
    readonly level: "watch" | "warning" | "critical";
    /** At stake, in major units; null: not known. */
    readonly exposure: number | null;
    /** Null: never scored. */
    readonly pd: number | null;
    readonly grade: string | null;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What a look at signals saw; absent where a rating showed the trigger. */
    readonly signals?: {
      /** Nothing that was learned later counts. */
      readonly asOf: string;
      readonly snapshotId: string;
      /** Hash of the tables. */
      readonly rules: string;
      /** Table and row. */
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
      /** Other customers whom it concerns; see /customers. */
      readonly others: {
        readonly customers: number;
        readonly exposure: number | null;
      } | null;
      /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
      readonly circle?: "group" | "identity";
      /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
      readonly proposal: {
        readonly file: string;
        readonly path: string;
        readonly value: { readonly [name: string]: unknown };
      } | null;
    };
  };
  readonly lastSeen: {
    /** Of the rating, or of the look at signals. */
    readonly ratingId: string;
    readonly level: "watch" | "warning" | "critical";
    /** At stake, in major units; null: not known. */
    readonly exposure: number | null;
    /** Null: never scored. */
    readonly pd: number | null;
    readonly grade: string | null;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What a look at signals saw; absent where a rating showed the trigger. */
    readonly signals?: {
      /** Nothing that was learned later counts. */
      readonly asOf: string;
      readonly snapshotId: string;
      /** Hash of the tables. */
      readonly rules: string;
      /** Table and row. */
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
      /** Other customers whom it concerns; see /customers. */
      readonly others: {
        readonly customers: number;
        readonly exposure: number | null;
      } | null;
      /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
      readonly circle?: "group" | "identity";
      /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
      readonly proposal: {
        readonly file: string;
        readonly path: string;
        readonly value: { readonly [name: string]: unknown };
      } | null;
    };
  };
  readonly sightings: number;
  /** When the trigger was gone; null: it stands. */
  readonly ceasedAt: string | null;
  /** ISO 8601, UTC */
  readonly openedAt: string;
  readonly state: "open" | "acknowledged" | "snoozed" | "closed";
  readonly step: number;
  /** The lowest role that acts on it now. */
  readonly role: "viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin";
  readonly owner: string | null;
  readonly deputy: string | null;
  /** ISO 8601, UTC */
  readonly acknowledgeBy: string;
  readonly acknowledgedAt: string | null;
  /** ISO 8601, UTC */
  readonly closeBy: string;
  readonly snoozedUntil: string | null;
  readonly escalations: number;
  readonly ignored: boolean;
  readonly measures: readonly ({
    readonly measureId: string;
    readonly code: string;
    readonly by: "erp" | "person";
    /** approved and undoing wait to be carried out, and to be confirmed. */
    readonly state: "proposed" | "rejected" | "approved" | "confirmed" | "failed" | "undoing" | "undone";
    /** policy, or who. */
    readonly proposedBy: string;
    readonly approvedBy: string | null;
    readonly dueBy: string | null;
    /** ISO 8601, UTC */
    readonly since: string;
    readonly reason: string | null;
    /** How many times it was to be undone; absent: never. */
    readonly undoings?: number;
  })[];
  /** How it ends once the countermeasures that stand until it is closed are undone; absent or null: it is not being closed. */
  readonly closing?: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
  readonly outcome: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
  readonly closedAt: string | null;
  /** Standing warnings of the customer, its group, those with equal identity data, and its industry; at most 50. */
  readonly related: readonly ({
    readonly warningId: string;
    readonly customerId: string;
    readonly code: string;
    readonly level: "watch" | "warning" | "critical";
    readonly because: "customer" | "group" | "identity" | "industry";
  })[];
  readonly events: readonly ({
    readonly revision: number;
    /** ISO 8601, UTC */
    readonly at: string;
    readonly kind: string;
    /** Null: the clock, or a rating. */
    readonly actor: string | null;
    readonly measure: string | null;
    readonly measureId: string | null;
    readonly owner: string | null;
    readonly until: string | null;
    readonly outcome: string | null;
    readonly reason: string | null;
    readonly ratingId: string | null;
  })[];
};

export type ControlReport = {
  /** SHA-256 of the report. */
  readonly reportId: string;
  readonly format: "probity.control/1";
  /** ISO 8601, UTC */
  readonly from: string;
  /** ISO 8601, UTC */
  readonly until: string;
  /** ISO 8601, UTC */
  readonly asOf: string;
  readonly policy: string;
  /** Customers below which nothing is concluded. */
  readonly minimumSample: number;
  /** Of the intervals. */
  readonly level: number;
  readonly outcomes: {
    readonly knownUntil: string | null;
    readonly why: string | null;
  };
  readonly teams: readonly ({
    /** rest: all who are in no team. */
    readonly team: string;
    /** Reviews due in the period that were not closed when they were due. */
    readonly reviewsOverdue: {
      readonly count: number;
      readonly of: number;
      /** Clustered by customer; null: there are none. */
      readonly actual: {
        readonly value: number;
        readonly low: number;
        readonly high: number;
        readonly rows: number;
        readonly customers: number;
        readonly effectiveRows: number;
      } | null;
      readonly target: number;
      /** Met or missed where the whole interval lies on one side of the target. */
      readonly verdict: "met" | "missed" | "not-shown" | "too-few";
    };
    /** Warnings of which no deadline passed. */
    readonly warningsInTime: {
      readonly count: number;
      readonly of: number;
      /** Clustered by customer; null: there are none. */
      readonly actual: {
        readonly value: number;
        readonly low: number;
        readonly high: number;
        readonly rows: number;
        readonly customers: number;
        readonly effectiveRows: number;
      } | null;
      readonly target: number;
      /** Met or missed where the whole interval lies on one side of the target. */
      readonly verdict: "met" | "missed" | "not-shown" | "too-few";
    };
    readonly overrides: {
      readonly count: number;
      readonly lent: {
        readonly count: number;
        /** Of which the outcome is known. */
        readonly known: number;
        /** Mean PD of those known. */
        readonly expectedRate: number | null;
        readonly defaultRate: {
          readonly value: number;
          readonly low: number;
          readonly high: number;
          readonly rows: number;
          readonly customers: number;
          readonly effectiveRows: number;
        } | null;
        /** Less the default rate of those approved without override; null: too few customers on a side. */
        readonly againstOwn: {
          readonly value: number;
          readonly low: number;
          readonly high: number;
        } | null;
        /** Of a decision; the model’s own would have earned 0. */
        readonly profit: {
          readonly mean: number;
          /** Null: one customer alone tells no interval. */
          readonly standardError: number | null;
          /** Null: one customer alone tells no interval. */
          readonly low: number | null;
          /** Null: one customer alone tells no interval. */
          readonly high: number | null;
          /** Null: one customer alone tells no interval. */
          readonly pValue: number | null;
        } | null;
        readonly verdict: "too-few" | "better-than-model" | "worse-than-model" | "no-difference-shown";
      };
    };
  })[];
};

export type ControlReportPage = {
  readonly items: readonly ({
    readonly reportId: string;
    /** ISO 8601, UTC */
    readonly from: string;
    /** ISO 8601, UTC */
    readonly until: string;
    /** ISO 8601, UTC */
    readonly madeAt: string;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type NewControlReport = {
  /** The first instant that counts. */
  readonly from: string;
  /** The first instant that does not count any more. */
  readonly to: string;
};

export type CustomerReport = {
  /** SHA-256 of the report. */
  readonly reportId: string;
  readonly format: "probity.customer-report/1";
  readonly customerId: string;
  /** ISO 8601, UTC */
  readonly asOf: string;
  readonly rating: {
    readonly ratingId: string;
    /** ISO 8601, UTC */
    readonly at: string;
    readonly pd: number;
    readonly score: number;
    readonly grade: string;
    readonly outcome: string;
    /** Major units. */
    readonly limit: number;
    readonly currency: string;
    readonly validUntil: string;
    readonly segment: string | null;
    readonly exposures: readonly ({
      readonly name: string;
      readonly amount: number;
    })[];
    readonly class: "high" | "middle" | "low" | null;
    /** Its validity had ended: it supports no limit. Absent: it stood. */
    readonly expired?: true;
  };
  /** Major units; null: not known. */
  readonly exposure: number | null;
  /** PD · LGD · exposure at default. */
  readonly expectedLoss: number | null;
  /** 10,000 · expected loss / exposure. */
  readonly riskIndex: number | null;
  /** By kind, the largest first. */
  readonly topExposures: readonly ({
    readonly name: string;
    readonly amount: number;
  })[];
  /** Decisions, newest first. */
  readonly history: readonly ({
    readonly ratingId: string;
    /** ISO 8601, UTC */
    readonly at: string;
    readonly pd: number;
    readonly score: number;
    readonly grade: string;
    readonly outcome: string;
    /** Major units. */
    readonly limit: number;
  })[];
  /** Steps between decisions that follow each other. */
  readonly migration: {
    readonly worse: number;
    readonly better: number;
  };
  /** Shares of the decisions in each class. */
  readonly classShares: readonly ({
    readonly name: "high" | "middle" | "low";
    readonly share: number;
  })[];
  readonly openWarnings: readonly ({
    readonly warningId: string;
    readonly code: string;
    readonly level: "watch" | "warning" | "critical";
    readonly state: "open" | "acknowledged" | "snoozed" | "closed";
    /** ISO 8601, UTC */
    readonly openedAt: string;
    readonly owner: string | null;
    /** ISO 8601, UTC */
    readonly closeBy: string;
    readonly measures: readonly ({
      readonly code: string;
      readonly state: string;
    })[];
    /** How many customers of a group or a ring share it; absent: it is of this one alone. */
    readonly sharedBy?: number;
  })[];
  /** Now less then, since the last report; null: there is none. */
  readonly change: {
    readonly reportId: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
    readonly gradeBefore: string;
    readonly pd: number;
    readonly exposure: number | null;
    readonly expectedLoss: number | null;
    readonly riskIndex: number | null;
    readonly openWarnings: number;
  } | null;
};

export type CustomerReportEntry = {
  /** SHA-256 of the report. */
  readonly reportId: string;
  /** ISO 8601, UTC */
  readonly asOf: string;
};

export type CustomerReportPage = {
  readonly items: readonly ({
    /** SHA-256 of the report. */
    readonly reportId: string;
    /** ISO 8601, UTC */
    readonly asOf: string;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type InboxPage = {
  readonly items: readonly ({
    readonly alertId: string;
    readonly kind: "warning" | "monitoring" | "report" | "reconciliation" | "webhook" | "dispute" | "case" | "review";
    readonly cause: "raised" | "escalated" | "woken" | "assigned" | "approval-needed" | "measure-failed" | "alarm" | "report" | "left" | "given-up" | "due-soon" | "overdue";
    /** Id of the warning, alarm, report, dispute, case or review. */
    readonly about: string;
    readonly level: "watch" | "warning" | "critical";
    readonly customerId: string | null;
    readonly to: {
      readonly kind: "person" | "role";
      readonly name: string;
    };
    /** Who could not be reached before; null: nobody. */
    readonly insteadOf: string | null;
    /** Of the warning or alarm, or which report. */
    readonly code: string;
    readonly exposure: number | null;
    readonly dueBy: string | null;
    /** Codes of the catalogue of countermeasures. */
    readonly measures: readonly (string)[];
    /** ISO 8601, UTC */
    readonly at: string;
    /** When who asks marked it as read; null: not yet. */
    readonly readAt: string | null;
    /** Since when what it tells is settled, or another’s turn: it counts as read. Null: it stands. */
    readonly endedAt: string | null;
    readonly subject: string;
    readonly text: string;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type InboxCount = {
  readonly unread: number;
};

export type ReadInbox = {
  readonly alertIds: readonly (string)[];
};

export type WarningPage = {
  readonly items: readonly ({
    readonly warningId: string;
    /** Of an industry: industry:CODE. Of a group a head of it, of equal identity data who was seen first. */
    readonly customerId: string;
    readonly segment: string | null;
    /** What raised it, as the rules name it. */
    readonly code: string;
    readonly level: "watch" | "warning" | "critical";
    readonly exposure: number | null;
    readonly raisedBy: {
      /** Of the rating, or of the look at signals. */
      readonly ratingId: string;
      readonly level: "watch" | "warning" | "critical";
      /** At stake, in major units; null: not known. */
      readonly exposure: number | null;
      /** Null: never scored. */
      readonly pd: number | null;
      readonly grade: string | null;
      /** ISO 8601, UTC */
      readonly at: string;
      /** What a look at signals saw; absent where a rating showed the trigger. */
      readonly signals?: {
        /** Nothing that was learned later counts. */
        readonly asOf: string;
        readonly snapshotId: string;
        /** Hash of the tables. */
        readonly rules: string;
        /** Table and row. */
        readonly rows: readonly (string)[];
        readonly values: { readonly [name: string]: number };
        readonly facts: readonly ({
          /** The signal that it speaks for. */
          readonly topic: string;
          readonly table: string;
          readonly key: string;
          readonly on: string | null;
          readonly amount: number | null;
        })[];
        /** Other customers whom it concerns; see /customers. */
        readonly others: {
          readonly customers: number;
          readonly exposure: number | null;
        } | null;
        /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
        readonly circle?: "group" | "identity";
        /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
        readonly proposal: {
          readonly file: string;
          readonly path: string;
          readonly value: { readonly [name: string]: unknown };
        } | null;
      };
    };
    readonly lastSeen: {
      /** Of the rating, or of the look at signals. */
      readonly ratingId: string;
      readonly level: "watch" | "warning" | "critical";
      /** At stake, in major units; null: not known. */
      readonly exposure: number | null;
      /** Null: never scored. */
      readonly pd: number | null;
      readonly grade: string | null;
      /** ISO 8601, UTC */
      readonly at: string;
      /** What a look at signals saw; absent where a rating showed the trigger. */
      readonly signals?: {
        /** Nothing that was learned later counts. */
        readonly asOf: string;
        readonly snapshotId: string;
        /** Hash of the tables. */
        readonly rules: string;
        /** Table and row. */
        readonly rows: readonly (string)[];
        readonly values: { readonly [name: string]: number };
        readonly facts: readonly ({
          /** The signal that it speaks for. */
          readonly topic: string;
          readonly table: string;
          readonly key: string;
          readonly on: string | null;
          readonly amount: number | null;
        })[];
        /** Other customers whom it concerns; see /customers. */
        readonly others: {
          readonly customers: number;
          readonly exposure: number | null;
        } | null;
        /** Of all customers of a group, or of those with equal identity data, together; absent: of one alone. */
        readonly circle?: "group" | "identity";
        /** A change of policy that a person may propose as it stands: the value is to stand at the path. */
        readonly proposal: {
          readonly file: string;
          readonly path: string;
          readonly value: { readonly [name: string]: unknown };
        } | null;
      };
    };
    readonly sightings: number;
    /** When the trigger was gone; null: it stands. */
    readonly ceasedAt: string | null;
    /** ISO 8601, UTC */
    readonly openedAt: string;
    readonly state: "open" | "acknowledged" | "snoozed" | "closed";
    readonly step: number;
    /** The lowest role that acts on it now. */
    readonly role: "viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin";
    readonly owner: string | null;
    readonly deputy: string | null;
    /** ISO 8601, UTC */
    readonly acknowledgeBy: string;
    readonly acknowledgedAt: string | null;
    /** ISO 8601, UTC */
    readonly closeBy: string;
    readonly snoozedUntil: string | null;
    readonly escalations: number;
    readonly ignored: boolean;
    readonly measures: readonly ({
      readonly measureId: string;
      readonly code: string;
      readonly by: "erp" | "person";
      /** approved and undoing wait to be carried out, and to be confirmed. */
      readonly state: "proposed" | "rejected" | "approved" | "confirmed" | "failed" | "undoing" | "undone";
      /** policy, or who. */
      readonly proposedBy: string;
      readonly approvedBy: string | null;
      readonly dueBy: string | null;
      /** ISO 8601, UTC */
      readonly since: string;
      readonly reason: string | null;
      /** How many times it was to be undone; absent: never. */
      readonly undoings?: number;
    })[];
    /** How it ends once the countermeasures that stand until it is closed are undone; absent or null: it is not being closed. */
    readonly closing?: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
    readonly outcome: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased" | null;
    readonly closedAt: string | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type WarningWords = {
  readonly codes: { readonly [name: string]: {
    readonly en: string;
    readonly "zh-CN": string;
  } };
  readonly signals: { readonly [name: string]: {
    readonly en: string;
    readonly "zh-CN": string;
    readonly unit: string;
  } };
};

export type WarningCustomerPage = {
  readonly items: readonly ({
    readonly customerId: string;
    readonly kind: "group" | "identity" | "industry";
    readonly exposure: number | null;
    /** What its own signals show, where the warning is of all of a group, or of equal identity data. */
    readonly seen: {
      readonly level: "watch" | "warning" | "critical";
      readonly rows: readonly (string)[];
      readonly values: { readonly [name: string]: number };
      readonly facts: readonly ({
        /** The signal that it speaks for. */
        readonly topic: string;
        readonly table: string;
        readonly key: string;
        readonly on: string | null;
        readonly amount: number | null;
      })[];
    } | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type WarningEvent = {
  readonly kind: "acknowledge" | "assign" | "propose" | "approve" | "reject" | "confirm" | "fail" | "undo" | "snooze" | "close";
  /** With assign. */
  readonly owner?: string;
  /** A code of the catalogue; with propose. */
  readonly measure?: string;
  /** With approve, reject, confirm, fail and undo. */
  readonly measureId?: string;
  /** ISO 8601; with snooze. */
  readonly until?: string;
  /** With close. */
  readonly outcome?: "paid" | "agreed" | "secured" | "false-alarm" | "defaulted" | "ceased";
  /** With propose, reject, fail, undo, snooze and close: why, for the record. */
  readonly reason?: string;
};

export type WarningHandling = {
  readonly name: string;
  readonly version: number;
  readonly levels: {
    readonly watch: {
      readonly label: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly acknowledgeHours: number;
      readonly closeDays: number;
    };
    readonly warning: {
      readonly label: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly acknowledgeHours: number;
      readonly closeDays: number;
    };
    readonly critical: {
      readonly label: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly acknowledgeHours: number;
      readonly closeDays: number;
    };
  };
  readonly ladder: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
  readonly escalationHours: number;
  readonly snoozeDays: number;
  readonly ceasedCloses: boolean;
  readonly measures: readonly ({
    readonly code: string;
    readonly label: {
      readonly en: string;
      readonly "zh-CN": string;
    };
    readonly text: {
      readonly en: string;
      readonly "zh-CN": string;
    };
    readonly by: "erp" | "person";
    readonly automaticUpTo: number | null;
    readonly approval: "viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin";
    readonly dueDays: number;
    readonly undoable: boolean;
    readonly untilClosed: boolean;
  })[];
  readonly responses: readonly ({
    readonly warning: string | null;
    readonly from: "watch" | "warning" | "critical" | null;
    readonly measures: readonly (string)[];
  })[];
  readonly staff: readonly ({
    readonly segment: string | null;
    readonly owner: string;
    readonly deputy: string | null;
  })[];
};

export type DecisionTimes = {
  /** ISO 8601, UTC */
  readonly from: string;
  /** ISO 8601, UTC */
  readonly to: string;
  /** Ratings that somebody asked for. */
  readonly decisions: number;
  /** Ratings again for reviews and disputes, which are no decisions of their own. */
  readonly rerated: number;
  /** Decided without a person. */
  readonly automatic: number;
  readonly automaticShare: number | null;
  readonly decidedCases: number;
  readonly openCases: number;
  /** From opening to decision. */
  readonly medianHours: number | null;
  readonly p90Hours: number | null;
  /** Share of decided cases that met their first deadline. */
  readonly inTimeShare: number | null;
};

export type NewOverride = {
  /** The outcome in the place of the decision’s. */
  readonly to: "approve" | "condition" | "decline";
  /** What may be drawn, in major units of the decision’s currency; towards a better outcome only. */
  readonly amount?: string;
  /** A reason of the override policy (overrides.json). */
  readonly reasonCode: string;
  /** What was seen, where the reason needs a note. */
  readonly note?: string;
  /** Until when it stands; within the policy’s days and the rating’s validity. */
  readonly expiresAt: string;
};

export type OverrideEvent = {
  /** A second person confirms or refuses what waits for one; what is in force is revoked. */
  readonly kind: "confirm" | "refuse" | "revoke";
  /** With refuse and revoke: why, for the record. */
  readonly reason?: string;
};

export type OverrideStep = {
  readonly ratingId: string;
  readonly revision: number;
  /** Where the step stands in the audit chain. */
  readonly receipt: {
    /** Place in the audit chain. */
    readonly sequence: number;
    readonly hash: string;
    /** When it was recorded, ISO 8601, UTC. */
    readonly at: string;
  };
  /** After this step, now. */
  readonly inForce: boolean;
  /** Null: erased with the customer. */
  readonly override: {
    readonly ratingId: string;
    readonly from: "approve" | "condition" | "refer" | "decline";
    readonly to: "approve" | "condition" | "decline";
    readonly amount: string | null;
    /** What is at stake, with what is owed, in major units. */
    readonly exposure: number | null;
    /** The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none. */
    readonly together?: number;
    readonly reasonCode: string;
    readonly reason: {
      readonly en: string;
      readonly "zh-CN": string;
    };
    readonly note: string | null;
    /** Who asked for the rating: takes no part. */
    readonly requestedBy: string;
    /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part. */
    readonly onBehalfOf?: readonly (string)[];
    readonly proposedBy: string;
    /** ISO 8601, UTC */
    readonly proposedAt: string;
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    readonly state: "second" | "stands" | "refused" | "revoked";
    readonly opinions: readonly ({
      readonly actor: string;
      readonly agrees: boolean;
      readonly reason: string | null;
      /** ISO 8601, UTC */
      readonly at: string;
    })[];
    readonly stoodFrom: string | null;
    readonly closedAt: string | null;
    readonly under: {
      readonly policy: string;
      readonly authority: string;
    };
    /** Where it is the verdict of a case: what that set. It is revoked as an override is. */
    readonly verdict?: {
      readonly caseId: string;
      readonly causes: readonly (string)[];
      /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
      readonly reasons: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly asRated?: true;
      })[];
      readonly conditions: readonly ({
        readonly code: string;
        readonly text: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
      })[];
      /** Null: those of the rating. */
      readonly terms: {
        readonly days: number;
        readonly prepayment: number;
        readonly guaranteeNeeded: boolean;
      } | null;
      /** The limit in total: what is owed already and the amount; 0 where it declines. */
      readonly limit: string;
    };
    /** Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people. */
    readonly review?: {
      readonly reviewId: string;
      readonly conclusion: "lower" | "end";
      readonly limit: string;
    };
    /** Beside the sign-off of a review: what a person decided of the same rating, which goes on. A revocation is of it, while it stands. */
    readonly over?: {
      readonly ratingId: string;
      readonly from: "approve" | "condition" | "refer" | "decline";
      readonly to: "approve" | "condition" | "decline";
      readonly amount: string | null;
      /** What is at stake, with what is owed, in major units. */
      readonly exposure: number | null;
      /** The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none. */
      readonly together?: number;
      readonly reasonCode: string;
      readonly reason: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly note: string | null;
      /** Who asked for the rating: takes no part. */
      readonly requestedBy: string;
      /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part. */
      readonly onBehalfOf?: readonly (string)[];
      readonly proposedBy: string;
      /** ISO 8601, UTC */
      readonly proposedAt: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      readonly state: "second" | "stands" | "refused" | "revoked";
      readonly opinions: readonly ({
        readonly actor: string;
        readonly agrees: boolean;
        readonly reason: string | null;
        /** ISO 8601, UTC */
        readonly at: string;
      })[];
      readonly stoodFrom: string | null;
      readonly closedAt: string | null;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
      /** Where it is the verdict of a case: what that set. It is revoked as an override is. */
      readonly verdict?: {
        readonly caseId: string;
        readonly causes: readonly (string)[];
        /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
        readonly reasons: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly asRated?: true;
        })[];
        readonly conditions: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly note: string | null;
        })[];
        /** Null: those of the rating. */
        readonly terms: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        } | null;
        /** The limit in total: what is owed already and the amount; 0 where it declines. */
        readonly limit: string;
      };
      /** Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people. */
      readonly review?: {
        readonly reviewId: string;
        readonly conclusion: "lower" | "end";
        readonly limit: string;
      };
    };
  } | null;
};

export type OverrideSteps = {
  readonly items: readonly ({
    readonly ratingId: string;
    readonly revision: number;
    /** Where the step stands in the audit chain. */
    readonly receipt: {
      /** Place in the audit chain. */
      readonly sequence: number;
      readonly hash: string;
      /** When it was recorded, ISO 8601, UTC. */
      readonly at: string;
    };
    /** After this step, now. */
    readonly inForce: boolean;
    /** Null: erased with the customer. */
    readonly override: {
      readonly ratingId: string;
      readonly from: "approve" | "condition" | "refer" | "decline";
      readonly to: "approve" | "condition" | "decline";
      readonly amount: string | null;
      /** What is at stake, with what is owed, in major units. */
      readonly exposure: number | null;
      /** The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none. */
      readonly together?: number;
      readonly reasonCode: string;
      readonly reason: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly note: string | null;
      /** Who asked for the rating: takes no part. */
      readonly requestedBy: string;
      /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part. */
      readonly onBehalfOf?: readonly (string)[];
      readonly proposedBy: string;
      /** ISO 8601, UTC */
      readonly proposedAt: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      readonly state: "second" | "stands" | "refused" | "revoked";
      readonly opinions: readonly ({
        readonly actor: string;
        readonly agrees: boolean;
        readonly reason: string | null;
        /** ISO 8601, UTC */
        readonly at: string;
      })[];
      readonly stoodFrom: string | null;
      readonly closedAt: string | null;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
      /** Where it is the verdict of a case: what that set. It is revoked as an override is. */
      readonly verdict?: {
        readonly caseId: string;
        readonly causes: readonly (string)[];
        /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
        readonly reasons: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly asRated?: true;
        })[];
        readonly conditions: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly note: string | null;
        })[];
        /** Null: those of the rating. */
        readonly terms: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        } | null;
        /** The limit in total: what is owed already and the amount; 0 where it declines. */
        readonly limit: string;
      };
      /** Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people. */
      readonly review?: {
        readonly reviewId: string;
        readonly conclusion: "lower" | "end";
        readonly limit: string;
      };
      /** Beside the sign-off of a review: what a person decided of the same rating, which goes on. A revocation is of it, while it stands. */
      readonly over?: {
        readonly ratingId: string;
        readonly from: "approve" | "condition" | "refer" | "decline";
        readonly to: "approve" | "condition" | "decline";
        readonly amount: string | null;
        /** What is at stake, with what is owed, in major units. */
        readonly exposure: number | null;
        /** The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none. */
        readonly together?: number;
        readonly reasonCode: string;
        readonly reason: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
        /** Who asked for the rating: takes no part. */
        readonly requestedBy: string;
        /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part. */
        readonly onBehalfOf?: readonly (string)[];
        readonly proposedBy: string;
        /** ISO 8601, UTC */
        readonly proposedAt: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        readonly state: "second" | "stands" | "refused" | "revoked";
        readonly opinions: readonly ({
          readonly actor: string;
          readonly agrees: boolean;
          readonly reason: string | null;
          /** ISO 8601, UTC */
          readonly at: string;
        })[];
        readonly stoodFrom: string | null;
        readonly closedAt: string | null;
        readonly under: {
          readonly policy: string;
          readonly authority: string;
        };
        /** Where it is the verdict of a case: what that set. It is revoked as an override is. */
        readonly verdict?: {
          readonly caseId: string;
          readonly causes: readonly (string)[];
          /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
          readonly reasons: readonly ({
            readonly code: string;
            readonly text: {
              readonly en: string;
              readonly "zh-CN": string;
            };
            readonly asRated?: true;
          })[];
          readonly conditions: readonly ({
            readonly code: string;
            readonly text: {
              readonly en: string;
              readonly "zh-CN": string;
            };
            readonly note: string | null;
          })[];
          /** Null: those of the rating. */
          readonly terms: {
            readonly days: number;
            readonly prepayment: number;
            readonly guaranteeNeeded: boolean;
          } | null;
          /** The limit in total: what is owed already and the amount; 0 where it declines. */
          readonly limit: string;
        };
        /** Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people. */
        readonly review?: {
          readonly reviewId: string;
          readonly conclusion: "lower" | "end";
          readonly limit: string;
        };
      };
    } | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type OverridePage = {
  readonly items: readonly ({
    readonly ratingId: string;
    readonly revision: number;
    /** Where the step stands in the audit chain. */
    readonly receipt: {
      /** Place in the audit chain. */
      readonly sequence: number;
      readonly hash: string;
      /** When it was recorded, ISO 8601, UTC. */
      readonly at: string;
    };
    /** After this step, now. */
    readonly inForce: boolean;
    /** Null: erased with the customer. */
    readonly override: {
      readonly ratingId: string;
      readonly from: "approve" | "condition" | "refer" | "decline";
      readonly to: "approve" | "condition" | "decline";
      readonly amount: string | null;
      /** What is at stake, with what is owed, in major units. */
      readonly exposure: number | null;
      /** The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none. */
      readonly together?: number;
      readonly reasonCode: string;
      readonly reason: {
        readonly en: string;
        readonly "zh-CN": string;
      };
      readonly note: string | null;
      /** Who asked for the rating: takes no part. */
      readonly requestedBy: string;
      /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part. */
      readonly onBehalfOf?: readonly (string)[];
      readonly proposedBy: string;
      /** ISO 8601, UTC */
      readonly proposedAt: string;
      /** ISO 8601, UTC */
      readonly expiresAt: string;
      readonly state: "second" | "stands" | "refused" | "revoked";
      readonly opinions: readonly ({
        readonly actor: string;
        readonly agrees: boolean;
        readonly reason: string | null;
        /** ISO 8601, UTC */
        readonly at: string;
      })[];
      readonly stoodFrom: string | null;
      readonly closedAt: string | null;
      readonly under: {
        readonly policy: string;
        readonly authority: string;
      };
      /** Where it is the verdict of a case: what that set. It is revoked as an override is. */
      readonly verdict?: {
        readonly caseId: string;
        readonly causes: readonly (string)[];
        /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
        readonly reasons: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly asRated?: true;
        })[];
        readonly conditions: readonly ({
          readonly code: string;
          readonly text: {
            readonly en: string;
            readonly "zh-CN": string;
          };
          readonly note: string | null;
        })[];
        /** Null: those of the rating. */
        readonly terms: {
          readonly days: number;
          readonly prepayment: number;
          readonly guaranteeNeeded: boolean;
        } | null;
        /** The limit in total: what is owed already and the amount; 0 where it declines. */
        readonly limit: string;
      };
      /** Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people. */
      readonly review?: {
        readonly reviewId: string;
        readonly conclusion: "lower" | "end";
        readonly limit: string;
      };
      /** Beside the sign-off of a review: what a person decided of the same rating, which goes on. A revocation is of it, while it stands. */
      readonly over?: {
        readonly ratingId: string;
        readonly from: "approve" | "condition" | "refer" | "decline";
        readonly to: "approve" | "condition" | "decline";
        readonly amount: string | null;
        /** What is at stake, with what is owed, in major units. */
        readonly exposure: number | null;
        /** The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none. */
        readonly together?: number;
        readonly reasonCode: string;
        readonly reason: {
          readonly en: string;
          readonly "zh-CN": string;
        };
        readonly note: string | null;
        /** Who asked for the rating: takes no part. */
        readonly requestedBy: string;
        /** Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part. */
        readonly onBehalfOf?: readonly (string)[];
        readonly proposedBy: string;
        /** ISO 8601, UTC */
        readonly proposedAt: string;
        /** ISO 8601, UTC */
        readonly expiresAt: string;
        readonly state: "second" | "stands" | "refused" | "revoked";
        readonly opinions: readonly ({
          readonly actor: string;
          readonly agrees: boolean;
          readonly reason: string | null;
          /** ISO 8601, UTC */
          readonly at: string;
        })[];
        readonly stoodFrom: string | null;
        readonly closedAt: string | null;
        readonly under: {
          readonly policy: string;
          readonly authority: string;
        };
        /** Where it is the verdict of a case: what that set. It is revoked as an override is. */
        readonly verdict?: {
          readonly caseId: string;
          readonly causes: readonly (string)[];
          /** Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text. */
          readonly reasons: readonly ({
            readonly code: string;
            readonly text: {
              readonly en: string;
              readonly "zh-CN": string;
            };
            readonly asRated?: true;
          })[];
          readonly conditions: readonly ({
            readonly code: string;
            readonly text: {
              readonly en: string;
              readonly "zh-CN": string;
            };
            readonly note: string | null;
          })[];
          /** Null: those of the rating. */
          readonly terms: {
            readonly days: number;
            readonly prepayment: number;
            readonly guaranteeNeeded: boolean;
          } | null;
          /** The limit in total: what is owed already and the amount; 0 where it declines. */
          readonly limit: string;
        };
        /** Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people. */
        readonly review?: {
          readonly reviewId: string;
          readonly conclusion: "lower" | "end";
          readonly limit: string;
        };
      };
    } | null;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type WarningReview = {
  readonly period: {
    /** ISO 8601, UTC */
    readonly from: string;
    /** ISO 8601, UTC */
    readonly until: string;
  };
  /** Until when outcomes are known; null with the reason where they were not read. */
  readonly outcomes: {
    readonly knownUntil: string | null;
    readonly why?: string;
  };
  /** Customers without a warning whose outcome is known: the base rate is theirs. */
  readonly unwarned: number;
  /** Intervals of 95 %, clustered by customer. */
  readonly rules: readonly ({
    readonly code: string;
    readonly raised: number;
    /** Of which the outcome is known. */
    readonly known: number;
    /** Share that defaulted within the horizon; of warnings without a countermeasure where they are enough. */
    readonly precision: {
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly rows: number;
      readonly customers: number;
      readonly effectiveRows: number;
    } | null;
    /** Days from warning to default, with an interval of the median; null bounds: of too few customers. */
    readonly leadDays: {
      readonly q1: number;
      readonly median: number;
      readonly q3: number;
      readonly low: number | null;
      readonly high: number | null;
      readonly rows: number;
      readonly customers: number;
    } | null;
    /** Share that somebody let lie beyond a deadline. */
    readonly ignored: {
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly rows: number;
      readonly customers: number;
      readonly effectiveRows: number;
    };
    /** Default rate with a countermeasure less that without: no causal effect. */
    readonly withMeasures: {
      readonly treated: number;
      readonly untreated: number;
      readonly treatedCustomers: number;
      readonly untreatedCustomers: number;
      /** Customers with warnings on both sides. */
      readonly shared: number;
      /** Null: too few customers on a side. */
      readonly difference: {
        readonly value: number;
        readonly low: number;
        readonly high: number;
      } | null;
    } | null;
    readonly verdict: "helps" | "never-helps" | "no-difference-shown" | "too-few";
  })[];
  /** Codes whose precision is, provably, no better than the base rate. */
  readonly neverHelp: readonly (string)[];
  readonly baseRate: number | null;
  /** Customers below which nothing is concluded. */
  readonly minimumSample: number;
};

export type OverrideReport = {
  /** ISO 8601, UTC */
  readonly from: string;
  /** ISO 8601, UTC */
  readonly until: string;
  readonly currency: string | null;
  readonly decisions: number;
  /** Overrides on them that ever stood. */
  readonly overridden: number;
  readonly standing: number;
  /** Refused, or not confirmed. */
  readonly neverStood: number;
  /** Until when outcomes are known; null with the reason where they were not read. */
  readonly outcomes: {
    readonly knownUntil: string | null;
    readonly why?: string;
  };
  readonly leftOut: {
    readonly erased: number;
    readonly withoutDecision: number;
    readonly otherCurrency: number;
  };
  /** Credit given against the decision. */
  readonly lent: {
    readonly count: number;
    /** Of which the outcome is known. */
    readonly known: number;
    /** Mean PD of those known. */
    readonly expectedRate: number | null;
    readonly defaultRate: {
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly rows: number;
      readonly customers: number;
      readonly effectiveRows: number;
    } | null;
    /** Less the default rate of those approved without override; null: too few customers on a side. */
    readonly againstOwn: {
      readonly value: number;
      readonly low: number;
      readonly high: number;
    } | null;
    /** Of a decision; the model’s own would have earned 0. */
    readonly profit: {
      readonly mean: number;
      /** Null: one customer alone tells no interval. */
      readonly standardError: number | null;
      /** Null: one customer alone tells no interval. */
      readonly low: number | null;
      /** Null: one customer alone tells no interval. */
      readonly high: number | null;
      /** Null: one customer alone tells no interval. */
      readonly pValue: number | null;
    } | null;
    readonly verdict: "too-few" | "better-than-model" | "worse-than-model" | "no-difference-shown";
  };
  /** Credit refused against the decision: no outcome can be known, profit forgone is bounded. */
  readonly refused: {
    readonly count: number;
    readonly expectedRate: number | null;
    readonly forgone: {
      readonly ifAllBad: number;
      readonly byPd: number;
      readonly ifAllGood: number;
    };
  };
  readonly conditionsOnly: number;
  /** Default rate of those approved and not overridden. */
  readonly own: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly rows: number;
    readonly customers: number;
    readonly effectiveRows: number;
  } | null;
  readonly byReason: readonly ({
    readonly reasonCode: string;
    readonly count: number;
    /** Of which the outcome is known. */
    readonly known: number;
    /** Mean PD of those known. */
    readonly expectedRate: number | null;
    readonly defaultRate: {
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly rows: number;
      readonly customers: number;
      readonly effectiveRows: number;
    } | null;
    /** Less the default rate of those approved without override; null: too few customers on a side. */
    readonly againstOwn: {
      readonly value: number;
      readonly low: number;
      readonly high: number;
    } | null;
    /** Of a decision; the model’s own would have earned 0. */
    readonly profit: {
      readonly mean: number;
      /** Null: one customer alone tells no interval. */
      readonly standardError: number | null;
      /** Null: one customer alone tells no interval. */
      readonly low: number | null;
      /** Null: one customer alone tells no interval. */
      readonly high: number | null;
      /** Null: one customer alone tells no interval. */
      readonly pValue: number | null;
    } | null;
    readonly verdict: "too-few" | "better-than-model" | "worse-than-model" | "no-difference-shown";
  })[];
};

export type NewNotice = {
  readonly language: "en" | "zh-CN";
  /** Whose law says what is to be told, and by when. */
  readonly jurisdiction: "US" | "CN" | "other";
  /** email: sent through the configured mail server; postal, handed-over: people do it and enter it. */
  readonly channel: "email" | "postal" | "handed-over";
  /** The contact of the credit file; default: the newest one of the channel’s kind. */
  readonly contactId?: string;
};

export type NoticeEvent = {
  readonly kind: "sent" | "delivered" | "bounced" | "replied";
  /** The reply, or a remark; sealed under the customer’s key. */
  readonly text?: string;
};

export type IssuedNotice = {
  readonly noticeId: string;
  readonly customerId: string;
  readonly ratingId: string;
  readonly channel: "email" | "postal" | "handed-over";
  readonly language: "en" | "zh-CN";
  readonly jurisdiction: "US" | "CN" | "other";
  readonly outcome: "approve" | "condition" | "refer" | "decline";
  readonly state: "issued" | "sent" | "delivered" | "bounced" | "replied";
  readonly revision: number;
  /** E-mails that a mail server did not take yet. */
  readonly attempts: number;
  /** ISO 8601, UTC */
  readonly issuedAt: string;
  /** ISO date by which the law wants the customer told (Regulation B: 30 days); null: it sets none. */
  readonly dueOn: string | null;
  /** Due before today, and not on its way. */
  readonly overdue: boolean;
  /** When an e-mail is tried next; null: nothing waits to be sent. */
  readonly nextAttemptAt: string | null;
  /** Where it goes; null: handed over, or erased. */
  readonly to: string | null;
  /** Null: erased with the customer. */
  readonly notice: {
    readonly language: "en" | "zh-CN";
    readonly jurisdiction: "US" | "CN" | "other";
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly opening: string;
    /** That the validity had ended when this was told. Absent: it stood. */
    readonly expired?: string;
    readonly reasons: readonly (string)[];
    readonly boundary: string;
    /** What holds where a person approved a referral: amount, conditions, terms. Absent: a person set nothing. */
    readonly conditions?: readonly (string)[];
    readonly advice: readonly (string)[];
    /** What the law asks to be told. */
    readonly rights: readonly (string)[];
  } | null;
  readonly letter: {
    readonly subject: string;
    readonly text: string;
  } | null;
  readonly events: readonly ({
    readonly revision: number;
    readonly kind: "issued" | "sent" | "deferred" | "delivered" | "bounced" | "replied";
    readonly actor: string;
    /** ISO 8601, UTC */
    readonly at: string;
    /** What the mail server answered. */
    readonly code: string | null;
    /** A reply, or a remark. */
    readonly text: string | null;
  })[];
};

export type IssuedNotices = {
  readonly items: readonly ({
    readonly noticeId: string;
    readonly customerId: string;
    readonly ratingId: string;
    readonly channel: "email" | "postal" | "handed-over";
    readonly language: "en" | "zh-CN";
    readonly jurisdiction: "US" | "CN" | "other";
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly state: "issued" | "sent" | "delivered" | "bounced" | "replied";
    readonly revision: number;
    /** E-mails that a mail server did not take yet. */
    readonly attempts: number;
    /** ISO 8601, UTC */
    readonly issuedAt: string;
    /** ISO date by which the law wants the customer told (Regulation B: 30 days); null: it sets none. */
    readonly dueOn: string | null;
    /** Due before today, and not on its way. */
    readonly overdue: boolean;
    /** When an e-mail is tried next; null: nothing waits to be sent. */
    readonly nextAttemptAt: string | null;
    /** Where it goes; null: handed over, or erased. */
    readonly to: string | null;
    /** Null: erased with the customer. */
    readonly notice: {
      readonly language: "en" | "zh-CN";
      readonly jurisdiction: "US" | "CN" | "other";
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly opening: string;
      /** That the validity had ended when this was told. Absent: it stood. */
      readonly expired?: string;
      readonly reasons: readonly (string)[];
      readonly boundary: string;
      /** What holds where a person approved a referral: amount, conditions, terms. Absent: a person set nothing. */
      readonly conditions?: readonly (string)[];
      readonly advice: readonly (string)[];
      /** What the law asks to be told. */
      readonly rights: readonly (string)[];
    } | null;
    readonly letter: {
      readonly subject: string;
      readonly text: string;
    } | null;
    readonly events: readonly ({
      readonly revision: number;
      readonly kind: "issued" | "sent" | "deferred" | "delivered" | "bounced" | "replied";
      readonly actor: string;
      /** ISO 8601, UTC */
      readonly at: string;
      /** What the mail server answered. */
      readonly code: string | null;
      /** A reply, or a remark. */
      readonly text: string | null;
    })[];
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type NewAgreement = {
  /** The customer’s rating whose advice is agreed on. */
  readonly ratingId: string;
  /** The target of the advice; default: the next better one. */
  readonly target?: string;
};

export type Agreement = {
  readonly agreementId: string;
  readonly customerId: string;
  /** The rating that the advice was given on. */
  readonly ratingId: string;
  /** ISO 8601, UTC */
  readonly agreedAt: string;
  readonly agreedBy: string;
  readonly target: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string | null;
  };
  readonly acts: readonly ({
    readonly act: string;
    readonly size: number | null;
    readonly due: string;
    /** What a later rating must show for the act to be done. */
    readonly measure: {
      readonly field: string;
      readonly to: number | string | boolean | null;
      readonly way: "at-most" | "at-least" | "equals";
    };
  })[];
  readonly texts: readonly ({
    readonly en: string;
    readonly "zh-CN": string;
  })[];
  /** ISO date: the last day of the last act. */
  readonly due: string;
  /** The decision that was advised on. */
  readonly before: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string;
    readonly pd: number;
    readonly score: number;
  };
  /** What would be decided once all is done, all else being equal. */
  readonly promised: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string;
    readonly pd: number;
    readonly score: number;
  };
  readonly state: "open" | "kept" | "missed" | "cancelled";
  readonly closedAt: string | null;
  readonly revision: number;
};

export type Agreements = {
  readonly items: readonly ({
    readonly agreementId: string;
    readonly customerId: string;
    /** The rating that the advice was given on. */
    readonly ratingId: string;
    /** ISO 8601, UTC */
    readonly agreedAt: string;
    readonly agreedBy: string;
    readonly target: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string | null;
    };
    readonly acts: readonly ({
      readonly act: string;
      readonly size: number | null;
      readonly due: string;
      /** What a later rating must show for the act to be done. */
      readonly measure: {
        readonly field: string;
        readonly to: number | string | boolean | null;
        readonly way: "at-most" | "at-least" | "equals";
      };
    })[];
    readonly texts: readonly ({
      readonly en: string;
      readonly "zh-CN": string;
    })[];
    /** ISO date: the last day of the last act. */
    readonly due: string;
    /** The decision that was advised on. */
    readonly before: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string;
      readonly pd: number;
      readonly score: number;
    };
    /** What would be decided once all is done, all else being equal. */
    readonly promised: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string;
      readonly pd: number;
      readonly score: number;
    };
    readonly state: "open" | "kept" | "missed" | "cancelled";
    readonly closedAt: string | null;
    readonly revision: number;
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type FollowedAgreement = {
  readonly agreementId: string;
  readonly customerId: string;
  /** The rating that the advice was given on. */
  readonly ratingId: string;
  /** ISO 8601, UTC */
  readonly agreedAt: string;
  readonly agreedBy: string;
  readonly target: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string | null;
  };
  readonly acts: readonly ({
    readonly act: string;
    readonly size: number | null;
    readonly due: string;
    /** What a later rating must show for the act to be done. */
    readonly measure: {
      readonly field: string;
      readonly to: number | string | boolean | null;
      readonly way: "at-most" | "at-least" | "equals";
    };
  })[];
  readonly texts: readonly ({
    readonly en: string;
    readonly "zh-CN": string;
  })[];
  /** ISO date: the last day of the last act. */
  readonly due: string;
  /** The decision that was advised on. */
  readonly before: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string;
    readonly pd: number;
    readonly score: number;
  };
  /** What would be decided once all is done, all else being equal. */
  readonly promised: {
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly grade: string;
    readonly pd: number;
    readonly score: number;
  };
  readonly state: "open" | "kept" | "missed" | "cancelled";
  readonly closedAt: string | null;
  readonly revision: number;
  readonly steps: readonly ({
    readonly revision: number;
    readonly state: "open" | "kept" | "missed" | "cancelled";
    readonly actor: string;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
  /** Later ratings, oldest first: what followed, not what the agreement caused. */
  readonly effects: readonly ({
    readonly ratingId: string;
    /** ISO 8601, UTC */
    readonly at: string;
    readonly result: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string;
      readonly pd: number;
      readonly score: number;
    };
    /** Won since the rating that was advised on. */
    readonly points: number;
    readonly shareOfPromise: number | null;
    readonly reachesPromise: boolean;
  })[];
};

export type AgreementReport = {
  /** ISO 8601, UTC */
  readonly from: string;
  /** ISO 8601, UTC */
  readonly until: string;
  readonly agreements: number;
  /** Open past their due day: not rated since. */
  readonly overdue: number;
  /** Of those kept or missed. */
  readonly keptShare: number | null;
  readonly groups: readonly ({
    readonly state: "open" | "kept" | "missed" | "cancelled";
    readonly count: number;
    /** Rated again since; the figures beside are of their newest ratings. */
    readonly rated: number;
    readonly meanPoints: number | null;
    readonly meanShareOfPromise: number | null;
    readonly reachedPromise: number;
  })[];
};

export type CreditFile = {
  readonly customerId: string;
  readonly erased: boolean;
  /** What the customer disputes, while it is undecided. */
  readonly disputed: readonly ({
    readonly disputeId: string;
    readonly about: {
      readonly kind: "fact";
      readonly table: string;
      readonly key: { readonly [name: string]: string };
    } | {
      readonly kind: "rating";
      readonly ratingId: string;
    } | {
      readonly kind: "entry";
      readonly entryKind: string;
      readonly entryId: string;
    };
    /** ISO 8601, UTC */
    readonly openedAt: string;
    /** ISO 8601, UTC */
    readonly deadline: string;
  })[];
  /** By kind and age; 200 at once unless `limit` says fewer. */
  readonly entries: readonly ({
    readonly customerId: string;
    readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note";
    readonly entryId: string;
    readonly version: number;
    /** ISO 8601, UTC */
    readonly happenedAt: string;
    /** ISO 8601, UTC */
    readonly knownFrom: string;
    /** Null: it stands. */
    readonly knownUntil: string | null;
    readonly removed: boolean;
    readonly actor: string;
    /** Null: the personal data were erased; `open` has the rest. */
    readonly body: { readonly [name: string]: unknown } | null;
    /** What is no personal data. */
    readonly open: { readonly [name: string]: unknown };
  })[];
  /** Send it as `cursor` for the next entries; null: there are no more. */
  readonly nextCursor: string | null;
  /** What the customer was told, the newest first, with replies. */
  readonly notices: readonly ({
    readonly noticeId: string;
    readonly customerId: string;
    readonly ratingId: string;
    readonly channel: "email" | "postal" | "handed-over";
    readonly language: "en" | "zh-CN";
    readonly jurisdiction: "US" | "CN" | "other";
    readonly outcome: "approve" | "condition" | "refer" | "decline";
    readonly state: "issued" | "sent" | "delivered" | "bounced" | "replied";
    readonly revision: number;
    /** E-mails that a mail server did not take yet. */
    readonly attempts: number;
    /** ISO 8601, UTC */
    readonly issuedAt: string;
    /** ISO date by which the law wants the customer told (Regulation B: 30 days); null: it sets none. */
    readonly dueOn: string | null;
    /** Due before today, and not on its way. */
    readonly overdue: boolean;
    /** When an e-mail is tried next; null: nothing waits to be sent. */
    readonly nextAttemptAt: string | null;
    /** Where it goes; null: handed over, or erased. */
    readonly to: string | null;
    /** Null: erased with the customer. */
    readonly notice: {
      readonly language: "en" | "zh-CN";
      readonly jurisdiction: "US" | "CN" | "other";
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly opening: string;
      /** That the validity had ended when this was told. Absent: it stood. */
      readonly expired?: string;
      readonly reasons: readonly (string)[];
      readonly boundary: string;
      /** What holds where a person approved a referral: amount, conditions, terms. Absent: a person set nothing. */
      readonly conditions?: readonly (string)[];
      readonly advice: readonly (string)[];
      /** What the law asks to be told. */
      readonly rights: readonly (string)[];
    } | null;
    readonly letter: {
      readonly subject: string;
      readonly text: string;
    } | null;
    readonly events: readonly ({
      readonly revision: number;
      readonly kind: "issued" | "sent" | "deferred" | "delivered" | "bounced" | "replied";
      readonly actor: string;
      /** ISO 8601, UTC */
      readonly at: string;
      /** What the mail server answered. */
      readonly code: string | null;
      /** A reply, or a remark. */
      readonly text: string | null;
    })[];
  })[];
  /** What the customer agreed to do. */
  readonly agreements: readonly ({
    readonly agreementId: string;
    readonly customerId: string;
    /** The rating that the advice was given on. */
    readonly ratingId: string;
    /** ISO 8601, UTC */
    readonly agreedAt: string;
    readonly agreedBy: string;
    readonly target: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string | null;
    };
    readonly acts: readonly ({
      readonly act: string;
      readonly size: number | null;
      readonly due: string;
      /** What a later rating must show for the act to be done. */
      readonly measure: {
        readonly field: string;
        readonly to: number | string | boolean | null;
        readonly way: "at-most" | "at-least" | "equals";
      };
    })[];
    readonly texts: readonly ({
      readonly en: string;
      readonly "zh-CN": string;
    })[];
    /** ISO date: the last day of the last act. */
    readonly due: string;
    /** The decision that was advised on. */
    readonly before: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string;
      readonly pd: number;
      readonly score: number;
    };
    /** What would be decided once all is done, all else being equal. */
    readonly promised: {
      readonly outcome: "approve" | "condition" | "refer" | "decline";
      readonly grade: string;
      readonly pd: number;
      readonly score: number;
    };
    readonly state: "open" | "kept" | "missed" | "cancelled";
    readonly closedAt: string | null;
    readonly revision: number;
  })[];
};

export type FileEntry = {
  readonly customerId: string;
  readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note";
  readonly entryId: string;
  readonly version: number;
  /** ISO 8601, UTC */
  readonly happenedAt: string;
  /** ISO 8601, UTC */
  readonly knownFrom: string;
  /** Null: it stands. */
  readonly knownUntil: string | null;
  readonly removed: boolean;
  readonly actor: string;
  /** Null: the personal data were erased; `open` has the rest. */
  readonly body: { readonly [name: string]: unknown } | null;
  /** What is no personal data. */
  readonly open: { readonly [name: string]: unknown };
};

export type CustomerRatings = {
  readonly items: readonly ({
    readonly ratingId: string;
    /** When it was recorded. */
    readonly at: string;
    readonly pd: number;
    readonly horizonMonths: number;
    readonly score: number;
    readonly grade: string;
    /** What was decided: by a person, where one did. */
    readonly outcome: "approve" | "condition" | "refer" | "decline" | null;
    /** In total, as a decimal with its currency. */
    readonly limit: string | null;
    /** Until when it supports a limit. */
    readonly validUntil: string | null;
    /** In the language that is asked for. */
    readonly reasons: readonly (string)[];
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type EntryHistory = {
  readonly items: readonly ({
    readonly customerId: string;
    readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note";
    readonly entryId: string;
    readonly version: number;
    /** ISO 8601, UTC */
    readonly happenedAt: string;
    /** ISO 8601, UTC */
    readonly knownFrom: string;
    /** Null: it stands. */
    readonly knownUntil: string | null;
    readonly removed: boolean;
    readonly actor: string;
    /** Null: the personal data were erased; `open` has the rest. */
    readonly body: { readonly [name: string]: unknown } | null;
    /** What is no personal data. */
    readonly open: { readonly [name: string]: unknown };
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type NewFileEntry = {
  /** When it was so, in the world; default: now. */
  readonly happenedAt?: string;
  /** The version that this changes, 0 for none; where another stands it is 409. */
  readonly ifVersion?: number;
  /** The entry, as its kind asks (docs/credit-file.md). */
  readonly body: { readonly [name: string]: unknown };
};

export type CreditReport = {
  readonly format: "probity.credit-report/1";
  readonly customerId: string;
  readonly audience: string;
  /** ISO 8601, UTC */
  readonly madeAt: string;
  /** When the customer is reviewed next; null: not known, or not for this audience. */
  readonly nextReview: {
    /** ISO 8601, UTC */
    readonly at: string;
  } | null;
  readonly erased: boolean;
  /** What the customer disputes, while it is undecided. */
  readonly disputed: readonly ({
    readonly disputeId: string;
    readonly about: {
      readonly kind: "fact";
      readonly table: string;
      readonly key: { readonly [name: string]: string };
    } | {
      readonly kind: "rating";
      readonly ratingId: string;
    } | {
      readonly kind: "entry";
      readonly entryKind: string;
      readonly entryId: string;
    };
    /** ISO 8601, UTC */
    readonly openedAt: string;
    /** ISO 8601, UTC */
    readonly deadline: string;
  })[];
  readonly parts: {
    readonly identity: readonly ({ readonly [name: string]: unknown })[];
    readonly contact: readonly ({ readonly [name: string]: unknown })[];
    readonly document: readonly ({ readonly [name: string]: unknown })[];
    readonly guarantee: readonly ({ readonly [name: string]: unknown })[];
    readonly review: readonly ({ readonly [name: string]: unknown })[];
    readonly note: readonly ({ readonly [name: string]: unknown })[];
    readonly rating: readonly ({ readonly [name: string]: unknown })[];
    readonly agreement: readonly ({ readonly [name: string]: unknown })[];
  };
  /** Older ratings are on record: `customerRatings` lists them all. */
  readonly olderRatings?: true;
};

export type ReportLink = {
  readonly linkId: string;
  readonly customerId: string;
  readonly audience: string;
  readonly language: "en" | "zh-CN";
  /** ISO 8601, UTC */
  readonly expiresAt: string;
  readonly createdBy: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly revokedAt: string | null;
};

export type ReportLinks = {
  readonly items: readonly ({
    readonly linkId: string;
    readonly customerId: string;
    readonly audience: string;
    readonly language: "en" | "zh-CN";
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    readonly createdBy: string;
    /** ISO 8601, UTC */
    readonly createdAt: string;
    readonly revokedAt: string | null;
    readonly openings: readonly ({
      /** ISO 8601, UTC */
      readonly openedAt: string;
      readonly outcome: "shown" | "expired" | "revoked" | "erased";
    })[];
  })[];
  /** Send it as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
};

export type AskReportLink = {
  readonly audience: string;
  readonly language: "en" | "zh-CN";
  /** At most 90 days from now. */
  readonly expiresAt: string;
};

export type NewReportLink = {
  readonly linkId: string;
  readonly customerId: string;
  readonly audience: string;
  readonly language: "en" | "zh-CN";
  /** ISO 8601, UTC */
  readonly expiresAt: string;
  readonly createdBy: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  readonly revokedAt: string | null;
  /** Shows the report to who holds it. In this answer and nowhere else. */
  readonly path: string;
};

export type CustomerExport = {
  readonly format: "probity.customer-export/1";
  readonly customerId: string;
  /** ISO 8601, UTC */
  readonly madeAt: string;
  readonly erasure: {
    /** The customer’s pseudonym, which is all that stays. */
    readonly subject: string;
    /** ISO 8601, UTC */
    readonly requestedAt: string;
    readonly actor: string;
    readonly ground: "request" | "retention" | "consent-withdrawn" | "court";
    readonly reason: string | null;
    /** What each finished step removed. */
    readonly steps: readonly ({
      readonly step: string;
      /** ISO 8601, UTC */
      readonly at: string;
      /** By table or kind of file. */
      readonly removed: { readonly [name: string]: number };
    })[];
    readonly completedAt: string | null;
  } | null;
  /** Every version of every entry of the credit file. */
  readonly file: readonly ({
    readonly customerId: string;
    readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note";
    readonly entryId: string;
    readonly version: number;
    /** ISO 8601, UTC */
    readonly happenedAt: string;
    /** ISO 8601, UTC */
    readonly knownFrom: string;
    /** Null: it stands. */
    readonly knownUntil: string | null;
    readonly removed: boolean;
    readonly actor: string;
    /** Null: the personal data were erased; `open` has the rest. */
    readonly body: { readonly [name: string]: unknown } | null;
    /** What is no personal data. */
    readonly open: { readonly [name: string]: unknown };
  })[];
  /** With decisions and reasons in words, newest first. */
  readonly ratings: readonly ({
    /** ISO 8601, UTC */
    readonly at: string;
    readonly ratingId: string;
    readonly decision: string;
    readonly reasons: readonly ({
      readonly en: string;
      readonly "zh-CN": string;
    })[];
    readonly [name: string]: unknown;
  })[];
  /** What each rating was computed from, as its evidence holds it. */
  readonly ratingInputs: readonly ({
    readonly ratingId: string;
    readonly engine: string;
    readonly [name: string]: unknown;
  })[];
  /** What challengers said of the ratings; they decided nothing. */
  readonly shadowScores: readonly ({
    readonly ratingId: string;
    readonly [name: string]: unknown;
  })[];
  /** For whom the report was shared, and when it was opened. */
  readonly reportLinks: readonly ({
    readonly linkId: string;
    readonly customerId: string;
    readonly audience: string;
    readonly language: "en" | "zh-CN";
    /** ISO 8601, UTC */
    readonly expiresAt: string;
    readonly createdBy: string;
    /** ISO 8601, UTC */
    readonly createdAt: string;
    readonly revokedAt: string | null;
    readonly openings: readonly ({
      /** ISO 8601, UTC */
      readonly openedAt: string;
      readonly outcome: "shown" | "expired" | "revoked" | "erased";
    })[];
  })[];
  /** Reports on the customer’s risk. */
  readonly riskReports: readonly ({
    readonly reportId: string;
    readonly [name: string]: unknown;
  })[];
  /** Who looked at the data. */
  readonly accesses: readonly ({
    readonly actor: string;
    readonly purpose: string;
    readonly what: string;
    /** ISO 8601, UTC */
    readonly at: string;
  })[];
  /** What the customer was told, with what the customer replied. */
  readonly notices: readonly ({
    readonly noticeId: string;
    readonly [name: string]: unknown;
  })[];
  readonly cases: readonly ({ readonly [name: string]: unknown })[];
  readonly disputes: readonly ({ readonly [name: string]: unknown })[];
  readonly warnings: readonly ({ readonly [name: string]: unknown })[];
  /** What looks at signals saw. */
  readonly signals: readonly ({
    readonly code: string;
    readonly [name: string]: unknown;
  })[];
  /** With findings, sign-offs and every step. */
  readonly reviews: readonly ({ readonly [name: string]: unknown })[];
  readonly reviewCalendar: { readonly [name: string]: unknown } | null;
  /** Whom the firm’s own inboxes told, and who has read it. */
  readonly alerts: readonly ({
    readonly alertId: string;
    readonly [name: string]: unknown;
  })[];
  readonly legalHolds: readonly ({
    readonly holdId: string;
    readonly [name: string]: unknown;
  })[];
  /** Lists of reports on the portfolio that name the customer. */
  readonly portfolioReports: readonly ({
    readonly reportId: string;
    readonly list: string;
  })[];
  readonly overrides: readonly ({
    readonly ratingId: string;
    readonly [name: string]: unknown;
  })[];
  readonly agreements: readonly ({ readonly [name: string]: unknown })[];
  /** Rows of the canonical tables, every version. */
  readonly facts: readonly ({
    readonly table: string;
    readonly values: { readonly [name: string]: unknown };
    readonly from: "events" | "snapshot";
  })[];
  readonly legalBases: readonly ({ readonly [name: string]: unknown })[];
};

export type Erasure = {
  /** running: files and histories may still hold the customer. */
  readonly state: "running" | "completed";
  /** The customer’s pseudonym, which is all that stays. */
  readonly subject: string;
  /** ISO 8601, UTC */
  readonly requestedAt: string;
  readonly actor: string;
  readonly ground: "request" | "retention" | "consent-withdrawn" | "court";
  readonly reason: string | null;
  /** What each finished step removed. */
  readonly steps: readonly ({
    readonly step: string;
    /** ISO 8601, UTC */
    readonly at: string;
    /** By table or kind of file. */
    readonly removed: { readonly [name: string]: number };
  })[];
  readonly completedAt: string | null;
};

export type LegalBases = {
  readonly customerId: string;
  /** Consents that this withdrawal ended. */
  readonly ended?: number;
  /** What is on record, in order; those that ended too. */
  readonly bases: readonly ({
    readonly basisId: string;
    readonly of: "customer" | "everyone";
    readonly source: string;
    readonly purpose: string;
    readonly basis: "consent" | "contract" | "legal-obligation" | "legitimate-interest";
    /** ISO 8601, UTC */
    readonly from: string;
    readonly until: string | null;
    readonly actor: string;
    readonly withdrawn: {
      readonly actor: string;
      /** ISO 8601, UTC */
      readonly at: string;
    } | null;
  })[];
  /** The project’s policy for everyone; `consent` there says that each customer has to give it. */
  readonly policy: readonly ({
    readonly source: string;
    readonly purpose: string;
    readonly basis: "consent" | "contract" | "legal-obligation" | "legitimate-interest";
    readonly from: string | null;
    readonly until: string | null;
  })[];
};

export type LegalBasisStep = {
  /** withdraw: ends consents, from now on. */
  readonly action: "grant" | "withdraw";
  /** A source table; `*` or left out: every one. Withdrawn: only what was given by that name. */
  readonly source?: "parties" | "party_relations" | "party_attributes" | "contacts" | "communications" | "staff_assignments" | "documents" | "accounts" | "transactions" | "behaviour_events" | "orders" | "commercial_contracts" | "invoices" | "credit_lines" | "payments" | "guarantees" | "liabilities" | "bureau_reports" | "financial_statements" | "tax_records" | "market_series" | "outcomes" | "*";
  /** What the data are used for; ratings ask for credit-decision. */
  readonly purpose?: string;
  /** Of a grant; default: consent. */
  readonly basis?: "consent" | "contract" | "legal-obligation" | "legitimate-interest";
  /** Of a grant: from when it is given; default: now. */
  readonly from?: string;
  /** Of a grant: until when; default: until it is withdrawn. */
  readonly until?: string;
};

export type NewErasure = {
  /** Stays on record, in the audit chain too: name the request, never the customer. */
  readonly reason: string;
  /** On what ground. */
  readonly ground?: "request" | "retention" | "consent-withdrawn" | "court";
};

export type IssuedKey = {
  /** What its holder sends as `Authorization: Bearer KEY`. In this answer and nowhere else: null where the same Idempotency-Key came again. */
  readonly key: string | null;
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly ("viewer" | "applicant-system" | "credit-officer" | "credit-manager" | "modeller" | "auditor" | "admin")[];
  /** The only operations that it may call; null: all of its roles’. */
  readonly operations: readonly (string)[] | null;
  /** What looks by it at data of customers are for; null: the purpose of each operation. */
  readonly purpose: string | null;
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

export type Readiness = {
  readonly status: string;
  /** Whether customers can be rated by their ids: a snapshot is taken up. False: by features alone. */
  readonly customers: boolean;
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
      readonly query?: { readonly notice?: "US" | "CN" | "other"; readonly advice?: boolean; readonly target?: string; readonly horizons?: string; readonly contributions?: boolean; readonly review?: boolean; readonly purpose?: string };
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: RatingRequest;
    };
    readonly output: Rating;
  };
  /** A recorded rating, recomputed from its evidence and compared with the answer that was given. */
  recordedRating: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly query?: { readonly notice?: "US" | "CN" | "other"; readonly advice?: boolean; readonly target?: string; readonly horizons?: string; readonly contributions?: boolean; readonly review?: boolean; readonly purpose?: string };
    };
    readonly output: Rating;
  };
  /** What the customer could do about a recorded decision, from its evidence: always the same. */
  ratingAdvice: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly query?: { readonly target?: string; readonly purpose?: string };
    };
    readonly output: Advice;
  };
  /** Rate a stream of rows; one answer a row, in order, errors included. Read while you send. */
  rateBatch: {
    readonly input: {
      readonly query?: { readonly contributions?: boolean; readonly purpose?: string };
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
  /** The challengers beside champions: shadows and what they have scored, and traffic splits. */
  challengers: {
    readonly input: {};
    readonly output: Challengers;
  };
  /** Report facts, as rows or as CloudEvents 1.0; acknowledged means durable, and seen by the next rating. */
  events: {
    readonly input: {
      readonly body: Events;
    };
    readonly output: Acknowledgement;
  };
  /** Ratings, limits, terms, holds, warnings, instructions, reviews, alerts and erasures in order, behind a cursor. */
  changes: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly types?: string; readonly purpose?: string };
    };
    readonly output: ChangePage;
  };
  /** Daily reconciliations of what sources reported with every copy of it, newest first. */
  listReconciliations: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: ReconciliationPage;
  };
  /** Compare what a source says that it holds with what it reported; missing and conflicting keys are to be sent as events. */
  reconcile: {
    readonly input: {
      readonly body: Reconciliation;
    };
    readonly output: ReconciliationAnswer;
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
      readonly header?: { readonly "Idempotency-Key"?: string };
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
      readonly header?: { readonly "Idempotency-Key"?: string };
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
  /** The rule set in force, with its files. */
  rules: {
    readonly input: {};
    readonly output: RulesInForce;
  };
  /** What was, is and will be in force, newest first. */
  rulesHistory: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: RuleHistory;
  };
  /** Read, analyse and test a rule set; nothing is stored. */
  validateRules: {
    readonly input: {
      readonly body: ProposedRules;
    };
    readonly output: SoundRules;
  };
  /** Put the set that was in force before in force again. */
  rollbackRules: {
    readonly input: {
      readonly body: RefuseRules;
    };
    readonly output: RuleReign;
  };
  /** Proposals, newest first. */
  listRuleProposals: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: RuleProposalPage;
  };
  /** Draft a change: the files that change, over the set in force; only a sound set is kept. */
  draftRules: {
    readonly input: {
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: ProposedRules;
    };
    readonly output: RuleProposal;
  };
  /** One proposal with its files. */
  readRuleProposal: {
    readonly input: {
      readonly path: { readonly proposalId: string };
    };
    readonly output: RuleProposalWithFiles;
  };
  /** Ask for approval of a draft. */
  submitRules: {
    readonly input: {
      readonly path: { readonly proposalId: string };
    };
    readonly output: RuleProposal;
  };
  /** Put a submitted set in force, by a second person. */
  approveRules: {
    readonly input: {
      readonly path: { readonly proposalId: string };
      readonly body?: ApproveRules;
    };
    readonly output: RuleReign;
  };
  /** Reject a submitted set; needs a reason. */
  rejectRules: {
    readonly input: {
      readonly path: { readonly proposalId: string };
      readonly body: RefuseRules;
    };
    readonly output: RuleProposal;
  };
  /** Referred cases, in the order of their opening. */
  listCases: {
    readonly input: {
      readonly query?: { readonly queue?: string; readonly limit?: number; readonly cursor?: string; readonly state?: "waiting" | "closed"; readonly purpose?: string };
    };
    readonly output: CasePage;
  };
  /** One case with everything that was done to it. */
  readCase: {
    readonly input: {
      readonly path: { readonly caseId: string };
      readonly query?: { readonly purpose?: string };
    };
    readonly output: CaseWithEvents;
  };
  /** Claim a case, ask for documents, say that they arrived, decide or withdraw; stored when answered, and a verdict in force. */
  actOnCase: {
    readonly input: {
      readonly path: { readonly caseId: string };
      readonly body: CaseEvent;
    };
    readonly output: CaseStep;
  };
  /** Time to decision and the share decided without a person, of the ratings recorded in a period. */
  decisionTimes: {
    readonly input: {
      readonly query: { readonly from: string; readonly to: string };
    };
    readonly output: DecisionTimes;
  };
  /** Put a decision of your own in the place of a recorded one; from a threshold on a second person confirms. */
  proposeOverride: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: NewOverride;
    };
    readonly output: OverrideStep;
  };
  /** Every step of a rating’s overrides, oldest first. */
  overrideSteps: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: OverrideSteps;
  };
  /** Confirm or refuse an override that waits for a second person, or revoke one that is in force. */
  actOnOverride: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly body: OverrideEvent;
    };
    readonly output: OverrideStep;
  };
  /** The overrides of all ratings as they stand, the newest step first. */
  listOverrides: {
    readonly input: {
      readonly query?: { readonly state?: "second" | "stands" | "refused" | "revoked"; readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: OverridePage;
  };
  /** Overridden decisions of a period, measured against what model and rules would have done. */
  overrideReport: {
    readonly input: {
      readonly query: { readonly from: string; readonly to: string };
    };
    readonly output: OverrideReport;
  };
  /** What the warnings of a period were worth, by rule; as data or as a page to print. */
  reviewWarnings: {
    readonly input: {
      readonly query: { readonly from: string; readonly to: string; readonly format?: "json" | "html" };
    };
    readonly output: Response;
  };
  /** Tell the customer of a recorded decision: result, reasons, advice and rights, by a channel. */
  issueNotice: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: NewNotice;
    };
    readonly output: IssuedNotice;
  };
  /** The notices of a rating with everything that happened to them, oldest first. */
  listNotices: {
    readonly input: {
      readonly path: { readonly ratingId: string };
      readonly query: { readonly purpose: string; readonly limit?: number; readonly cursor?: string };
    };
    readonly output: IssuedNotices;
  };
  /** Enter that a notice was sent, arrived or came back, or what was replied. */
  actOnNotice: {
    readonly input: {
      readonly path: { readonly ratingId: string; readonly noticeId: string };
      readonly body: NoticeEvent;
    };
    readonly output: IssuedNotice;
  };
  /** A customer’s improvement agreements, reviewed by every rating since, the latest due first. */
  listAgreements: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: Agreements;
  };
  /** Take the advice on a rating as an agreement; sent again, it answers the one that is there. */
  makeAgreement: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly body: NewAgreement;
    };
    readonly output: Agreement;
  };
  /** An agreement, its states, and what later ratings won of what was promised. */
  readAgreement: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly agreementId: string };
      readonly query?: { readonly purpose?: string };
    };
    readonly output: FollowedAgreement;
  };
  /** Withdraw an open agreement; it stays on record as cancelled. */
  withdrawAgreement: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly agreementId: string };
      readonly header?: { readonly "If-Match"?: string };
    };
    readonly output: Agreement;
  };
  /** The improvement agreements made in a period, and what followed them. */
  agreementReport: {
    readonly input: {
      readonly query: { readonly from: string; readonly to: string };
    };
    readonly output: AgreementReport;
  };
  /** Open disputes of all customers, the nearest deadline first. */
  disputeQueue: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: DisputeQueue;
  };
  /** What a customer disputes or disputed, oldest first. */
  listDisputes: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query: { readonly purpose: string; readonly limit?: number; readonly cursor?: string };
    };
    readonly output: Disputes;
  };
  /** Put on record that a customer disputes a fact, a rating or an entry of the credit file. */
  openDispute: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: NewDispute;
    };
    readonly output: DisputeStep;
  };
  /** Uphold with what is right, reject or withdraw a dispute; what was upheld is recorded and the customer rated again. */
  actOnDispute: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly disputeId: string };
      readonly body: DisputeEvent;
    };
    readonly output: DisputeStep;
  };
  /** Reviews of customers, in the order of their opening. */
  listReviews: {
    readonly input: {
      readonly query?: { readonly queue?: string; readonly state?: "standing" | "closed"; readonly customerId?: string; readonly dueBy?: string; readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: ReviewPage;
  };
  /** Open a review by hand, on a fresh rating. */
  openReview: {
    readonly input: {
      readonly body: NewReview;
    };
    readonly output: Review;
  };
  /** One review: what changed, what lapsed, and everything that was done to it. */
  readReview: {
    readonly input: {
      readonly path: { readonly reviewId: string };
      readonly query?: { readonly purpose?: string };
    };
    readonly output: ReviewWithEvents;
  };
  /** Claim a review, ask for documents, say that they arrived, sign off, cancel or reassign; stored when answered. */
  actOnReview: {
    readonly input: {
      readonly path: { readonly reviewId: string };
      readonly body: ReviewEvent;
    };
    readonly output: ReviewStep;
  };
  /** Webhooks, without their secrets. */
  listWebhooks: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: Webhooks;
  };
  /** A new webhook: changes are posted to it, signed, from now on. */
  createWebhook: {
    readonly input: {
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: NewWebhook;
    };
    readonly output: IssuedWebhook;
  };
  /** One webhook. */
  readWebhook: {
    readonly input: {
      readonly path: { readonly webhookId: string };
    };
    readonly output: Webhook;
  };
  /** Change name, address or types; pause, or go on. */
  changeWebhook: {
    readonly input: {
      readonly path: { readonly webhookId: string };
      readonly body: WebhookChange;
    };
    readonly output: Webhook;
  };
  /** Take a webhook away, with its deliveries. */
  removeWebhook: {
    readonly input: {
      readonly path: { readonly webhookId: string };
    };
    readonly output: string;
  };
  /** A new secret; the old one signs, too, for a while. */
  rotateWebhook: {
    readonly input: {
      readonly path: { readonly webhookId: string };
      readonly body?: RotateWebhook;
    };
    readonly output: IssuedWebhook;
  };
  /** Send a delivery of the type `test`, without data. */
  testWebhook: {
    readonly input: {
      readonly path: { readonly webhookId: string };
    };
    readonly output: Delivery;
  };
  /** What became of deliveries, newest first. */
  listDeliveries: {
    readonly input: {
      readonly path: { readonly webhookId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly state?: "pending" | "delivered" | "dead" };
    };
    readonly output: DeliveryPage;
  };
  /** Try a dead delivery again, under its id. */
  redeliver: {
    readonly input: {
      readonly path: { readonly webhookId: string; readonly deliveryId: string };
    };
    readonly output: Delivery;
  };
  /** Early warnings, in the order of their opening. */
  listWarnings: {
    readonly input: {
      readonly query?: { readonly state?: "standing" | "closed"; readonly level?: "watch" | "warning" | "critical"; readonly owner?: string; readonly customerId?: string; readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: WarningPage;
  };
  /** Levels, countermeasures, and who looks after whom. */
  warningHandling: {
    readonly input: {};
    readonly output: WarningHandling;
  };
  /** What codes and signals are called, in both languages. */
  warningWords: {
    readonly input: {};
    readonly output: WarningWords;
  };
  /** One warning with everything that was done to it. */
  readWarning: {
    readonly input: {
      readonly path: { readonly warningId: string };
      readonly query?: { readonly purpose?: string };
    };
    readonly output: WarningWithEvents;
  };
  /** Other customers whom a warning concerns: of its group or industry, or with equal identity data. */
  listWarningCustomers: {
    readonly input: {
      readonly path: { readonly warningId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: WarningCustomerPage;
  };
  /** Acknowledge a warning, hand it on, put it off, close it; propose, approve, confirm or undo countermeasures; stored when answered. */
  actOnWarning: {
    readonly input: {
      readonly path: { readonly warningId: string };
      readonly body: WarningEvent;
    };
    readonly output: WarningStep;
  };
  /** What you, or a role of yours, were told: warnings, alarms, reports; newest first. */
  inbox: {
    readonly input: {
      readonly query?: { readonly state?: "unread" | "all"; readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: InboxPage;
  };
  /** How many entries you have not read. */
  inboxCount: {
    readonly input: {};
    readonly output: InboxCount;
  };
  /** Mark entries as read by you; others with the role still have them unread. */
  readInbox: {
    readonly input: {
      readonly body: ReadInbox;
    };
    readonly output: InboxCount;
  };
  /** Reports on the portfolio, newest first. */
  listPortfolioReports: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: PortfolioReportPage;
  };
  /** One report: exposure and expected loss by part, migration, concentration, stress; as data or as a page to print. */
  readPortfolioReport: {
    readonly input: {
      readonly path: { readonly reportId: string };
      readonly query?: { readonly format?: "json" | "html"; readonly purpose?: string };
    };
    readonly output: Response;
  };
  /** Reports on a customer’s risk, newest first. */
  listCustomerReports: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: CustomerReportPage;
  };
  /** Put a report on a customer on record, of what is known now; it is never changed. */
  makeCustomerReport: {
    readonly input: {
      readonly path: { readonly customerId: string };
    };
    readonly output: CustomerReportEntry;
  };
  /** One report: decision, exposure, expected loss, risk index, grades, warnings, change; as data or as a page. */
  readCustomerReport: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly reportId: string };
      readonly query?: { readonly format?: "json" | "html"; readonly purpose?: string };
    };
    readonly output: Response;
  };
  /** Control reports by team, newest first. */
  listControlReports: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string };
    };
    readonly output: ControlReportPage;
  };
  /** Put a control report of a period on record: reviews, warnings, overrides by team, against targets. */
  makeControlReport: {
    readonly input: {
      readonly body: NewControlReport;
    };
    readonly output: ControlReport;
  };
  /** One control report; as data or as a page to print. */
  readControlReport: {
    readonly input: {
      readonly path: { readonly reportId: string };
      readonly query?: { readonly format?: "json" | "html" };
    };
    readonly output: Response;
  };
  /** Reports on the models of slots, newest first, and which slots are not followed. */
  listMonitoringReports: {
    readonly input: {
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly slot?: string };
    };
    readonly output: MonitoringReportPage;
  };
  /** One report and what followed it: the yearly test, inputs, scores, movement, estimates and outcomes; as data or as a page to print. */
  readMonitoringReport: {
    readonly input: {
      readonly path: { readonly reportId: string };
      readonly query?: { readonly format?: "json" | "html" };
    };
    readonly output: Response;
  };
  /** The credit file of a customer, as it stands or as it was known at an instant. */
  readFile: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query: { readonly purpose: string; readonly limit?: number; readonly cursor?: string; readonly knownAt?: string };
    };
    readonly output: CreditFile;
  };
  /** Every rating of a customer whose evidence is there, the newest first. */
  customerRatings: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: CustomerRatings;
  };
  /** Add an entry to the credit file. */
  addEntry: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note" };
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: NewFileEntry;
    };
    readonly output: FileEntry;
  };
  /** An entry as it stands. */
  readEntry: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note"; readonly entryId: string };
      readonly query: { readonly purpose: string };
    };
    readonly output: FileEntry;
  };
  /** Put another version of an entry; the ones before are kept. */
  putEntry: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note"; readonly entryId: string };
      readonly header?: { readonly "If-Match"?: string };
      readonly body: NewFileEntry;
    };
    readonly output: FileEntry;
  };
  /** Remove an entry, by a version that says so. */
  removeEntry: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note"; readonly entryId: string };
      readonly query?: { readonly ifVersion?: number };
      readonly header?: { readonly "If-Match"?: string };
    };
    readonly output: FileEntry;
  };
  /** Every version of an entry, oldest first. */
  entryHistory: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly kind: "identity" | "contact" | "document" | "guarantee" | "review" | "note"; readonly entryId: string };
      readonly query: { readonly purpose: string; readonly limit?: number; readonly cursor?: string };
    };
    readonly output: EntryHistory;
  };
  /** The credit report for an audience: file and ratings’ history, as data or as a page to print. */
  readReport: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query: { readonly purpose: string; readonly audience: string; readonly format?: "json" | "html" };
    };
    readonly output: Response;
  };
  /** Links to the report with their openings, without their tokens. */
  listReportLinks: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query?: { readonly limit?: number; readonly cursor?: string; readonly purpose?: string };
    };
    readonly output: ReportLinks;
  };
  /** Share the report by a link that expires. */
  createReportLink: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly header?: { readonly "Idempotency-Key"?: string };
      readonly body: AskReportLink;
    };
    readonly output: NewReportLink;
  };
  /** Revoke a link: it shows nothing from now on. */
  revokeReportLink: {
    readonly input: {
      readonly path: { readonly customerId: string; readonly linkId: string };
    };
    readonly output: ReportLink;
  };
  /** The report that a link shares, for who holds the link; each opening is on record. */
  openSharedReport: {
    readonly input: {
      readonly path: { readonly token: string };
    };
    readonly output: string;
  };
  /** Everything that is held of a customer, for the right of access. */
  exportCustomer: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query: { readonly purpose: string };
    };
    readonly output: CustomerExport;
  };
  /** On what legal bases the data of a customer are used. */
  listLegalBases: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly query: { readonly purpose: string };
    };
    readonly output: LegalBases;
  };
  /** Record a basis that a customer gives, or that consents are withdrawn. */
  changeLegalBases: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly body: LegalBasisStep;
    };
    readonly output: LegalBases | LegalBases;
  };
  /** How far the erasure of a customer is, and what each step removed. */
  readErasure: {
    readonly input: {
      readonly path: { readonly customerId: string };
    };
    readonly output: Erasure;
  };
  /** Erase a customer, for good; asked for again, it removes what came since. */
  eraseCustomer: {
    readonly input: {
      readonly path: { readonly customerId: string };
      readonly body: NewErasure;
    };
    readonly output: Erasure;
  };
  /** The process answers. */
  health: {
    readonly input: {};
    readonly output: Status;
  };
  /** Whether the server can rate; where not, why, for who sends a key. */
  readiness: {
    readonly input: {};
    readonly output: Readiness;
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
  /** The page of the inbox, for people. */
  inboxPage: {
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
  recordedRating: { method: 'GET', path: '/v1/ratings/{ratingId}', sends: null, answers: 'json' },
  ratingAdvice: { method: 'GET', path: '/v1/ratings/{ratingId}/advice', sends: null, answers: 'json' },
  rateBatch: { method: 'POST', path: '/v1/ratings:batch', sends: 'application/x-ndjson', answers: 'response' },
  champion: { method: 'GET', path: '/v1/models/champion', sends: null, answers: 'json' },
  challengers: { method: 'GET', path: '/v1/models/challengers', sends: null, answers: 'json' },
  events: { method: 'POST', path: '/v1/events', sends: 'application/json', answers: 'json' },
  changes: { method: 'GET', path: '/v1/changes', sends: null, answers: 'json' },
  listReconciliations: { method: 'GET', path: '/v1/reconciliations', sends: null, answers: 'json' },
  reconcile: { method: 'POST', path: '/v1/reconciliations', sends: 'application/json', answers: 'json' },
  me: { method: 'GET', path: '/v1/me', sends: null, answers: 'json' },
  listKeys: { method: 'GET', path: '/v1/keys', sends: null, answers: 'json' },
  createKey: { method: 'POST', path: '/v1/keys', sends: 'application/json', answers: 'json' },
  readKey: { method: 'GET', path: '/v1/keys/{keyId}', sends: null, answers: 'json' },
  rotateKey: { method: 'POST', path: '/v1/keys/{keyId}/rotate', sends: 'application/json', answers: 'json' },
  revokeKey: { method: 'POST', path: '/v1/keys/{keyId}/revoke', sends: null, answers: 'json' },
  rules: { method: 'GET', path: '/v1/rules', sends: null, answers: 'json' },
  rulesHistory: { method: 'GET', path: '/v1/rules/history', sends: null, answers: 'json' },
  validateRules: { method: 'POST', path: '/v1/rules:validate', sends: 'application/json', answers: 'json' },
  rollbackRules: { method: 'POST', path: '/v1/rules:rollback', sends: 'application/json', answers: 'json' },
  listRuleProposals: { method: 'GET', path: '/v1/rules/proposals', sends: null, answers: 'json' },
  draftRules: { method: 'POST', path: '/v1/rules/proposals', sends: 'application/json', answers: 'json' },
  readRuleProposal: { method: 'GET', path: '/v1/rules/proposals/{proposalId}', sends: null, answers: 'json' },
  submitRules: { method: 'POST', path: '/v1/rules/proposals/{proposalId}/submit', sends: null, answers: 'json' },
  approveRules: { method: 'POST', path: '/v1/rules/proposals/{proposalId}/approve', sends: 'application/json', answers: 'json' },
  rejectRules: { method: 'POST', path: '/v1/rules/proposals/{proposalId}/reject', sends: 'application/json', answers: 'json' },
  listCases: { method: 'GET', path: '/v1/cases', sends: null, answers: 'json' },
  readCase: { method: 'GET', path: '/v1/cases/{caseId}', sends: null, answers: 'json' },
  actOnCase: { method: 'POST', path: '/v1/cases/{caseId}/events', sends: 'application/json', answers: 'json' },
  decisionTimes: { method: 'GET', path: '/v1/reports/decision-times', sends: null, answers: 'json' },
  proposeOverride: { method: 'POST', path: '/v1/ratings/{ratingId}/overrides', sends: 'application/json', answers: 'json' },
  overrideSteps: { method: 'GET', path: '/v1/ratings/{ratingId}/overrides', sends: null, answers: 'json' },
  actOnOverride: { method: 'POST', path: '/v1/ratings/{ratingId}/overrides/events', sends: 'application/json', answers: 'json' },
  listOverrides: { method: 'GET', path: '/v1/overrides', sends: null, answers: 'json' },
  overrideReport: { method: 'GET', path: '/v1/reports/overrides', sends: null, answers: 'json' },
  reviewWarnings: { method: 'GET', path: '/v1/reports/warnings', sends: null, answers: 'response' },
  issueNotice: { method: 'POST', path: '/v1/ratings/{ratingId}/notices', sends: 'application/json', answers: 'json' },
  listNotices: { method: 'GET', path: '/v1/ratings/{ratingId}/notices', sends: null, answers: 'json' },
  actOnNotice: { method: 'POST', path: '/v1/ratings/{ratingId}/notices/{noticeId}/events', sends: 'application/json', answers: 'json' },
  listAgreements: { method: 'GET', path: '/v1/customers/{customerId}/agreements', sends: null, answers: 'json' },
  makeAgreement: { method: 'POST', path: '/v1/customers/{customerId}/agreements', sends: 'application/json', answers: 'json' },
  readAgreement: { method: 'GET', path: '/v1/customers/{customerId}/agreements/{agreementId}', sends: null, answers: 'json' },
  withdrawAgreement: { method: 'DELETE', path: '/v1/customers/{customerId}/agreements/{agreementId}', sends: null, answers: 'json' },
  agreementReport: { method: 'GET', path: '/v1/reports/agreements', sends: null, answers: 'json' },
  disputeQueue: { method: 'GET', path: '/v1/disputes', sends: null, answers: 'json' },
  listDisputes: { method: 'GET', path: '/v1/customers/{customerId}/disputes', sends: null, answers: 'json' },
  openDispute: { method: 'POST', path: '/v1/customers/{customerId}/disputes', sends: 'application/json', answers: 'json' },
  actOnDispute: { method: 'POST', path: '/v1/customers/{customerId}/disputes/{disputeId}/events', sends: 'application/json', answers: 'json' },
  listReviews: { method: 'GET', path: '/v1/reviews', sends: null, answers: 'json' },
  openReview: { method: 'POST', path: '/v1/reviews', sends: 'application/json', answers: 'json' },
  readReview: { method: 'GET', path: '/v1/reviews/{reviewId}', sends: null, answers: 'json' },
  actOnReview: { method: 'POST', path: '/v1/reviews/{reviewId}/events', sends: 'application/json', answers: 'json' },
  listWebhooks: { method: 'GET', path: '/v1/webhooks', sends: null, answers: 'json' },
  createWebhook: { method: 'POST', path: '/v1/webhooks', sends: 'application/json', answers: 'json' },
  readWebhook: { method: 'GET', path: '/v1/webhooks/{webhookId}', sends: null, answers: 'json' },
  changeWebhook: { method: 'PATCH', path: '/v1/webhooks/{webhookId}', sends: 'application/json', answers: 'json' },
  removeWebhook: { method: 'DELETE', path: '/v1/webhooks/{webhookId}', sends: null, answers: 'text' },
  rotateWebhook: { method: 'POST', path: '/v1/webhooks/{webhookId}/rotate', sends: 'application/json', answers: 'json' },
  testWebhook: { method: 'POST', path: '/v1/webhooks/{webhookId}/test', sends: null, answers: 'json' },
  listDeliveries: { method: 'GET', path: '/v1/webhooks/{webhookId}/deliveries', sends: null, answers: 'json' },
  redeliver: { method: 'POST', path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver', sends: null, answers: 'json' },
  listWarnings: { method: 'GET', path: '/v1/warnings', sends: null, answers: 'json' },
  warningHandling: { method: 'GET', path: '/v1/warnings:handling', sends: null, answers: 'json' },
  warningWords: { method: 'GET', path: '/v1/warnings:words', sends: null, answers: 'json' },
  readWarning: { method: 'GET', path: '/v1/warnings/{warningId}', sends: null, answers: 'json' },
  listWarningCustomers: { method: 'GET', path: '/v1/warnings/{warningId}/customers', sends: null, answers: 'json' },
  actOnWarning: { method: 'POST', path: '/v1/warnings/{warningId}/events', sends: 'application/json', answers: 'json' },
  inbox: { method: 'GET', path: '/v1/inbox', sends: null, answers: 'json' },
  inboxCount: { method: 'GET', path: '/v1/inbox:count', sends: null, answers: 'json' },
  readInbox: { method: 'POST', path: '/v1/inbox:read', sends: 'application/json', answers: 'json' },
  listPortfolioReports: { method: 'GET', path: '/v1/reports/portfolio', sends: null, answers: 'json' },
  readPortfolioReport: { method: 'GET', path: '/v1/reports/portfolio/{reportId}', sends: null, answers: 'response' },
  listCustomerReports: { method: 'GET', path: '/v1/customers/{customerId}/risk-reports', sends: null, answers: 'json' },
  makeCustomerReport: { method: 'POST', path: '/v1/customers/{customerId}/risk-reports', sends: null, answers: 'json' },
  readCustomerReport: { method: 'GET', path: '/v1/customers/{customerId}/risk-reports/{reportId}', sends: null, answers: 'response' },
  listControlReports: { method: 'GET', path: '/v1/reports/control', sends: null, answers: 'json' },
  makeControlReport: { method: 'POST', path: '/v1/reports/control', sends: 'application/json', answers: 'json' },
  readControlReport: { method: 'GET', path: '/v1/reports/control/{reportId}', sends: null, answers: 'response' },
  listMonitoringReports: { method: 'GET', path: '/v1/reports/monitoring', sends: null, answers: 'json' },
  readMonitoringReport: { method: 'GET', path: '/v1/reports/monitoring/{reportId}', sends: null, answers: 'response' },
  readFile: { method: 'GET', path: '/v1/customers/{customerId}/file', sends: null, answers: 'json' },
  customerRatings: { method: 'GET', path: '/v1/customers/{customerId}/ratings', sends: null, answers: 'json' },
  addEntry: { method: 'POST', path: '/v1/customers/{customerId}/file/{kind}', sends: 'application/json', answers: 'json' },
  readEntry: { method: 'GET', path: '/v1/customers/{customerId}/file/{kind}/{entryId}', sends: null, answers: 'json' },
  putEntry: { method: 'PUT', path: '/v1/customers/{customerId}/file/{kind}/{entryId}', sends: 'application/json', answers: 'json' },
  removeEntry: { method: 'DELETE', path: '/v1/customers/{customerId}/file/{kind}/{entryId}', sends: null, answers: 'json' },
  entryHistory: { method: 'GET', path: '/v1/customers/{customerId}/file/{kind}/{entryId}/history', sends: null, answers: 'json' },
  readReport: { method: 'GET', path: '/v1/customers/{customerId}/report', sends: null, answers: 'response' },
  listReportLinks: { method: 'GET', path: '/v1/customers/{customerId}/report-links', sends: null, answers: 'json' },
  createReportLink: { method: 'POST', path: '/v1/customers/{customerId}/report-links', sends: 'application/json', answers: 'json' },
  revokeReportLink: { method: 'DELETE', path: '/v1/customers/{customerId}/report-links/{linkId}', sends: null, answers: 'json' },
  openSharedReport: { method: 'GET', path: '/shared/{token}', sends: null, answers: 'text' },
  exportCustomer: { method: 'GET', path: '/v1/customers/{customerId}/export', sends: null, answers: 'json' },
  listLegalBases: { method: 'GET', path: '/v1/customers/{customerId}/legal-bases', sends: null, answers: 'json' },
  changeLegalBases: { method: 'POST', path: '/v1/customers/{customerId}/legal-bases', sends: 'application/json', answers: 'json' },
  readErasure: { method: 'GET', path: '/v1/customers/{customerId}/erasure', sends: null, answers: 'json' },
  eraseCustomer: { method: 'POST', path: '/v1/customers/{customerId}/erasure', sends: 'application/json', answers: 'json' },
  health: { method: 'GET', path: '/healthz', sends: null, answers: 'json' },
  readiness: { method: 'GET', path: '/readyz', sends: null, answers: 'json' },
  metrics: { method: 'GET', path: '/metrics', sends: null, answers: 'text' },
  document: { method: 'GET', path: '/openapi.json', sends: null, answers: 'json' },
  documentPage: { method: 'GET', path: '/docs', sends: null, answers: 'text' },
  inboxPage: { method: 'GET', path: '/inbox', sends: null, answers: 'text' },
  page: { method: 'GET', path: '/', sends: null, answers: 'text' },
} as const;
