/** Who may ask the API for something: the role of a key or of a person's token. What each may do: `serving/access/operations.ts`. */
export const ROLES = [
  'viewer',
  'applicant-system',
  'credit-officer',
  'credit-manager',
  'modeller',
  'auditor',
  'admin',
] as const;

/** One of ROLES. */
export type Role = (typeof ROLES)[number];

/** True for the name of a role. */
export function isRole(value: unknown): value is Role {
  return (ROLES as readonly unknown[]).includes(value);
}
