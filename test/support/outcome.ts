// Answers of the same call over different faces, on repositories that are equal, as comparable
// values: without what differs from one run to the next, and without what only one face adds.
import { dirname } from 'node:path';
import type { Json } from './mcp.ts';

/** @param root of the repository the call was about */
export function comparable(envelope: Json, root: string): unknown {
  const plain = JSON.stringify(strip(envelope)).replaceAll(dirname(root), '<folder>');
  return JSON.parse(
    plain
      .replaceAll(/\b(?:[0-9a-f]{40}|[0-9a-f]{64})\b/gu, '<oid>')
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/gu, '<time>')
      .replaceAll(/\b\d{8}_\d{4}_/gu, '<minute>_'),
  );
}

const onlyOverMcp = new Set(['call', 'argument']);
const ofTheMoment = new Set(['bytes', 'pid']);

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !onlyOverMcp.has(key));
  return Object.fromEntries(
    kept.map(([key, one]) => [key, ofTheMoment.has(key) ? `<${key}>` : strip(one)]),
  );
}
