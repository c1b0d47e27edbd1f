/** Stands for S3, Google Cloud Storage and a website: says of every object that it is the word “hello”. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const content = 'hello';

export type BucketServer = {
  readonly url: string;
  /** What the cloud's own packages must find in their environment to come here. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

export async function startBucketServer(): Promise<BucketServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/storage/v1/')) {
      const object = /\/o\/([^?]+)/u.exec(path)?.[1];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(object === undefined ? { kind: 'storage#bucket', name: 'bucket' } : { kind: 'storage#object', name: decodeURIComponent(object), bucket: 'bucket', size: String(content.length), etag: 'gs-etag', generation: '1' }));
      return;
    }
    response.writeHead(200, { etag: path.startsWith('/web/') ? '"web-etag"' : '"s3-etag"', 'content-type': 'application/octet-stream', 'content-length': content.length, 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT', 'x-amz-version-id': 'one' });
    response.end(request.method === 'HEAD' ? undefined : content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: {
      AWS_S3_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing', AWS_DEFAULT_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true',
      STORAGE_EMULATOR_HOST: url, GOOGLE_CLOUD_PROJECT: 'nothing', VITRINE_TEST_WEBSITE: url,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
