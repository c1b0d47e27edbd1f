import { describe, expect, test } from 'vitest';
import { createHostNames, hostNameOf } from './names.ts';

describe('names of the door', () => {
  test('on loopback only the machine’s own, and those that were allowed', () => {
    const names = createHostNames({ host: '127.0.0.1', allowed: ['box.example.org'] });
    for (const good of ['127.0.0.1:80', 'localhost', 'LOCALHOST:9', '[::1]:80', 'box.example.org:1']) expect([good, names.allows(good)]).toEqual([good, true]);
    for (const bad of [undefined, '', 'evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'localhost:x', 'a b', 'user@localhost', '192.168.0.9', '[::2]', 'localhost/x']) expect([bad, names.allows(bad)]).toEqual([bad, false]);
  });
  test('elsewhere the allowed ones and bare addresses; with none named, every name', () => {
    const named = createHostNames({ host: '0.0.0.0', allowed: ['models.example.org'] });
    for (const good of ['models.example.org', 'MODELS.example.org:7777', '192.168.0.9:7777', '[fe80::1]:7777']) expect([good, named.allows(good)]).toEqual([good, true]);
    expect(named.allows('evil.example')).toBe(false);
    expect(createHostNames({ host: '0.0.0.0', allowed: [] }).allows('anything.example')).toBe(true);
  });
  test('are read without port, and only where they are names', () => {
    expect(hostNameOf('A.example:80')).toBe('a.example');
    expect(hostNameOf('x'.repeat(400))).toBeNull();
  });
});
