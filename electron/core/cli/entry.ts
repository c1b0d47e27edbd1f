/** Where `vitrine …` begins: signals are heard before the program behind it is loaded. */
import './interruption.ts';

/** Its exit code, for a host that runs it inside itself. Not waited for here: what it loads may itself import what this file is bundled with. */
export const finished: Promise<number> = import('./main.ts').then(async ({ main }) => {
  const code = await main();
  process.exitCode = code;
  return code;
});
