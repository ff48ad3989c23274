import type { Directions } from '../../models/deep/index.ts';

/** What a model says of declared directions, in a line or two. */
export function directionsText({ hold, notGuaranteed }: Directions): string {
  if (hold.length + notGuaranteed.length === 0) return 'monotone: no direction is declared';
  return [
    ...(hold.length > 0 ? [`monotone: holds by construction for ${hold.join(', ')}`] : []),
    ...(notGuaranteed.length > 0 ? [`monotone: not guaranteed for ${notGuaranteed.join(', ')}`] : []),
  ].join('\n');
}
