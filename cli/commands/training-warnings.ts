import type { CommandContext } from '../command.ts';

/** Tells what training noticed about the data, one line each. */
export function tellWarnings(
  context: CommandContext,
  warnings: readonly { readonly code: string; readonly feature: string | null; readonly message: string }[],
): void {
  for (const { code, feature, message } of warnings) {
    context.warn(`${context.paint.yellow('warning')} [${code}] ${feature === null ? '' : `${feature}: `}${message}`);
  }
}
