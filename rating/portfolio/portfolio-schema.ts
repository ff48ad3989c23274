import { z } from 'zod';

const text = z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) });

/**
 * What portfolio reports assume, as data: macro scenarios, what a unit of sales earns, and how many names are shown. A scenario is a quantile of the one systematic factor of
 * Vasicek's model; `lgdFactor` raises losses given default with it.
 */
export const portfolioSchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    scenarios: z
      .array(
        z.strictObject({
          code: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
          label: text,
          /** Years in a hundred that are no worse: 0.99 is the worst year of a hundred. */
          quantile: z.number().gt(0).lt(1),
          /** Correlation of customers' assets by the systematic factor. */
          correlation: z.number().gt(0).lt(1),
          lgdFactor: z.number().min(0).max(3),
        }),
      )
      .min(1),
    /** How many of the largest names default together. */
    singleNames: z.array(z.int().min(1).max(100)).min(1),
    /** Share of a year's sales to a customer that is earned before losses. */
    margin: z.number().min(0).max(1),
    /** Names of customers that a report shows in each list. */
    names: z.int().min(1).max(100),
  })
  .superRefine(({ scenarios }, context) => {
    scenarios.forEach(({ code }, i) => {
      if (scenarios.findIndex((other) => other.code === code) < i)
        context.addIssue({ code: 'custom', path: ['scenarios', i, 'code'], message: 'This scenario stands twice.' });
    });
  });

export type PortfolioAssumptions = z.output<typeof portfolioSchema>;
