import type { Project } from '../../base/project.ts';
import type { ProtectedPolicy } from './guard.ts';

/** What a project says about protected attributes; features of views that read a protected column are protected whatever they are called. */
export function protectedPolicy(project: Project, read: readonly string[]): ProtectedPolicy {
  const { jurisdictions, features, permitted } = project.protected;
  const reasons = permitted.map(({ feature, reason }) => ({ column: feature, reason }));
  const stated = new Set(reasons.map(({ column }) => column));
  return {
    jurisdictions,
    columns: [...features, ...read.filter((feature) => !stated.has(feature))],
    permitted: reasons,
    benchmarkOnly: project.training.benchmarkOnly,
  };
}
