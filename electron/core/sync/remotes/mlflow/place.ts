/** What every part of the connector works with. */
import type { OpenBucket } from '../../bytes/bucket.ts';
import type { Pace } from '../../bytes/pace.ts';
import type { RemoteHttp } from '../../http.ts';
import type { MlflowApi } from './api.ts';

export type Place = {
  readonly name: string;
  readonly http: RemoteHttp;
  readonly api: MlflowApi;
  readonly workspace: string | null;
  readonly pace: Pace;
  /** The way to artifacts that lie in a bucket and not with the server; null where no such bucket is known here. */
  readonly bucketNamed: (bucket: string) => Promise<OpenBucket | null>;
};
