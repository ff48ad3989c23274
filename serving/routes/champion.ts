import type { RequestHandler } from 'express';
import { ProbityError } from '../../base/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { answerLanguage } from '../http/language.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { Live } from '../live/live.ts';

/** GET /v1/models/champion: who serves each slot, what each model is, and the scales that its PDs are graded by. */
export function getChampion(live: Live, deps: Pick<ServingDependencies, 'standards'>): RequestHandler {
  return (request, response) => {
    const language = answerLanguage(request, response);
    const lease = live.acquire();
    try {
      if (lease.champions.length === 0) throw new ProbityError('NO_CHAMPION', 'No model has been promoted.');
      const { masterScale, points } = deps.standards;
      response.setHeader('cache-control', 'private, no-cache');
      response.json({
        champions: lease.champions.map(({ slot, from, rulesOnly, model: { artefact, hash } }) => ({
          slot: slotKey(slot),
          since: from,
          rulesOnly: rulesOnly ? { since: rulesOnly.from, reportId: rulesOnly.reportId } : null,
          model: {
            name: artefact.name,
            hash,
            target: artefact.target,
            features: artefact.model.terms.map((term) => ({
              name: term.name,
              type: term.type,
              label: term.label,
              display: term.display ?? null,
            })),
            trainedOn: {
              rows: artefact.provenance.rows,
              bads: artefact.provenance.bads,
              period: artefact.provenance.period,
              trainingSetHash: artefact.provenance.trainingSetHash,
              featureViews: artefact.provenance.featureViews,
            },
            outOfFold: artefact.outOfFold,
          },
        })),
        snapshot:
          lease.snapshot === null ? null : { id: lease.snapshot.reader.snapshotId, asOf: lease.snapshot.reader.asOf },
        points,
        masterScale: {
          ...masterScale,
          grades: masterScale.grades.map((grade) => ({ ...grade, name: grade.name[language] })),
        },
      });
    } finally {
      lease.release();
    }
  };
}
