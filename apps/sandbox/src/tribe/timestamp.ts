import type { Settings } from './settings.js';

/** Bank plane: 25 characters, `+00:00`; TPP plane: 24, `+0000`. */
export function timestamp(now: Date, plane: 'bank' | 'tpp', style: Settings['timestamps']): string {
  const second = now.toISOString().slice(0, 19);
  if (style === 'zulu') {
    return `${second}Z`;
  }
  return second + (plane === 'bank' ? '+00:00' : '+0000');
}
