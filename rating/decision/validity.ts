import type { Texts } from '../texts.ts';
import type { Decision } from './decision.ts';

/** Whether a decision's validity has ended at an instant: it supports no limit from then on. */
export function hasExpired({ validUntil }: Pick<Decision, 'validUntil'>, at: string): boolean {
  return Date.parse(validUntil) <= Date.parse(at);
}

/** What is told of a decision whose validity has ended. */
export function expiredText({ validUntil }: Pick<Decision, 'validUntil'>): Texts {
  const day = validUntil.slice(0, 10);
  return {
    en: `This decision was valid until ${day}. It has expired and supports no limit.`,
    'zh-CN': `本决定有效期至${day}，现已过期，不再支持任何授信额度。`,
  };
}
