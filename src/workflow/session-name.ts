/** A short name for a session, made of what it is for. Pure. */
import { brokenNameRule } from '../sessions/name.ts';

/** Letters that decompose into none of ASCII. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

const little = new Set(
  'a an and as at by for from in into is it of on or so that the to with'.split(' '),
);

const mostWords = 5;
const mostLetters = 40;

/**
 * @param goals the first one that says something in letters that a name can have is used
 * @param otherwise the name if none does
 */
export function nameFromGoals(goals: readonly string[], otherwise: string): string {
  for (const goal of goals) {
    const name = shortName(goal);
    if (name !== null) return name;
  }
  return otherwise;
}

function shortName(goal: string): string | null {
  const plain = goal
    .slice(0, 1000)
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{ASCII}]/gu, (one) => letters[one] ?? ' ');
  const all = plain.match(/[a-z0-9]+/gu) ?? [];
  const telling = all.filter((word) => !little.has(word));
  const words = (telling.length > 0 ? telling : all).slice(0, mostWords);
  let name = '';
  for (const word of words) {
    const longer = name === '' ? word.slice(0, mostLetters) : `${name}-${word}`;
    if (longer.length > mostLetters) break;
    name = longer;
  }
  if (name === '') return null;
  return brokenNameRule(name) === null ? name : `session-${name}`;
}
