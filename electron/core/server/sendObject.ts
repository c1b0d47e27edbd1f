/** Answers with the bytes of an object, or a range of them, streamed from the store. */
import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../store/index.ts';
import { parseByteRange } from './range.ts';

/** Large enough that the turns between pieces don't count beside a socket that takes hundreds of MiB a second. */
const pieceBytes = 1024 * 1024;
/** What is read and checked before the socket has taken what came before it. Holds for every download under way, so it stays small. */
const readAheadBytes = 2 * 1024 * 1024;

export type SentObject = { readonly sha256: string; readonly size: number; readonly mediaType: string };

/** False where the range that was asked for lies outside: then nothing was sent, only `Content-Range` is set. */
export async function sendObject(store: Store, request: FastifyRequest, reply: FastifyReply, object: SentObject): Promise<boolean> {
  // What others uploaded is never a page of ours.
  reply.header('Content-Type', object.mediaType).header('Accept-Ranges', 'bytes').header('ETag', `"${object.sha256}"`).header('Content-Disposition', 'attachment').header('Content-Security-Policy', "default-src 'none'; sandbox");
  const range = parseByteRange(request.headers.range, object.size);
  if (range === 'unsatisfiable') {
    reply.header('Content-Range', `bytes */${object.size}`);
    return false;
  }
  const head = request.method === 'HEAD';
  if (range !== null) reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end - 1}/${object.size}`);
  reply.header('Content-Length', range === null ? object.size : range.end - range.start);
  if (head) {
    // Sent past the framework, which would announce the length of the body that it sends: none.
    reply.hijack();
    reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
    reply.raw.end();
    return true;
  }
  const reader = await store.openReader(object.sha256, range === null ? { pieceBytes } : { start: range.start, end: range.end, pieceBytes });
  await reply.send(Readable.from(reader, { objectMode: false, highWaterMark: readAheadBytes }));
  return true;
}
