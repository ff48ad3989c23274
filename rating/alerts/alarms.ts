import type { Texts } from '../texts.ts';
import type { WarningLevel } from '../warnings/levels.ts';

/** What the list of monitoring reports tells of a look at a model. */
export interface ModelLook {
  readonly reportId: string;
  readonly slot: string;
  readonly model: string;
  readonly madeAt: string;
  readonly result: 'alarm' | 'immaterial' | 'quiet';
}

/** An alarm that somebody is to be told of. */
export interface ModelAlarm {
  /** The report that raised it. */
  readonly alarmId: string;
  readonly level: WarningLevel;
  readonly code: string;
  readonly meaning: Texts | null;
  readonly at: string;
}

/** The alarms among looks at models (newest first, at most `limit` were read): the first report of each run of alarms of a model. A run whose beginning was not read is left out: it was told of before. */
export function modelAlarms(looks: readonly ModelLook[], limit: number): readonly ModelAlarm[] {
  return looks.flatMap((look, i) => {
    if (look.result !== 'alarm') return [];
    const before = looks.slice(i + 1).find(({ slot, model }) => slot === look.slot && model === look.model);
    const isFirst = before === undefined ? looks.length < limit : before.result !== 'alarm';
    if (!isFirst) return [];
    return [
      {
        alarmId: look.reportId,
        level: 'warning' as const,
        code: 'MODEL_ALARM',
        meaning: {
          en: `The model of ${look.slot} has drifted, and it matters.`,
          'zh-CN': `模型 ${look.slot} 出现显著且重大的漂移。`,
        },
        at: look.madeAt,
      },
    ];
  });
}
