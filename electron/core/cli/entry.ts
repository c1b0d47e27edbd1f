/** Where `vitrine …` begins: signals are heard before the program behind it is loaded. */
import './interruption.ts';

// Not waited for here: what it loads may itself import what this file is bundled with.
void import('./main.ts').then(async ({ main }) => {
  process.exitCode = await main();
});
