import type { Language } from '../../base/index.ts';
import { artefactHash } from '../artefact/artefact.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { escapeHtml } from '../validation/charts.ts';
import { charts, gateTable, measures, STYLE, table } from '../validation/html.ts';
import { captioned, figure, htmlPage } from '../validation/page-parts.ts';
import type { ValidationReport } from '../validation/report.ts';
import { fairness as fairnessTables, stability as stabilityOf } from '../validation/sections.ts';
import { shapes } from '../validation/shapes.ts';
import { WORDS, type Word } from '../validation/words.ts';
import { heatMap, labelOf } from './heat-map.ts';
import { CARD_WORDS, type CardWord } from './words.ts';

export interface CardOptions {
  readonly language: Language;
  /** How the model did on rows that it has not seen. */
  readonly validation: ValidationReport | null;
}

/**
 * The model card (Mitchell et al., Model Cards for Model Reporting, 2019) as one self-contained page, without script or network, readable and
 * printable: purpose, data, performance, calibration, shapes, pairs, stability, fairness, limits and hashes.
 */
export function renderModelCard(artefact: Artefact, options: CardOptions): string {
  const { language } = options;
  const say = (word: CardWord): string => CARD_WORDS[word][language];
  return htmlPage(
    language,
    `${say('title')}: ${escapeHtml(artefact.name)}`,
    STYLE + CARD_STYLE,
    [purpose, data, performance, shapesOf, pairsOf, stability, fairness, limits]
      .map((section) => `<section>${section(artefact, options, say)}</section>`)
      .join(''),
  );
}

const CARD_STYLE = `
section{margin-top:2rem}th[scope=row]{width:16rem}.riskier{fill:var(--bad)}.safer{fill:var(--good)}.frame{fill:none;stroke:var(--line)}p{max-width:48rem}`;

type Section = (artefact: Artefact, options: CardOptions, say: (word: CardWord) => string) => string;

const shared =
  ({ language }: CardOptions) =>
  (word: Word): string =>
    WORDS[word][language];

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

const PURPOSE = { default: 'purposeText', 'late-payment': 'latePayment', hazard: 'hazardText' } as const;

const purpose: Section = (artefact, _, say) => {
  const { target, model } = artefact;
  const facts: [string, string][] = [[say('target'), escapeHtml(target.definition)]];
  if (target.horizonMonths !== null) facts.push([say('horizon'), `${target.horizonMonths} ${say('months')}`]);
  facts.push([say('structure'), `${model.terms.length} ${say('features')}, ${model.pairs.length} ${say('pairs')}`]);
  facts.push([say('hash'), code(artefactHash(artefact))]);
  if (target.ages) {
    const { periodMonths, longestMonths } = target.ages;
    facts.push([say('horizon'), `${periodMonths} – ${longestMonths} ${say('months')} (+${periodMonths})`]);
  }
  const text = say(PURPOSE[target.kind]);
  return `<h2>${say('purpose')}</h2><p>${text}</p>${table(facts)}`;
};

const data: Section = ({ provenance }, options, say) => {
  const word = shared(options);
  const { rows, bads, period, trainingSetHash, specHash, featureViews, trainer, seed } = provenance;
  const share = rows > 0 ? ` (${figure((100 * bads) / rows, 1)} %)` : '';
  const facts: [string, string][] = [[word('sample'), `${rows} ${word('rows')}, ${bads} ${word('bads')}${share}`]];
  if (period) facts.push([word('period'), period.map((date) => date.slice(0, 10)).join(' – ')]);
  facts.push([say('trainingSet'), code(trainingSetHash)], [say('spec'), code(specHash)]);
  const views = Object.entries(featureViews).map(([view, hash]) => `${escapeHtml(view)} ${code(hash)}`);
  if (views.length > 0) facts.push([say('views'), views.join('<br>')]);
  const settings = Object.entries(trainer.options).map(
    ([key, value]) => `${escapeHtml(key)} ${escapeHtml(String(value))}`,
  );
  facts.push([say('trainer'), `${escapeHtml(trainer.version)}, ${say('seed')} ${seed}; ${settings.join(', ')}`]);
  return `<h2>${say('data')}</h2>${table(facts)}`;
};

const performance: Section = ({ outOfFold, calibration }, options, say) => {
  const word = shared(options);
  const { validation } = options;
  const { slope, intercept, logLossBefore, logLossAfter } = calibration;
  const folded =
    calibration.method === 'none'
      ? say('noCalibration')
      : `${figure(slope)} · x + ${figure(intercept)}; ${word('logLoss')} ${figure(logLossBefore)} → ${figure(logLossAfter)}`;
  const { centralTendency } = calibration;
  const moved: [string, string][] = centralTendency
    ? [
        [
          say('centralTendency'),
          `${figure(centralTendency.sample)} → ${figure(centralTendency.target)}; + ${figure(centralTendency.intercept)}`,
        ],
      ]
    : [];
  const facts = table([
    [`${say('outOfFold')}: AUC`, figure(outOfFold.auc)],
    [`${say('outOfFold')}: ${word('logLoss')}`, figure(outOfFold.logLoss)],
    [say('calibrationFold'), folded],
    ...moved,
  ]);
  const head = `<h2>${say('performance')}</h2>${facts}`;
  if (!validation) return `${head}<p>${say('noTest')}</p>`;
  const sample: [string, string][] = [
    [word('sample'), `${validation.sample.rows} ${word('rows')}, ${validation.sample.bads} ${word('bads')}`],
    [word('testSet'), code(validation.testSetHash)],
  ];
  return (
    `${head}<h3>${say('onTest')}</h3>${table([...sample, ...measures(validation, word)])}` +
    `<div class="grid-of">${charts(validation, word)}</div><h3>${word('gates')}</h3>${gateTable(validation.gates, word)}`
  );
};

const shapesOf: Section = ({ model }, options, say) => {
  const word = shared(options);
  return `<h2>${word('shapes')}</h2><p>${say('shapesNote')}</p><div class="grid-of">${shapes(model, options.language, word)}</div>`;
};

const pairsOf: Section = ({ model }, { language }, say) => {
  if (model.pairs.length === 0) return '';
  const maps = model.pairs.map((pair) => {
    const names = [pair.a, pair.b].map((t) => model.terms[t]).map((term) => (term ? labelOf(term, language) : ''));
    const largest = Math.max(...pair.values.flat().map(Math.abs));
    return captioned(`${names.join(' × ')} (${figure(largest, 3)})`, heatMap(pair, model, language));
  });
  return `<h2>${say('heatMaps')}</h2><p>${say('heatNote')}</p><div class="grid-of">${maps.join('')}</div>`;
};

const stability: Section = ({ model }, options, say) => {
  const word = shared(options);
  if (!options.validation?.stability) return `<h2>${word('stability')}</h2><p>${say('noStability')}</p>`;
  const named = (feature: string): string => labelled({ model }, feature, options.language);
  return `<h2>${word('stability')}</h2>${stabilityOf(options.validation, word, named)}`;
};

function labelled({ model }: Pick<Artefact, 'model'>, feature: string, language: Language): string {
  const term = model.terms.find((each) => each.name === feature);
  return term ? labelOf(term, language) : feature;
}

const fairness: Section = (artefact, options, say) => {
  const word = shared(options);
  const names = artefact.protected.map(escapeHtml).join(', ');
  const never = artefact.use === 'benchmark-only' ? `<p class="fail"><strong>${say('benchmarkOnly')}</strong></p>` : '';
  const head = `<h2>${say('fairness')}</h2>${never}<p>${names === '' ? say('noProtected') : `${say('protectedOut')} ${names}`}</p>`;
  if (!options.validation) return head;
  return head + fairnessTables(options.validation, word, (feature) => labelled(artefact, feature, options.language));
};

const limits: Section = ({ warnings }, _, say) => {
  const texts = (['limitPopulation', 'limitRange', 'limitBinding', 'limitCause'] as const).map(say);
  const raised = warnings.map(({ feature, message }) =>
    escapeHtml(`${feature === null ? '' : `${feature}: `}${message}`),
  );
  const list = (items: readonly string[]): string => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
  return `<h2>${say('limits')}</h2>${list(texts)}${raised.length > 0 ? `<h3>${say('warnings')}</h3>${list(raised)}` : ''}`;
};
