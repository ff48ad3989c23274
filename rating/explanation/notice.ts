import { expiredText, hasExpired, OUTCOME_NAMES, type Decision } from '../decision/index.ts';
import { isCapped } from '../overrides/index.ts';
import { pointsPerLogOdds } from '../points.ts';
import type { Language, Texts } from '../texts.ts';
import { outcomeMade, type Explained, type Explanation } from './explain.ts';
import { boundaryText, decisionReasonText } from './render.ts';
import { whatApplies } from './verdict-text.ts';

/** Whose law a notice follows. */
export const JURISDICTIONS = ['US', 'CN', 'other'] as const;
export type NoticeJurisdiction = (typeof JURISDICTIONS)[number];

/** What a customer is told of a decision, in one language. */
export interface CustomerNotice {
  readonly language: Language;
  readonly jurisdiction: NoticeJurisdiction;
  readonly outcome: Decision['outcome'];
  /** Sentences, in the order in which they are to be read. */
  readonly opening: string;
  /** That the decision's validity has ended when this is told. Absent: it stands. */
  readonly expired?: string;
  readonly reasons: readonly string[];
  readonly boundary: string;
  /** What holds for the customer whose case a person approved: amount, conditions, terms. Absent: a person set nothing. */
  readonly conditions?: readonly string[];
  /** What the customer can do, where that was worked out. */
  readonly advice: readonly string[];
  /** Rights that the law asks to be told. */
  readonly rights: readonly string[];
}

/** A decision that the law counts as adverse: credit refused, or granted on other terms than asked for. */
export function isAdverse({ outcome }: Pick<Decision, 'outcome'>): boolean {
  return outcome === 'decline' || outcome === 'condition';
}

const OPENING: { readonly [kind in 'adverse' | 'refer' | 'approve']: Texts } = {
  adverse: {
    en: 'We have decided on your request for credit: {decision}. The principal reasons for this decision are:',
    'zh-CN': '我们已对您的授信申请作出决定：{decision}。作出该决定的主要原因如下：',
  },
  refer: {
    en: 'Your request for credit has been handed to a person, who will decide on it. What stood out:',
    'zh-CN': '您的授信申请已转交人工审核，将由工作人员作出决定。主要情况如下：',
  },
  approve: {
    en: 'We have decided on your request for credit: {decision}. What would improve your grade:',
    'zh-CN': '我们已对您的授信申请作出决定：{decision}。以下方面可提升您的评级：',
  },
};

/** An approval against model and rules has a reason, and no grade to improve. */
const APPROVED_BY_PERSON: Texts = {
  en: 'We have decided on your request for credit: {decision}. A person decided so, for this reason:',
  'zh-CN': '我们已对您的授信申请作出决定：{decision}。该决定由工作人员作出，理由如下：',
};

/** An approval with conditions that a person set in a case: for their reasons, and not for those that would refuse it. */
const CONDITION_BY_PERSON: Texts = {
  en: 'We have decided on your request for credit: {decision}. A person decided so; the principal reasons are:',
  'zh-CN': '我们已对您的授信申请作出决定：{decision}。该决定由工作人员作出，主要理由如下：',
};

/** An approval whose limit is a person's. */
const LIMIT_BY_PERSON: Texts = {
  en: 'We have decided on your request for credit: {decision}. A person set the limit, for this reason:',
  'zh-CN': '我们已对您的授信申请作出决定：{decision}。授信额度由工作人员核定，理由如下：',
};

/** What art. 24 asks where a person decided: the rating was automated, the decision was not made by automated means alone. */
const CN_BY_PERSON: Texts = {
  en: 'A person made this decision; the rating that was looked at was prepared by automated means. You may ask for an explanation of both.',
  'zh-CN':
    '本决定由工作人员作出，其参考的评级系通过自动化决策方式生成。您有权要求我们对该决定及评级予以说明（《个人信息保护法》第二十四条）。',
};

/**
 * What the law asks to be told. US: 12 CFR 1002.9(a)(2) and (b) (Regulation B: statement of action, specific principal reasons, the
 * notice of the Equal Credit Opportunity Act). China: Personal Information Protection Law art. 24 (explanation of automated decisions, the right
 * to refuse a decision made by them alone) and art. 44 to 47 (access, correction, erasure).
 */
const RIGHTS: { readonly [jurisdiction in NoticeJurisdiction]: readonly Texts[] } = {
  US: [
    {
      en: 'The federal Equal Credit Opportunity Act prohibits creditors from discriminating against credit applicants on the basis of race, color, religion, national origin, sex, marital status, age (provided the applicant has the capacity to enter into a binding contract); because all or part of the applicant’s income derives from any public assistance program; or because the applicant has in good faith exercised any right under the Consumer Credit Protection Act.',
      'zh-CN':
        '美国联邦《平等信贷机会法》禁止债权人因种族、肤色、宗教、国籍、性别、婚姻状况、年龄（以申请人具有订立有约束力合同的能力为限），或因申请人的收入全部或部分来自公共援助项目，或因申请人善意行使《消费者信贷保护法》规定的权利而歧视信贷申请人。',
    },
    {
      en: 'You may ask us for a copy of the information that this decision was based on, and dispute what is wrong in it.',
      'zh-CN': '您可以向我们索取作出该决定所依据的信息副本，并对其中的错误提出异议。',
    },
  ],
  CN: [
    {
      en: 'This decision was prepared by automated means. You may ask for an explanation of it, and may refuse a decision that was made by automated means alone: ask for a review by a person.',
      'zh-CN':
        '本决定系通过自动化决策方式作出。您有权要求我们对该决定予以说明，并有权拒绝仅通过自动化决策的方式作出决定，可要求人工复核（《个人信息保护法》第二十四条）。',
    },
    {
      en: 'You may consult and copy the personal information that we hold of you, and ask for its correction or erasure.',
      'zh-CN':
        '您有权查阅、复制我们持有的您的个人信息，并有权请求更正、补充或者删除（《个人信息保护法》第四十四条至第四十七条）。',
    },
  ],
  other: [
    {
      en: 'You may ask for an explanation of this decision, for a review by a person, and for the correction of wrong data.',
      'zh-CN': '您可以要求对本决定作出说明、进行人工复核，并更正错误的数据。',
    },
  ],
};

/** The notice of a decision, told at an instant. Reasons are those of the decision that was made; `advice` are sentences that were verified by rating anew. */
export function customerNotice(
  explained: Explained,
  explanation: Explanation,
  jurisdiction: NoticeJurisdiction,
  language: Language,
  at: string,
  advice: readonly string[] = [],
): CustomerNotice {
  const { decision, standards } = explained;
  const outcome = outcomeMade(explained);
  const kind = isAdverse({ outcome }) ? 'adverse' : outcome === 'refer' ? 'refer' : 'approve';
  const { override } = explained;
  const applies = override ? whatApplies(override, decision, language) : [];
  return {
    language,
    jurisdiction,
    outcome,
    opening: openingOf(kind, outcome, explained)[language].replace('{decision}', OUTCOME_NAMES[outcome][language]),
    ...(hasExpired(decision, at) ? { expired: expiredText(decision)[language] } : {}),
    reasons: explanation.reasons.map((reason) => decisionReasonText(reason, explained, language)),
    boundary: boundaryText(explanation, pointsPerLogOdds(standards.points), language),
    ...(applies.length === 0 ? {} : { conditions: applies }),
    advice,
    rights: rightsOf(jurisdiction, override?.verdict !== undefined).map((text) => text[language]),
  };
}

function openingOf(
  kind: keyof typeof OPENING,
  outcome: Decision['outcome'],
  { decision, override }: Pick<Explained, 'decision' | 'override'>,
): Texts {
  if (!override) return OPENING[kind];
  if (override.from === override.to)
    return kind === 'approve' && isCapped(override, decision.limit) ? LIMIT_BY_PERSON : OPENING[kind];
  if (kind === 'approve') return APPROVED_BY_PERSON;
  return override.verdict !== undefined && outcome === 'condition' ? CONDITION_BY_PERSON : OPENING[kind];
}

/** Where the verdict of a case decided, nobody is told that automated means did. */
function rightsOf(jurisdiction: NoticeJurisdiction, byVerdict: boolean): readonly Texts[] {
  const rights = RIGHTS[jurisdiction];
  return byVerdict && jurisdiction === 'CN' ? [CN_BY_PERSON, ...rights.slice(1)] : rights;
}
