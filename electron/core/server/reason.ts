/** Why something is done, as whoever calls the door may say it with any request. */
import type { FastifyRequest } from 'fastify';

/** The name of the header, as people write it. */
export const reasonHeader = 'X-Vitrine-Message';

/** What the header says; null where it isn't there. HTTP hands its bytes on one by one, and they are UTF-8 where they can be. */
export function reasonOf(request: Pick<FastifyRequest, 'headers'>): string | null {
  const text = request.headers[reasonHeader.toLowerCase()];
  if (typeof text !== 'string' || text.trim() === '') return null;
  const read = Buffer.from(text, 'latin1').toString('utf8');
  return (read.includes('\ufffd') ? text : read).slice(0, 2000);
}
