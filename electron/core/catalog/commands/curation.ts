/** Declared, and answered step by step. */
import { VitrineError } from '#shared/contract/errors.ts';

export const notYet = (): never => {
  throw new VitrineError('not_offered', { details: { what: 'This operation' } });
};
