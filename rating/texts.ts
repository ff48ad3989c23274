import type { Language } from '../base/index.ts';

export { LANGUAGES, type Language } from '../base/index.ts';

/** One text in every language. */
export type Texts = { readonly [language in Language]: string };

/** What people call a feature: its declared label, or its name with spaces. */
export function labelOf(feature: { readonly name: string; readonly label: Texts | null }): Texts {
  const plain = feature.name.replaceAll('_', ' ');
  return feature.label ?? { en: plain, 'zh-CN': plain };
}
