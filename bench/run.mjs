// Measures flight-rules against plain git and prints one Markdown table. Ratios, never seconds:
// each operation is timed in turn with its floor (plain git, or an empty Node) in the same run, and
// medians are compared, so that a slow or loaded machine slows both sides.
//
// node bench/run.mjs [--rounds N] [--only WORD] [--large] [--no-build]
//
// Everything happens in a temporary folder with an environment of its own. See bench/README.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeProject, measuring } from './ground.mjs';
import { median, table } from './table.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    only: { type: 'string', default: '' },
    large: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const program = join(root, 'dist', 'main.js');
if (!options['no-build']) execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });

const home = realpathSync(mkdtempSync(join(tmpdir(), 'flight-rules-bench-')));
const { env, take } = measuring(home);
const rows = [];

try {
  wanted('version', version);
  wanted('create', () => createAndRemove('small', 71, { create: 5, remove: 9.5 }));
  wanted('create', () => createAndRemove('medium', 2203, { create: 1, remove: 2.5 }));
  wanted('small', () => statuses('small', 71, 'wall', { 1: 12, 10: 3.7, 50: 1.3 }));
  wanted('medium', () => statuses('medium', 2203, 'cpu', { 1: 3.5, 10: 1.4, 50: 1.15 }));
  wanted('200', () => statuses('small', 71, 'wall', { 200: 1.3 }));
  if (options.large) wanted('large', () => statuses('large', 57_000, 'wall', { 5: 0.7 }));
  process.stdout.write(table(rows));
} finally {
  rmSync(home, { recursive: true, force: true });
}

function wanted(word, measure) {
  if (options.only === '' || options.only === word) measure();
}

/** Start-up: nothing but `--version`, against a Node that does nothing at all. */
function version() {
  const empty = join(home, 'empty.mjs');
  writeFileSync(empty, '');
  const taken = { ours: [], node: [], module: [] };
  for (let round = 0; round < 4 * rounds; round += 1) {
    taken.node.push(take('wall', [process.execPath, '-e', '0']));
    taken.ours.push(take('wall', [process.execPath, program, '--version']));
    taken.module.push(take('wall', [process.execPath, empty]));
  }
  const { ours: mine, node, module } = taken;
  const about = { operation: '--version', unit: 'wall', mine };
  add({ ...about, floor: node, budget: 1.25, against: 'node -e 0' });
  add({ ...about, floor: module, budget: 1.03, against: 'an empty .mjs file' });
}

/** A session and a plain worktree, made and removed in turn. */
function createAndRemove(size, files, budgets) {
  const project = makeProject(home, env, `create-${size}`, files);
  const create = { unit: 'wall', mine: [], floor: [], runtime: [] };
  const remove = { unit: 'wall', mine: [], floor: [], runtime: create.runtime };
  for (let round = 0; round < rounds; round += 1) {
    const plain = join(home, `plain-${size}-${round}`);
    const name = `s${round}`;
    const add = ['git', 'worktree', 'add', '--quiet', '-b', `plain/${name}`, plain];
    create.runtime.push(take('wall', [process.execPath, '-e', '0']));
    create.floor.push(take('wall', add, project));
    create.mine.push(take('wall', ours('create', name), project));
    remove.floor.push(take('wall', ['git', 'worktree', 'remove', plain], project));
    remove.mine.push(take('wall', ours('remove', name, '--strategy', 'keep'), project));
  }
  const against = 'git worktree add -b';
  add({ ...create, operation: `create, ${size}`, budget: budgets.create, against });
  add({
    ...remove,
    operation: `remove with all checks, ${size}`,
    budget: budgets.remove,
    against: 'git worktree remove',
  });
}

/** Full status of several sessions against `worktree list` and one `status` after the other. */
function statuses(size, files, unit, budgets) {
  const most = Math.max(...Object.keys(budgets).map(Number));
  const project = makeProject(home, env, `status-${size}-${most}`, files);
  let there = 0;
  for (const [count, budget] of Object.entries(budgets)) {
    for (; there < Number(count); there += 1) take('wall', ours('create', `s${there}`), project);
    const folders = Array.from({ length: there }, (_, at) => `${project}-sessions/s${at}`);
    const script = [
      'git worktree list --porcelain >/dev/null',
      ...folders.map((folder) => `git -C '${folder}' status --porcelain=v2 --branch >/dev/null`),
    ].join('\n');
    const floor = ['/bin/sh', '-ec', script];
    const taken = { unit, mine: [], floor: [], runtime: [] };
    const operation = `status of ${count}, ${size}`;
    const memory = take('memory', ours('status'), project);
    // plain git's first status refreshes the indexes, which then helps both sides
    take('wall', floor, project);
    for (let round = 0; round < Math.max(3, there > 20 ? rounds / 2 : rounds); round += 1) {
      taken.runtime.push(take(unit, [process.execPath, '-e', '0']));
      taken.floor.push(take(unit, floor, project));
      taken.mine.push(take(unit, ours('status'), project));
    }
    add({ ...taken, operation, budget, against: 'worktree list, then each status' });
    rows.push({ operation: `peak memory, ${operation}`, unit: 'MB', ratio: memory, budget: 60 });
  }
}

function ours(verb, ...rest) {
  return [process.execPath, program, 'parallel', verb, ...rest, '--json'];
}

function add({ operation, unit, mine, floor, runtime, budget, against }) {
  const below = median(floor);
  const share = runtime === undefined ? undefined : (median(mine) - median(runtime)) / below;
  rows.push({ operation, unit, ratio: median(mine) / below, share, budget, against });
}
