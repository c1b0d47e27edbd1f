/** `vitrine …`: the operations of the contract, for terminals and pipelines. */
import { explainError, isVitrineError, VitrineError } from '#shared/contract/index.ts';
import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { plain } from './print.ts';
import { buildProgram } from './program.ts';

/** Runs the command that the arguments name; its exit code. */
export async function main(): Promise<number> {
  // `vitrine ls | head` closes our output early; that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
  });
  const argumentList = process.argv.slice(2);
  const json = argumentList.includes('--json');
  try {
    await buildProgram().parseAsync(argumentList, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
    const failure = isVitrineError(thrown) ? thrown : new VitrineError('unexpected', { details: { id: 'command-line' }, cause: thrown });
    const words = explainError(failure);
    if (json) process.stderr.write(`${JSON.stringify({ error: { ...failure.toJSON(), ...words } })}\n`);
    else process.stderr.write(`${plain(words.title)}: ${plain(words.sentence)}${words.advice === null ? '' : ` ${plain(words.advice)}`}\n`);
    if (!isVitrineError(thrown)) process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    return exitCodeOf(failure.code);
  }
}
