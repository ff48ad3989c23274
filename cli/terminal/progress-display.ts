import type { Progress, ProgressEvent } from '../../base/index.ts';

/** What a display needs of a stream; process.stderr is one. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows the progress of one command; `end` leaves the terminal on a fresh line. */
export interface ProgressDisplay {
  readonly report: Progress;
  end(): void;
}

const BAR_WIDTH = 24;

/** One line of progress: `train  ██████░░░░  60%  epoch 30 of 50`, cut to the terminal's width. */
export function progressLine(event: ProgressEvent, columns: number): string {
  const parts = [event.step];
  if (event.done !== undefined) {
    const done = Math.min(1, Math.max(0, event.done));
    const filled = Math.round(done * BAR_WIDTH);
    parts.push(
      `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`,
      `${String(Math.floor(done * 100)).padStart(3)}%`,
    );
  }
  if (event.message) parts.push(event.message);
  return parts.join('  ').slice(0, Math.max(10, columns - 1));
}

/** A bar that redraws in place on a terminal, and leaves one finished line per step. */
export function progressBar(stream: TerminalStream): ProgressDisplay {
  let step: string | null = null;
  let drawnAt = 0;
  const finishLine = () => {
    if (step !== null) stream.write('\n');
    step = null;
  };
  return {
    report(event) {
      if (step !== null && step !== event.step) finishLine();
      const now = Date.now();
      const last = event.done === undefined || event.done >= 1;
      if (step === event.step && !last && now - drawnAt < 80) return;
      step = event.step;
      drawnAt = now;
      stream.write(`\r\u001b[2K${progressLine(event, stream.columns ?? 80)}`);
    },
    end: finishLine,
  };
}

/** Plain lines for logs and pipes: a line when a step starts, every tenth of it at most, and when its message ends it. */
export function progressLines(stream: TerminalStream): ProgressDisplay {
  let step: string | null = null;
  let tenth = -1;
  let shown = '';
  return {
    report(event) {
      const now = event.done === undefined ? -1 : Math.floor(Math.min(1, Math.max(0, event.done)) * 10);
      const fresh = event.step !== step;
      if (!fresh && now <= tenth && (event.done !== undefined || event.message === shown)) return;
      step = event.step;
      tenth = now;
      shown = event.message ?? '';
      const share = event.done === undefined ? '' : ` ${Math.floor(Math.min(1, event.done) * 100)}%`;
      stream.write(`${event.step}${share}${event.message ? `: ${event.message}` : ''}\n`);
    },
    end() {},
  };
}

/** A bar on a terminal, plain lines elsewhere (pipes, logs, CI). */
export function progressDisplay(stream: TerminalStream, env: NodeJS.ProcessEnv = process.env): ProgressDisplay {
  return stream.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb' ? progressBar(stream) : progressLines(stream);
}
