import { readFileSync } from 'node:fs';
import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { artefactArbitrary, artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type Artefact, type FeatureTerm } from '../../models/artefact/index.ts';
import { asValues, goldenVectors } from '../../models/golden/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { rateableModel, type RateableModel } from '../model.ts';
import { pointsOf, pointsPerLogOdds, type PointsScale } from '../points.ts';
import { adverseReasons } from '../reasons/reasons.ts';
import { isOfParts } from './attributes.ts';
import { scorecardCsv, scorecardMarkdown } from './render.ts';
import { scoreByTable, scorecardOf } from './scorecard.ts';

const scale: PointsScale = { name: 'test', version: 1, pointsToDoubleOdds: 20, baseScore: 600, baseOdds: 30 };
const rateable = (artefact: Artefact): RateableModel => rateableModel(compile(artefact), artefactHash(artefact));

describe('a points table', () => {
  test.prop([artefactArbitrary], { numRuns: 40, seed: 20261123 })(
    'gives every golden vector the score of the model, from one attribute of each characteristic',
    (artefact) => {
      const model = rateable(artefact);
      const card = scorecardOf(model, scale);
      for (const row of goldenVectors(artefact).rows) {
        const values = asValues(artefact, row);
        const expected = pointsOf(model.scorer.score(values).logOdds, scale);
        expect(Math.abs(scoreByTable(card, values).score - expected)).toBeLessThan(1e-9);
        let whole = card.wholeBasePoints;
        for (const { features, attributes } of card.characteristics) {
          const matching = attributes.filter((attribute) =>
            features.every((feature, f) => isOfParts(values[feature.name], attribute.values[f] ?? [], feature)),
          );
          expect(matching.length).toBe(1);
          whole += matching[0]?.wholePoints ?? 0;
        }
        expect(Math.abs(whole - expected)).toBeLessThanOrEqual(card.roundingBound + 1e-9);
      }
    },
  );

  test.prop([artefactArbitrary], { numRuns: 30, seed: 4 })(
    'names the reasons that a rating names, by the same points lost, worst first',
    (artefact) => {
      const model = rateable(artefact);
      const card = scorecardOf(model, scale);
      for (const row of goldenVectors(artefact).rows.slice(0, 40)) {
        const values = asValues(artefact, row);
        const options = { atMost: Infinity, leastPoints: 0, pointsPerLogOdds: pointsPerLogOdds(scale) };
        const expected = adverseReasons(model, model.scorer.score(values), values, options);
        const { reasons } = scoreByTable(card, values);
        const named = reasons.map(({ reasonCode }) => {
          const { features = [] } = card.characteristics.find((each) => each.reasonCode === reasonCode) ?? {};
          return features.map(({ name }) => name);
        });
        // Losses that differ by rounding alone are ties.
        const noticed = expected.filter(({ pointsLost }) => pointsLost > 1e-9);
        expect(reasons.filter(({ pointsLost }) => pointsLost > 1e-9).length).toBe(noticed.length);
        noticed.forEach(({ pointsLost, features }, i) => {
          expect(reasons[i]?.pointsLost).toBeCloseTo(pointsLost, 9);
          const ties = expected.filter((other) => Math.abs(other.pointsLost - pointsLost) < 1e-9);
          if (ties.length === 1) expect(named[i]).toEqual(features.map(({ name }) => name));
        });
      }
    },
  );

  it("has optbinning's points, scores and PDs for its scorecard of the same bins and coefficients", () => {
    const path = new URL('../../models/binning/golden/golden.json', import.meta.url);
    const { card: expected } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly card: {
        readonly intercept: number;
        readonly variables: readonly {
          readonly name: string;
          readonly splits: readonly number[];
          readonly woe: readonly number[];
          readonly coefficient: number;
          readonly points: readonly number[];
        }[];
        readonly rows: readonly (readonly number[])[];
        readonly pd: readonly number[];
        readonly score: readonly number[];
      };
    };
    const { variables, intercept } = expected;
    const terms = variables.map(({ name, splits, woe, coefficient }): FeatureTerm => {
      const shape = [0, ...woe.map((each) => coefficient * each)];
      return {
        name,
        type: 'number',
        encoding: { kind: 'number', codes: [], edges: splits },
        shape,
        support: shape.map(() => 1),
        band: null,
        monotone: null,
        range: null,
        label: null,
      };
    });
    const model = rateable(artefactOf({ intercept, terms, pairs: [] }));
    const card = scorecardOf(model, scale);
    card.characteristics.forEach(({ attributes }, c) => {
      // optbinning spreads the base points evenly over the characteristics.
      const points = attributes.slice(1).map((attribute) => attribute.points + card.basePoints / variables.length);
      points.forEach((value, i) => expect(value).toBeCloseTo(variables[c]?.points[i] ?? Number.NaN, 9));
    });
    expected.rows.forEach((row, r) => {
      const values = Object.fromEntries(variables.map(({ name }, v) => [name, row[v]]));
      expect(scoreByTable(card, values).score).toBeCloseTo(expected.score[r] ?? Number.NaN, 9);
      expect(model.scorer.score(values).pd).toBeCloseTo(expected.pd[r] ?? Number.NaN, 12);
    });
  });

  it('reads as CSV and as Markdown, in English and Chinese', () => {
    const artefact = artefactOf({
      intercept: -Math.log(30),
      terms: [
        {
          name: 'age',
          type: 'number',
          encoding: { kind: 'number', codes: [-1], edges: [25, 40.5, 60] },
          shape: [0, Math.LN2, Math.LN2 / 2, 0, 0, -Math.LN2],
          support: [0, 10, 20, 30, 30, 10],
          band: null,
          monotone: null,
          range: [18, 80],
          label: { en: 'Age', 'zh-CN': '年龄' },
        },
        {
          name: 'region',
          type: 'category',
          encoding: { kind: 'category', codes: [], levels: ['a "b"', 'x|y'] },
          shape: [0, 0, Math.LN2, 0],
          support: [0, 50, 50, 0],
          band: null,
          monotone: null,
          range: null,
          label: null,
        },
      ],
      pairs: [],
    });
    const card = scorecardOf(rateable(artefact), scale);
    expect(scorecardCsv(card, 'en').split('\r\n')).toEqual([
      'Reason code,Characteristic,Attribute,Points,Exact points,Points lost,Training rows',
      ',Base points,,600,600,,',
      'R01,Age,missing,0,0,0,0',
      "R01,Age,'= -1,-20,-20,18,0.1",
      'R01,Age,< 25,-10,-10,8,0.2',
      'R01,Age,25 – < 60,0,0,0,0.6',
      'R01,Age,≥ 60,20,20,0,0.1',
      'R02,region,missing,0,0,0,0',
      'R02,region,"""a ""b"""", other",0,0,0,0.5',
      'R02,region,"""x|y""",-20,-20,10,0.5',
      '',
    ]);
    const markdown = scorecardMarkdown(card, 'zh-CN');
    expect(markdown).toContain('## R01 年龄\n\n| 取值 | 分值 | 精确分值 | 失分 | 训练样本占比 |');
    expect(markdown).toContain('| "x\\|y" | -20 | -20.00 | 10.00 | 50.0 % |');
    expect(markdown).toContain('好坏比 30:1 时为 600 分');
  });
});
