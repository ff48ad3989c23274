import { expect, it } from 'vitest';
import { preferredLanguage } from './language.ts';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['fr', 'en'],
  ['zh', 'zh-CN'],
  ['zh-TW', 'zh-CN'],
  ['zhx', 'en'],
  ['en;q=0.5, zh-CN;q=0.8', 'zh-CN'],
  ['zh;q=0, en', 'en'],
  ['zh;q=0', 'en'],
  ['en-GB,zh', 'en'],
  ['*', 'en'],
  ['zh;q=abc;;;,,', 'zh-CN'],
])('Accept-Language %j is answered in %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
