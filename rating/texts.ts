import { LANGUAGES, type Language } from '../base/index.ts';
import { contractOf } from '../features/contracts/index.ts';

export { LANGUAGES, type Language } from '../base/index.ts';

/** One text in every language. */
export type Texts = { readonly [language in Language]: string };

/** What people call a feature: its declared label, or its name with spaces. */
export function labelOf(feature: { readonly name: string; readonly label: Texts | null }): Texts {
  const plain = feature.name.replaceAll('_', ' ');
  return feature.label ?? { en: plain, 'zh-CN': plain };
}

/** What people call sources that are late, incomplete or without a legal basis, each once: by what their tables hold (`erp (payments)` and `payments`: payments). Names of no table of ours stay as they are. */
export function sourceLabels(sources: readonly string[]): { readonly [language in Language]: readonly string[] } {
  const labels = sources.map((source): Texts => {
    const table = /^.* \((\w+)\)$/.exec(source)?.[1] ?? source;
    return contractOf(table)?.label ?? { en: source, 'zh-CN': source };
  });
  const named = (language: Language): readonly string[] => [...new Set(labels.map((label) => label[language]))];
  return Object.fromEntries(LANGUAGES.map((language) => [language, named(language)])) as {
    readonly [language in Language]: readonly string[];
  };
}

/** Names one after the other; a name may hold commas of its own. */
export function listText(names: readonly string[], language: Language): string {
  return names.join(language === 'en' ? '; ' : '；');
}
