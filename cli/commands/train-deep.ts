import { directionsOf } from '../../models/deep/index.ts';
import { saveTrainedDeep, trainDeepFlat, type FlatTraining } from '../../models/flat/index.ts';
import type { CommandContext } from '../command.ts';
import { directionsText } from './directions-text.ts';
import { tellWarnings } from './training-warnings.ts';

/** `probity train --kind deep`: trains, proves and writes a deep challenger, and tells what it is. */
export async function trainDeep(
  context: CommandContext,
  run: Pick<FlatTraining, 'spec' | 'train' | 'seed' | 'settings'>,
  out: string,
): Promise<void> {
  const started = performance.now();
  const { settings, ...given } = run;
  const trained = await trainDeepFlat({
    ...given,
    ...(settings ? { settings } : {}),
    onProgress: context.progress,
    signal: context.signal,
  });
  await saveTrainedDeep(trained, out);
  const seconds = (performance.now() - started) / 1000;
  const { artefact, counts, fitted, hash, golden } = trained;
  const { auc, aucInterval, logLoss, glassBox } = fitted.outOfFold;
  const { base, bags, shape } = artefact.model;
  const directions = directionsOf(artefact);
  tellWarnings(context, artefact.warnings);
  const interval = aucInterval.map((bound) => bound.toFixed(4)).join(' to ');
  const tensorflow = golden.checks.find(({ name }) => name === 'tensorflow');
  context.result(
    {
      model: out,
      kind: 'deep',
      hash,
      rows: counts,
      features: base.terms.length,
      networks: bags.length * shape.members,
      outOfFold: fitted.outOfFold,
      directions,
      goldenVectors: golden.vectors,
      warnings: artefact.warnings,
      seconds: Number(seconds.toFixed(2)),
    },
    [
      `${counts.rows} rows: ${counts.bad} bad, ${counts.good} good, ${counts.indeterminate} indeterminate (left out)`,
      `${base.terms.length} features, ${bags.length} bags of ${shape.members} networks beside a glass box; out of fold: AUC ${auc.toFixed(4)} (95 %: ${interval}), log-loss ${logLoss.toFixed(4)}`,
      `the glass box alone: AUC ${glassBox.auc.toFixed(4)}, log-loss ${glassBox.logLoss.toFixed(4)}`,
      directionsText(directions),
      `TypeScript and TensorFlow agree on ${golden.vectors} golden vectors (log-odds within ${tensorflow?.largestDifference.toExponential(1)})`,
      `deep challenger ${hash.slice(0, 12)} in ${out} (${seconds.toFixed(1)} s); it may be compared with a glass box, never decide`,
    ].join('\n'),
  );
}
