import { describe, expect, test } from 'vitest';
import { readAddress, readCommandLine, readLaunchArguments } from './launchArguments.ts';

describe('what the command line asks of the app', () => {
  test.each([
    [['.', '--data', '/x', '--sample'], { data: '/x', sample: true, addresses: [], withoutSandbox: false }],
    [['--data=/with space', 'vitrine://a/b'], { data: '/with space', sample: false, addresses: ['vitrine://a/b'], withoutSandbox: false }],
    [['--no-sandbox', '--inspect=0', 'file.txt'], { data: undefined, sample: false, addresses: [], withoutSandbox: true }],
    // A flag in the place of the folder's name is a flag.
    [['--data', '--sample'], { data: undefined, sample: true, addresses: [], withoutSandbox: false }],
    [['--data'], { data: undefined, sample: false, addresses: [], withoutSandbox: false }],
    [['vitrine://one', 'VITRINE://two', 'http://three'], { data: undefined, sample: false, addresses: ['vitrine://one', 'VITRINE://two'], withoutSandbox: false }],
  ])('%j', (args, expected) => {
    expect(readLaunchArguments(args)).toEqual(expected);
  });

  test.each([['vitrine:x', null], ['vitrine://', 'vitrine://'], ['javascript:vitrine://', null], [`vitrine://${'x'.repeat(5000)}`, null], ['vitrine://[', null]])('the address %s', (text, expected) => {
    expect(readAddress(text)).toBe(expected);
  });
});

describe('the command line in the packaged app', () => {
  test.each([
    [['--cli', 'ls', '--json'], ['ls', '--json']],
    [['--no-sandbox', '--log-level=3', '--cli', '--', 'log', '--type=model'], ['log', '--type=model']],
    [['--no-sandbox', '/checkout', '--cli', '--', 'ls'], ['ls']],
    [['--cli'], []],
    // Only the first `--` is ours.
    [['--cli', '--', '--', 'x'], ['--', 'x']],
    [['--sample'], null],
    [['vitrine://x', '--cli', 'ls'], null],
  ])('%j', (args, expected) => {
    expect(readCommandLine(args)).toEqual(expected);
  });
});
