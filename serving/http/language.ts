import type { Request, Response } from 'express';
import type { Language } from '../../rating/index.ts';
import { varyOn } from './vary.ts';

/** The language that an Accept-Language header prefers among ours (RFC 9110 §12.5.4): any Chinese is zh-CN; English where nothing fits. */
export function preferredLanguage(header: string | undefined): Language {
  if (header === undefined) return 'en';
  let best: Language = 'en';
  let bestWeight = 0;
  for (const part of header.slice(0, 500).split(',')) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = /^zh(-|$)/.test(range.trim()) ? 'zh-CN' : /^(en(-|$)|\*$)/.test(range.trim()) ? 'en' : null;
    if (language === null) continue;
    const quality = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]);
    const weight = Number(quality.find((q) => q !== undefined) ?? 1);
    if (weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}

/** The language of an answer, stated in its headers. */
export function answerLanguage(request: Request, response: Response): Language {
  const language = preferredLanguage(request.headers['accept-language']);
  response.setHeader('content-language', language);
  varyOn(response, 'accept-language');
  return language;
}
