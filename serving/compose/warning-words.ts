import { loadSignals } from '../../features/signals/index.ts';
import { aboutFile, loadRuleFiles, loadSignalRuleFiles, signalTexts } from '../../rating/index.ts';
import type { WarningWords } from '../warnings/desk.ts';

/** What codes and signals are called, by the rules of a project and the headers of the signals; read once. */
export function warningWords(rulesDir: string | null): () => Promise<WarningWords> {
  let words: Promise<WarningWords> | null = null;
  const read = async (): Promise<WarningWords> => {
    const views = await loadSignals();
    const signals = [...views.customers, ...views.industries].flatMap((view) =>
      view.features.map(({ name, meaning, unit }) => [name, { ...meaning, unit }] as const),
    );
    const ofRatings = aboutFile.parse(loadRuleFiles(rulesDir)['warnings.about.json']).texts;
    return {
      codes: { ...ofRatings, ...signalTexts(loadSignalRuleFiles(rulesDir)) },
      signals: Object.fromEntries(signals),
    };
  };
  return () => {
    words ??= read();
    words.catch(() => (words = null));
    return words;
  };
}
