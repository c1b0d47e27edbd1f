import { expect, test } from 'vitest';
import { scrubEnvironment } from './environment.ts';

test('core gets what a person set, and nothing by which other code would come in', () => {
  expect(scrubEnvironment({
    PATH: '/bin', HOME: '/home/a', VITRINE_TEST: '1', LANG: 'C', NODE_EXTRA_CA_CERTS: '/ca.pem', HTTPS_PROXY: 'http://proxy', EMPTY: '', GONE: undefined,
    NODE_OPTIONS: '--require /evil.js', NODE_PATH: '/evil', NODE_REPL_EXTERNAL_MODULE: 'x', ELECTRON_RUN_AS_NODE: '1', LD_PRELOAD: '/evil.so', LD_AUDIT: 'x', DYLD_INSERT_LIBRARIES: '/evil.dylib', CHROME_DESKTOP: 'x',
  })).toEqual({ PATH: '/bin', HOME: '/home/a', VITRINE_TEST: '1', LANG: 'C', NODE_EXTRA_CA_CERTS: '/ca.pem', HTTPS_PROXY: 'http://proxy', EMPTY: '' });
});
