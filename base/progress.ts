/** One report of a long task: which step, how far (0 to 1, where known), and a line for a person. */
export interface ProgressEvent {
  readonly step: string;
  readonly done?: number;
  readonly message?: string;
}

/** Receives progress; long-running functions take one and never print by themselves. */
export type Progress = (event: ProgressEvent) => void;

export const silent: Progress = () => {};
