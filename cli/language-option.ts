import { LANGUAGES, ProbityError, type Language } from '../base/index.ts';

/** The language that `--language` names; throws USAGE where we do not speak it. */
export function languageNamed(code: string): Language {
  const language = LANGUAGES.find((each) => each === code);
  if (language) return language;
  throw new ProbityError('USAGE', 'There is no such language.', { fix: `One of ${LANGUAGES.join(', ')}.` });
}
