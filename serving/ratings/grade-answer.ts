import type { GradeOfPd, Language } from '../../rating/index.ts';

/** A grade as the API answers it, in one language. */
export function gradeAnswer({ code, name, class: risk, pdFrom, pdBelow }: GradeOfPd, language: Language) {
  return { code, name: name[language], class: risk, pdFrom, pdBelow };
}
