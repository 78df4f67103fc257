// Foreseeing clashes against the statuses that every look at sessions costs anyway: each row is
// what the engine adds, over one `git status` after the other of the same worktrees, interleaved,
// medians. It bundles the engine for itself: no command runs it alone.
//
//   node bench/clashes.mjs [--rounds N] [--sessions N]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { makeProject, measuring } from './ground.mjs';
import { median, table } from './table.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const rounds = option('--rounds', 7);
const files = 2_200;

const home = realpathSync(mkdtempSync(join(tmpdir(), 'flight-rules-bench-')));
const { judgeClashes, openGit, openProject, readStatus } = await engine();
try {
  const { env } = measuring(home);
  const rows = [];
  const only = option('--sessions', 0);
  for (const count of only > 0 ? [only] : [20, 100]) rows.push(...(await measure(env, count)));
  process.stdout.write(table(rows));
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function engine() {
  const source = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');
  const contents = [
    "export { openGit } from './git/git.ts';",
    "export { readStatus } from './git/status.ts';",
    "export { judgeClashes } from './integration/clash/judge.ts';",
    "export { openProject } from './sessions/project.ts';",
  ].join('\n');
  const outfile = join(home, 'engine.mjs');
  await build({
    stdin: { contents, resolveDir: source, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    define: { __FAULTS__: 'false' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile,
  });
  return import(pathToFileURL(outfile));
}

async function measure(env, count) {
  const project = makeProject(home, env, `project-${count}`, files);
  const git = (cwd, ...args) => execFileSync('git', args, { cwd, env, encoding: 'utf8' }).trim();
  const folders = [];
  for (let at = 0; at < count; at += 1) {
    const path = join(`${project}-sessions`, `s${at}`);
    git(project, 'worktree', 'add', '--quiet', '-b', `session/s${at}`, path);
    folders.push(path);
    for (let turn = 0; turn < 3; turn += 1) edit(path, at * 97 + turn * 31, `commit of ${at}`);
    git(path, 'commit', '--quiet', '-am', 'work');
    // half of them dirty; every fourth in a file that its neighbour has as well
    if (at % 2 === 0) {
      for (let turn = 0; turn < 5; turn += 1) edit(path, at * 61 + turn * 17, `edit of ${at}`);
      edit(path, at % 4 === 0 ? 7 : 2_000 + (at % 100), `shared by ${at}`);
      writeFileSync(join(path, `new-${at}.txt`), 'new\n');
    }
  }
  // a second that has ticked: else every status reads every file again, which flatters us
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  for (const path of folders)
    git(path, 'update-index', '-q', '--refresh', '--unmerged', '--really-refresh');

  const port = openGit({ env });
  const opened = await openProject(port, project, env);
  const participants = await Promise.all(
    folders.map(async (path, at) => ({
      key: `s${at}`,
      name: `s${at}`,
      branch: `session/s${at}`,
      tip: git(path, 'rev-parse', 'HEAD'),
      base: { name: 'main', tip: git(project, 'rev-parse', 'main') },
      worktree: { path, privateDir: git(path, 'rev-parse', '--absolute-git-dir') },
      status: await readStatus(port, path),
    })),
  );
  const statuses = folders
    .map((path) => `git -C '${path}' status --porcelain=v2 --untracked-files=all >/dev/null`)
    .join('\n');

  const floor = [];
  const cold = [];
  const cached = [];
  let said = {};
  for (let round = 0; round < rounds + 1; round += 1) {
    const cache = memory();
    // the configuration is read once per command, in each of them
    const look = () => judgeClashes(fresh(opened), participants, { cache });
    const taken = [
      await timed(() => execFileSync('/bin/sh', ['-ec', statuses], { env })),
      await timed(async () => (said = await look())),
      await timed(look),
    ];
    // the first round warms up
    if (round === 0) continue;
    floor.push(taken[0]);
    cold.push(taken[1]);
    cached.push(taken[2]);
  }
  const counts = new Map();
  for (const { verdict } of [...said.pairs, ...said.base]) {
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const words = [...counts].map(([verdict, number]) => `${number} ${verdict}`);
  process.stderr.write(`${count} sessions: ${words.join(', ')}\n`);
  const against = 'each status, one after the other';
  const row = (operation, mine, budget) => {
    rows.push({ operation, unit: 'wall', ratio: median(mine) / median(floor), budget, against });
  };
  const rows = [];
  row(
    `clashes of ${count}, nothing known`,
    cold,
    count <= 20 ? 1 : (count / 20) ** 2 / (count / 20),
  );
  row(`clashes of ${count}, all known`, cached, 0.05);
  return rows;
}

function fresh(project) {
  return { ...project, git: { ...project.git, configs: new Map() } };
}

function edit(folder, at, text) {
  const file = at % files;
  const path = join(folder, `folder-${Math.floor(file / 50)}`, `file-${file}.txt`);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${text}\n${`file ${file}\n`.repeat(40 + (file % 60))}`);
  const then = Date.now() / 1000 - 60;
  utimesSync(path, then, then);
}

function memory() {
  const verdicts = new Map();
  const snapshots = new Map();
  return {
    verdict: (key) => verdicts.get(key),
    setVerdict: (key, judgement) => verdicts.set(key, judgement),
    snapshot: (key) => snapshots.get(key),
    setSnapshot: (key, known) => snapshots.set(key, known),
  };
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
