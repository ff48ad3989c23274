import { describe, expect, it } from 'vitest';
import { progressBar, progressDisplay, progressLine, progressLines } from './progress-display.ts';

function screen(isTTY: boolean, columns = 60) {
  let text = '';
  return { isTTY, columns, write: (part: string) => (text += part), read: () => text };
}

describe('progress', () => {
  it('draws a bar as long as the share that is done, and never wider than the terminal', () => {
    const filled = (done: number) => progressLine({ step: 's', done }, 80).split('█').length - 1;
    expect([filled(-1), filled(0), filled(0.5), filled(1), filled(2)]).toEqual([0, 0, 12, 24, 24]);
    expect(progressLine({ step: 'train', done: 0.5, message: 'x'.repeat(500) }, 60).length).toBeLessThan(60);
  });

  it('leaves one finished line per step on a terminal', () => {
    const stream = screen(true);
    const bar = progressBar(stream);
    for (const done of [0, 0.5, 1]) bar.report({ step: 'a', done });
    bar.report({ step: 'b', done: 1 });
    bar.end();
    expect(stream.read().split('\n')).toHaveLength(3);
  });

  it('prints plain lines without control codes elsewhere, a tenth at most each', () => {
    const stream = screen(false);
    const lines = progressLines(stream);
    for (let i = 0; i <= 1000; i++) lines.report({ step: 'a', done: i / 1000 });
    expect(stream.read().trim().split('\n')).toHaveLength(11);
    // oxlint-disable-next-line no-control-regex
    expect(stream.read()).not.toMatch(/[\u001b\r]/);
  });

  it('takes the terminal’s word, and CI’s against it', () => {
    const draws = (isTTY: boolean, env: NodeJS.ProcessEnv) => {
      const stream = screen(isTTY);
      progressDisplay(stream, env).report({ step: 'a' });
      return stream.read().includes('\u001b');
    };
    expect([draws(true, {}), draws(true, { CI: 'true' }), draws(false, {})]).toEqual([true, false, false]);
  });
});
