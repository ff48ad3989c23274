/** Why a subject's data were erased. */
export const ERASURE_GROUNDS = ['request', 'retention', 'consent-withdrawn', 'court'] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];
