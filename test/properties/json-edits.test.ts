// Whatever a settings file holds: what is put in is there, nothing else changes, and taken out
// again the text is the one it was.
import * as fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { expect, test } from 'vitest';
import { findJson, missingSteps, putJson, takeJson } from '../../src/agents/edit-json.ts';
import { hashOfValue, type ElementPart, type KeyPart } from '../../src/agents/part.ts';

const key: KeyPart = {
  kind: 'key',
  format: 'json',
  path: 'x.json',
  surface: 'mcp',
  at: ['servers', 'flight-rules'],
  value: { command: 'flight-rules', args: ['mcp'] },
  empty: {},
};
const element: ElementPart = {
  kind: 'element',
  path: 'x.json',
  surface: 'hook',
  at: ['hooks', 'Stop'],
  value: { hooks: [{ type: 'command', command: 'flight-rules hook claude idle' }] },
  empty: {},
};

const name = fc.constantFrom('a', 'b', 'servers', 'hooks', 'Stop', 'ü "x"');
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const holder = fc.dictionary(
  name,
  fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(name, leaf)),
);
const settings = fc.record(
  {
    theme: leaf,
    servers: fc.dictionary(name, fc.dictionary(name, leaf)),
    hooks: fc.record({ Stop: fc.array(holder, { maxLength: 3 }) }, { requiredKeys: [] }),
    more: holder,
  },
  { requiredKeys: [] },
);
const style = fc.constantFrom('  ', '    ', '\t', '');
const comments = fc.constantFrom('', ' // last', '\n  /* more */');

test.each([key, element])('a $kind', (part) => {
  const none = (): boolean => false;
  const ours = (hash: string): boolean => hash === hashOfValue(part.value);
  fc.assert(
    fc.property(settings, style, comments, fc.boolean(), (value, indent, comment, crlf) => {
      const plain = JSON.stringify(value, null, indent);
      const isMany = plain.includes('\n');
      const commented = isMany ? plain.replace(/\n\}$/u, `${comment}\n}`) : plain;
      const text = crlf ? commented.replaceAll('\n', '\r\n') : commented;
      const made = missingSteps(text, part.at);
      const put = putJson(text, part, none);
      expect(findJson(put, part, ours)).toEqual({
        kind: 'there',
        sha256: hashOfValue(part.value),
      });
      const expected = withPart(value, part);
      expect(parse(put)).toEqual(expected);
      expect(putJson(put, part, ours)).toBe(put);
      expect(takeJson(put, part, ours, made)).toBe(text);
    }),
  );
});

function withPart(value: object, part: KeyPart | ElementPart): unknown {
  const copy = structuredClone(value) as Record<string, Record<string, unknown>>;
  const [outer = '', inner = ''] = part.at;
  const map = (copy[outer] ??= {});
  const list = map[inner];
  if (part.kind === 'key') map[inner] = part.value;
  else map[inner] = [...(Array.isArray(list) ? (list as unknown[]) : []), part.value];
  return copy;
}
