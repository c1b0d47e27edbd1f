/** How a run ended, from what its process left behind. */

/** What W&B's client exits with when somebody interrupts it (Ctrl-C, a stop asked for in the window). */
export const interruptedExitCode = 255;

/** @param exitCode of the process that ran */
export function runEnding(exitCode: number): 'finished' | 'killed' | 'failed' {
  if (exitCode === 0) return 'finished';
  return exitCode === interruptedExitCode ? 'killed' : 'failed';
}
