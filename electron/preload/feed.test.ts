import { expect, test } from 'vitest';
import { createFeed } from './feed.ts';

test('listeners hear what is told while they listen', () => {
  const feed = createFeed<number>();
  const heard: string[] = [];
  feed.tell(0);
  const stop = feed.listen((fact) => heard.push(`a${fact}`));
  feed.listen((fact) => heard.push(`b${fact}`));
  feed.tell(1);
  stop();
  feed.tell(2);
  expect(heard).toEqual(['a1', 'b1', 'b2']);
});

test('what came before anybody listened is kept for the first, once, where it is to be', () => {
  const feed = createFeed<string>({ keep: true });
  const heard: string[] = [];
  feed.tell('vitrine://a');
  feed.tell('vitrine://b');
  feed.listen((fact) => heard.push(`first ${fact}`));
  feed.listen((fact) => heard.push(`second ${fact}`));
  expect(heard).toEqual(['first vitrine://a', 'first vitrine://b']);
});
