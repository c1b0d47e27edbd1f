export { standingOfAll } from './words.ts';
