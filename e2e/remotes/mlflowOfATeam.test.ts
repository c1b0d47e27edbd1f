/** The same scenarios on an MLflow server as a team runs it: PostgreSQL, artifacts in an S3-compatible bucket. */
import { describe, test } from 'vitest';
import { bucketEnvironment } from '../drivers/mlflow.ts';
import { needed, startPostgres, startS3, type Postgres, type S3Server } from '../drivers/servers.ts';
import { choose } from './backend.ts';

const programs = { postgres: needed('POSTGRES'), s3: needed('S3') };

if ('obstacle' in programs.postgres || 'obstacle' in programs.s3) {
  const why = 'obstacle' in programs.postgres ? programs.postgres.obstacle : 'obstacle' in programs.s3 ? programs.s3.obstacle : '';
  process.stdout.write(`skipped: remotes on PostgreSQL and S3: ${why}\n`);
  describe.skipIf(true)(`an MLflow server on PostgreSQL and S3 (${why})`, () => {
    test('runs the scenarios', () => undefined);
  });
} else {
  const [postgres, s3] = [programs.postgres.path, programs.s3.path];
  let running: { readonly database: Postgres; readonly store: S3Server } | null = null;
  choose({
    words: 'on PostgreSQL and S3',
    async start(folder) {
      const [database, store] = await Promise.all([startPostgres(postgres), startS3(s3, folder, ['models'])]);
      running = { database, store };
      return { options: { database: database.uri, bucket: { name: 'models', server: store, served: true } }, client: bucketEnvironment(store) };
    },
    async stop() {
      await running?.store.stop();
      await running?.database.stop();
    },
  });
  await import('./scenarios.ts');
}
