/**
 * Shows steps at work. On a terminal: one line per running step, redrawn in place, with a bar where the share is known.
 * Elsewhere (CI, pipes, NO terminal): a plain line when a step starts, at each tenth, and when it ends.
 */
export function createDisplay(stream = process.stderr, env = process.env) {
  return stream.isTTY && !env.CI && env.TERM !== 'dumb' ? drawn(stream) : plain(stream);
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** `TensorFlow   ████████░░░░  66%  180 of 274 MB` */
export function stepLine(name, { share, message = '' }) {
  const bar =
    share === undefined
      ? ''
      : `${'█'.repeat(Math.round(share * 20)).padEnd(20, '░')} ${String(Math.floor(share * 100)).padStart(3)}%  `;
  return `${name.padEnd(12)} ${bar}${message}`;
}

function plain(stream) {
  const last = new Map();
  return {
    start: (name) => last.set(name, { since: Date.now(), tenth: 0 }),
    report(name, state) {
      const seen = last.get(name);
      const tenth = state.share === undefined ? null : Math.floor(state.share * 10);
      if (tenth === null ? seen.message === state.message : tenth <= seen.tenth) return;
      if (tenth !== null) seen.tenth = tenth;
      seen.message = state.message;
      const share = state.share === undefined ? '' : `${Math.floor(state.share * 100)}% `;
      stream.write(`set-up: ${name}: ${share}${state.message ?? ''}\n`);
    },
    end: (name, message) => stream.write(`set-up: ${name}: ${message} (${seconds(last.get(name).since)})\n`),
    say: (line) => stream.write(`set-up: ${line}\n`),
    close() {},
  };
}

function drawn(stream) {
  const running = new Map();
  let height = 0;
  const erase = () => {
    if (height > 0) stream.write(`\u001b[${height}A\u001b[0J`);
    height = 0;
  };
  const draw = () => {
    erase();
    for (const [name, state] of running) {
      const line = `${stepLine(name, state)}  ${seconds(state.since)}`;
      stream.write(`${line.slice(0, (stream.columns || 80) - 1)}\n`);
    }
    height = running.size;
  };
  const timer = setInterval(draw, 200);
  timer.unref();
  return {
    start: (name) => running.set(name, { since: Date.now(), message: '' }),
    report: (name, state) => running.set(name, { since: running.get(name).since, ...state }),
    end(name, message) {
      const since = running.get(name).since;
      running.delete(name);
      erase();
      stream.write(`${stepLine(name, { message: `${message} (${seconds(since)})` })}\n`);
      draw();
    },
    say(line) {
      erase();
      stream.write(`${line}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}
