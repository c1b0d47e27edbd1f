/** ELK's compiled script: loaded for its effect on a worker's message handler, see layoutElk.ts. */
declare module 'elkjs/lib/elk-worker.min.js';
