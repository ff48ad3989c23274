import { createRequire } from 'node:module';
import { ProbityError } from '../base/index.ts';

/** What of Observable Plot the notebooks use: `plot`, and marks and transforms by name (https://observablehq.com/plot). */
export type Plotting = { readonly [name: string]: (...args: readonly unknown[]) => unknown };

interface Markup {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

const require = createRequire(import.meta.url);

/** Observable Plot lies in the kernel's own tree, which the kernel spec puts on Node's path. */
function load(name: string): unknown {
  try {
    return require(name);
  } catch (error) {
    throw new ProbityError('INVALID_INPUT', `${name} is not here: it belongs to the kernel of the notebooks.`, {
      fix: 'Run `npm run notebooks` once, and use the kernel that it names.',
      cause: error,
    });
  }
}

let library: Plotting | null = null;

/** Observable Plot, loaded at first use. */
export const Plot: Plotting = new Proxy<Plotting>(
  {},
  {
    get: (_, name) => (library ??= load('@observablehq/plot') as Plotting)[String(name)],
  },
);

/** A plot as one SVG text, without a browser: options as Observable Plot takes them; titles and legends belong into the text around it. */
export function svg(options: { readonly [option: string]: unknown }): string {
  const { parseHTML } = load('linkedom') as { parseHTML: (html: string) => { document: unknown } };
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const style = { fontFamily: 'system-ui, sans-serif', fontSize: '11px', background: 'white', color: '#1b2733' };
  const drawn = Plot['plot']?.({ document, width: 680, height: 320, style, ...options }) as Markup;
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  // A hundredth of a pixel is finer than any screen, and committed outputs stay small.
  const short = (digits: string): string => String(Math.round(Number(digits) * 100) / 100);
  return drawn.outerHTML.replace(/"[^"<>]*"/g, (value) => value.replace(/\d+\.\d{3,}/g, short));
}

/** The colours of the notebooks: safe, risky, and what is beside the point. */
export const COLOURS = { good: '#0f766e', bad: '#c2410c', third: '#6d28d9', soft: '#94a3b8', ink: '#1b2733' } as const;
