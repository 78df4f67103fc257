// Where a write would land is where it lands, whatever links and dots are on the way; and what an
// agent hands in never makes the hook fail.
import * as fc from 'fast-check';
import { mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { answerText } from '../../src/agents/edit-answer.ts';
import { editIn, pathsOfPatch } from '../../src/agents/edit-input.ts';
import { hookAgents } from '../../src/agents/hook-words.ts';
import { writeTarget, writeTargets } from '../../src/agents/write-target.ts';
import { temporaryFolder } from '../support/repo.ts';

const name = fc.constantFrom('a', 'b', 'c', 'A', 'ä', ' ', '...');
const step = fc.oneof({ weight: 4, arbitrary: name }, fc.constantFrom('..', '.', ''));
// never absolute: a link must not lead out of the temporary folder
const way = fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => `./${steps.join('/')}`);
const folder = fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
const link = fc.record({ at: folder, to: way, whole: fc.boolean() });

test('a write lands where it was foreseen', () => {
  const ground = temporaryFolder('target-');
  // deep enough that no way out of it can be made of all the links and dots together
  const bottom = join(ground, 'x/'.repeat(40));
  mkdirSync(bottom, { recursive: true });
  let landed = 0;
  fc.assert(
    fc.property(
      fc.array(folder, { maxLength: 5 }),
      fc.array(link, { maxLength: 5 }),
      way,
      (folders, links, path) => {
        const start = join(bottom, 'start');
        // what an earlier one has made, also one that failed
        for (const made of readdirSync(bottom)) rmSync(join(bottom, made), { recursive: true });
        mkdirSync(start);
        for (const one of folders) attempt(() => mkdirSync(join(start, one), { recursive: true }));
        for (const { at, to, whole } of links) {
          attempt(() => symlinkSync(whole ? join(start, to) : to, join(start, at)));
        }
        const foreseen = writeTarget(`${start}/${path}`);
        const written = attempt(() => writeFileSync(`${start}/${path}`, 'x'));
        if (written) landed += 1;
        expect(written ? foreseen : null).toBe(
          written ? realpathSync.native(`${start}/${path}`) : null,
        );
        const all = writeTargets(path, start);
        expect(all.length).toBeLessThanOrEqual(2);
        expect(foreseen === null || all.includes(foreseen)).toBe(true);
        // it has no link on its way, and no dots
        for (const one of all) {
          expect(writeTarget(one)).toBe(one);
          expect(one).not.toMatch(/\/\.{0,2}(?:\/|$)/u);
          expect(one.startsWith(`${dirname(ground)}/`)).toBe(true);
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(landed).toBeGreaterThan(15);
});

function attempt(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

const key = fc.constantFrom(
  'tool_name',
  'tool_input',
  'toolName',
  'toolArgs',
  'cwd',
  'session_id',
  'hook_event_name',
  'file_path',
  'path',
  'filePath',
  'command',
  'patchText',
  '__proto__',
);
const word = fc.constantFrom(
  'Edit',
  'apply_patch',
  'write_file',
  '/x',
  '*** Update File: a',
  '{',
  '',
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, word, fc.jsonValue(), tie('map')),
  map: fc.dictionary(key, tie('value')),
})).map;

test('whatever is handed in is an edit of some files, or none', () => {
  fc.assert(
    fc.property(fc.constantFrom(...hookAgents), anything, (agent, input) => {
      const edit = editIn(agent, input);
      if (edit === null) return;
      expect(edit.paths.length).toBeGreaterThan(0);
      for (const path of edit.paths) expect(path).toMatch(/^[^\0]+$/u);
    }),
  );
});

test('of a patch each file is found, and nothing of what is written into them', () => {
  const file = fc.stringMatching(/^[\w/. äé-]{0,20}[\w]$/u);
  const verb = fc.constantFrom('Add File', 'Update File', 'Delete File', 'Move to');
  const content = fc.constantFrom(
    '@@',
    '+*** Add File: no',
    ' *** Update File: no',
    '-x',
    '*** End',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(verb, file, fc.array(content)), { maxLength: 5 }),
      fc.constantFrom('\n', '\r\n'),
      (parts, end) => {
        const lines = parts.flatMap(([what, path, more]) => [`*** ${what}: ${path}`, ...more]);
        const patch = ['*** Begin Patch', ...lines, '*** End Patch'].join(end);
        expect(pathsOfPatch(patch)).toEqual(parts.map(([, path]) => path));
      },
    ),
  );
});

test('an answer is one line of JSON, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...hookAgents), fc.string({ unit: 'binary' }), (agent, text) => {
      for (const kind of ['advice', 'refusal'] as const) {
        const said = answerText(agent, { kind, moment: 'before', text });
        expect(said.trimEnd().split('\n')).toHaveLength(1);
        expect(JSON.stringify(JSON.parse(said))).toContain(JSON.stringify(text).slice(1, -1));
      }
    }),
  );
});
