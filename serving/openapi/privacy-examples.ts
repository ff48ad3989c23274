/** The examples of legal bases, by operation and name. */
export const PRIVACY_EXAMPLES = {
  listLegalBases: {
    none: { summary: 'Nothing of their own', status: 200, path: { customerId: 'C-001' }, query: 'purpose=review' },
  },
  changeLegalBases: {
    consent: {
      summary: 'Consent to a look at the credit bureau, for a year',
      status: 201,
      path: { customerId: 'C-001' },
      body: {
        action: 'grant',
        source: 'bureau_reports',
        from: '2026-11-01T00:00:00Z',
        until: '2027-11-01T00:00:00Z',
      },
    },
    withdrawal: {
      summary: 'All consents are withdrawn',
      status: 200,
      path: { customerId: 'C-001' },
      body: { action: 'withdraw' },
    },
  },
};
