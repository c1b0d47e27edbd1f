/** The rules of the product, as pure functions. Nothing here reads a clock, a disk or the network. */
export * from './aliases.ts';
export * from './assert.ts';
export * from './links.ts';
export * from './names.ts';
export * from './paths.ts';
export * from './registries.ts';
export * from './roles.ts';
export * from './text.ts';
export * from './verdict.ts';
export * from './versions.ts';
export * from './violations.ts';
