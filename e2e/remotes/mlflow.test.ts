/** The scenarios on an MLflow server as one starts it on a desk: SQLite, artifacts in a folder. */
import { choose } from './backend.ts';

choose({ words: 'on SQLite', start: () => Promise.resolve({ options: {}, client: {} }), stop: () => Promise.resolve() });
await import('./scenarios.ts');
