import { exactGlob, literal, ProbityError } from '../../base/index.ts';
import { takeRows, type Dataset } from '../../models/dataset/index.ts';
import { parseSlotKey, slotKey, type Slot } from '../../models/registry/index.ts';
import { withDuckDB } from './duckdb.ts';
import { SEGMENT } from './monitored-table.ts';
import { namesSlots, scoresOf, type ScoreRun } from './score-runs.ts';

/** The customers of a feature table whom a run scored for another slot, or not at all: no one where it scored everybody for this one. */
export async function customersElsewhere(file: string, run: ScoreRun, slot: Slot): Promise<ReadonlySet<string>> {
  if (!namesSlots(run) && run.manifest.unscored === undefined) return new Set();
  const own = scoresOf(run, slot);
  const features = `read_parquet(${literal(exactGlob(file))})`;
  const without = own === null ? '' : ` WHERE NOT EXISTS (SELECT 1 FROM ${own} s WHERE s.party_id = f.party_id)`;
  return withDuckDB(2, async (connection) => {
    const found = new Set<string>();
    const result = await connection.stream(`SELECT party_id::VARCHAR FROM ${features} f${without}`);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
      for (const id of chunk.getColumnValues(0)) found.add(String(id));
    return found;
  });
}

/** The segments that have a slot of their own in a run, where `slot` is that of everybody else. */
export function segmentsElsewhere({ manifest: { models = [] } }: ScoreRun, slot: Slot): ReadonlySet<string> {
  if (slot.segment !== null) return new Set();
  return new Set(models.flatMap((model) => parseSlotKey(model.slot).segment ?? []));
}

/**
 * Rows of training of such customers as the slot decides about now, as the others are no measure of them: a model of all segments learnt from those, too, that have a champion of their own by
 * now. Throws NO_REFERENCE where the rows do not tell segments.
 */
export function rowsOfSlot(rows: Dataset, elsewhere: ReadonlySet<string>, slot: Slot): Dataset {
  if (elsewhere.size === 0) return rows;
  const column = rows.columns.find(({ name }) => name === SEGMENT);
  if (column?.kind !== 'category')
    throw new ProbityError(
      'NO_REFERENCE',
      `The training set of the model of ${slotKey(slot)} does not tell segments, so that customers whom other slots decide about cannot be left out of it.`,
      { fix: 'Let training keep the feature `segment` (`training.exclude` in probity.yaml), and retrain.' },
    );
  const own = Array.from(column.codes, (code) => !elsewhere.has(column.levels[code] ?? ''));
  if (own.every(Boolean)) return rows;
  return takeRows(
    rows,
    own.flatMap((isOwn, row) => (isOwn ? [row] : [])),
  );
}
