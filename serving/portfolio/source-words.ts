import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import type { Texts } from '../../rating/index.ts';

/** What a report rests on, and its own name. */
const SOURCES = {
  report: { en: 'report', 'zh-CN': '报告编号' },
  rating: { en: 'rating', 'zh-CN': '评级编号' },
  model: { en: 'model', 'zh-CN': '模型' },
  snapshot: { en: 'snapshot', 'zh-CN': '特征快照' },
  trainingSet: { en: 'training set', 'zh-CN': '训练集' },
  scores: { en: 'scores', 'zh-CN': '评分批次' },
  policy: { en: 'policy', 'zh-CN': '政策版本' },
  assumptions: { en: 'assumptions', 'zh-CN': '假设版本' },
} as const satisfies Record<string, Texts>;

/** The foot of a report: what it is called and what it was made from. */
export function sourcesLine(sources: { readonly [of in keyof typeof SOURCES]?: string }, language: Language): string {
  const lines = (Object.keys(SOURCES) as (keyof typeof SOURCES)[]).flatMap((of) =>
    sources[of] === undefined ? [] : [`${SOURCES[of][language]} ${escapeHtml(sources[of])}`],
  );
  return `<p class="note"><code>${lines.join('<br>')}</code></p>`;
}
