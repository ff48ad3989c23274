import { isUnderWay } from './measures.ts';
import type { EarlyWarning } from './warning.ts';

/** What the ERP is told to do: carry a countermeasure out, or take it back. It answers by the warning's events `confirm` and `fail`. */
export interface Instruction {
  /** Always the same for the same instruction: whoever carries it out does so once. */
  readonly instructionId: string;
  readonly measureId: string;
  readonly warningId: string;
  readonly customerId: string;
  /** As the catalogue of countermeasures names it. */
  readonly measure: string;
  readonly action: 'carry-out' | 'undo';
  /** At stake, in major units; null: not known. */
  readonly exposure: number | null;
  readonly dueBy: string | null;
}

/** The instructions to the ERP that are on their way in a warning as it stands. */
export function instructionsOf(warning: EarlyWarning): readonly Instruction[] {
  const { warningId, customerId, exposure, measures } = warning;
  return measures
    .filter((measure) => measure.by === 'erp' && isUnderWay(measure))
    .map(({ measureId, code, state, dueBy, undoings = 1 }) => {
      const action = state === 'undoing' ? 'undo' : 'carry-out';
      // What failed and is to be undone again is another instruction.
      const again = action === 'undo' && undoings > 1 ? `.${undoings}` : '';
      const instructionId = `${measureId}/${action}${again}`;
      return { instructionId, measureId, warningId, customerId, measure: code, action, exposure, dueBy };
    });
}
