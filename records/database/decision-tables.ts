import type { ImprovementAgreement, Override } from '../../rating/index.ts';
import type { JsonColumn, Timestamp } from './columns.ts';

export interface RatingOverridesTable {
  tenant: string;
  rating_id: string;
  revision: number;
  sequence: number;
  state: Override['state'];
  expires_at: Timestamp;
  at: Timestamp;
}

export interface ImprovementAgreementsTable {
  tenant: string;
  agreement_id: string;
  customer_id: string;
  rating_id: string;
  state: ImprovementAgreement['state'];
  due: string;
  revision: number;
  body: JsonColumn<ImprovementAgreement>;
}

export interface ImprovementAgreementStatesTable {
  tenant: string;
  agreement_id: string;
  revision: number;
  state: ImprovementAgreement['state'];
  actor: string;
  at: Timestamp;
}
