export { mediaTypeOf } from '#shared/domain/mediaTypes.ts';
