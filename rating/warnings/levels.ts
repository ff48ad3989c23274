/** How urgent an early warning is, from the least on. */
export const WARNING_LEVELS = ['watch', 'warning', 'critical'] as const;
export type WarningLevel = (typeof WARNING_LEVELS)[number];

/** The level of a warning table's severity: what only informs is for watching. */
export function levelOf(severity: 'info' | 'warning' | 'critical'): WarningLevel {
  return severity === 'info' ? 'watch' : severity;
}

/** The most urgent of some levels; to watch where there are none. */
export function worstLevel(levels: readonly WarningLevel[]): WarningLevel {
  return levels.includes('critical') ? 'critical' : levels.includes('warning') ? 'warning' : 'watch';
}
