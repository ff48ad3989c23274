import { csvText } from '../../base/index.ts';
import { valuesText } from '../../models/binning/index.ts';
import type { Language } from '../texts.ts';
import type { Attribute, Characteristic, Scorecard } from './scorecard.ts';

const WORDS = {
  title: { en: 'Scorecard', 'zh-CN': '评分卡' },
  reasonCode: { en: 'Reason code', 'zh-CN': '原因码' },
  characteristic: { en: 'Characteristic', 'zh-CN': '特征' },
  attribute: { en: 'Attribute', 'zh-CN': '取值' },
  points: { en: 'Points', 'zh-CN': '分值' },
  exact: { en: 'Exact points', 'zh-CN': '精确分值' },
  lost: { en: 'Points lost', 'zh-CN': '失分' },
  share: { en: 'Training rows', 'zh-CN': '训练样本占比' },
  base: { en: 'Base points', 'zh-CN': '基础分' },
} as const;

const HEADER = ['reasonCode', 'characteristic', 'attribute', 'points', 'exact', 'lost', 'share'] as const;

/** The points table as CSV, one row per attribute, base points first; in a language's words. */
export function scorecardCsv(card: Scorecard, language: Language): string {
  const rows: (string | number)[][] = [
    HEADER.map((word) => WORDS[word][language]),
    ['', WORDS.base[language], '', card.wholeBasePoints, card.basePoints, '', ''],
    ...card.characteristics.flatMap((characteristic) =>
      characteristic.attributes.map((attribute) => [
        characteristic.reasonCode,
        nameOf(characteristic, language),
        attributeText(characteristic, attribute, language),
        attribute.wholePoints,
        attribute.points,
        attribute.pointsLost,
        attribute.share ?? '',
      ]),
    ),
  ];
  return csvText(rows);
}

/** The points table as Markdown: what the scale means, then a table per characteristic. */
export function scorecardMarkdown(card: Scorecard, language: Language): string {
  const { scale, characteristics } = card;
  const title = `# ${WORDS.title[language]}: ${escapeMarkdown(card.model.name)}`;
  const about = {
    en: [
      `Model \`${card.model.hash}\`. Scale: ${scale.baseScore} points at ${scale.baseOdds} good to one bad; ${scale.pointsToDoubleOdds} more points double the odds of being good.`,
      `A score is the base points, **${card.wholeBasePoints}**, plus the points of one row of each table. Whole points add up to within ${card.roundingBound.toFixed(1)} of the exact score.`,
      'Points lost are counted from the mean of the training population; the reasons for a score are the codes that lost the most.',
    ],
    'zh-CN': [
      `模型 \`${card.model.hash}\`。刻度：好坏比 ${scale.baseOdds}:1 时为 ${scale.baseScore} 分；每增加 ${scale.pointsToDoubleOdds} 分，好坏比翻倍。`,
      `评分 = 基础分 **${card.wholeBasePoints}** + 每张表中对应一行的分值。整数分值之和与精确评分最多相差 ${card.roundingBound.toFixed(1)} 分。`,
      '失分以训练样本的平均分值为基准；评分原因即失分最多的原因码。',
    ],
  }[language];
  const tables = characteristics.map((characteristic) => {
    const head = (['attribute', 'points', 'exact', 'lost', 'share'] as const).map((word) => WORDS[word][language]);
    const rows = characteristic.attributes.map(({ wholePoints, points, pointsLost, share, values }) => [
      escapeMarkdown(attributeText(characteristic, { values }, language)),
      String(wholePoints),
      points.toFixed(2),
      pointsLost > 0 ? pointsLost.toFixed(2) : '',
      share === null ? '' : `${(100 * share).toFixed(1)} %`,
    ]);
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    return [
      `## ${characteristic.reasonCode} ${escapeMarkdown(nameOf(characteristic, language))}`,
      '',
      line(head),
      '| --- | ---: | ---: | ---: | ---: |',
      ...rows.map(line),
    ].join('\n');
  });
  return `${[title, ...about, ...tables].join('\n\n')}\n`;
}

const nameOf = ({ features }: Characteristic, language: Language): string =>
  features.map(({ label }) => label[language]).join(' × ');

/** Which values an attribute stands for, in words; of a pair, both features' with their names. */
function attributeText(
  { features }: Characteristic,
  { values }: Pick<Attribute, 'values'>,
  language: Language,
): string {
  const texts = features.map(({ type }, f) => valuesText(values[f] ?? [], type === 'date', language));
  if (features.length === 1) return texts[0] ?? '';
  return features.map(({ label }, f) => `${label[language]}: ${texts[f] ?? ''}`).join('; ');
}

const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>|#]/g, (mark) => `\\${mark}`).replaceAll(/\s+/g, ' ');
