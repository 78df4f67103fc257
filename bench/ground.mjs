// The ground measurements happen on: a repository of a given size, an environment of its own, and
// a stopwatch for the whole process tree.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A repository on branch main with `files` small files in folders of 50. */
export function makeProject(home, env, name, files) {
  const project = join(home, name);
  const git = (...args) => execFileSync('git', args, { cwd: project, env, stdio: 'ignore' });
  mkdirSync(project);
  git('init', '--quiet', '--initial-branch', 'main');
  for (let at = 0; at < files; at += 1) {
    const folder = join(project, `folder-${Math.floor(at / 50)}`);
    if (at % 50 === 0) mkdirSync(folder);
    writeFileSync(join(folder, `file-${at}.txt`), `file ${at}\n`.repeat(40 + (at % 60)));
  }
  git('add', '--all');
  git('commit', '--quiet', '-m', 'all files');
  return project;
}

/**
 * The stopwatch: `take(kind, argv)` runs a program and answers, by `kind`,
 * - `wall`: milliseconds;
 * - `cpu`: milliseconds of the program and all its children that were waited for (`times` of bash);
 * - `memory`: peak in MB of the largest of them (`/usr/bin/time`; `NaN` without it).
 */
export function measuring(home) {
  const config = join(home, 'gitconfig');
  writeFileSync(config, '[user]\n\tname = Bench\n\temail = bench@example.invalid\n');
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
  };

  const run = (argv, cwd, stdio) => {
    const done = spawnSync(argv[0], argv.slice(1), { cwd, env, stdio });
    if (done.status !== 0) throw new Error(`${argv.join(' ')} ended with ${done.status}`);
    return done.stdout?.toString('utf8') ?? '';
  };
  const take = (kind, argv, cwd = home) => {
    switch (kind) {
      case 'wall': {
        const begun = performance.now();
        run(argv, cwd, 'ignore');
        return performance.now() - begun;
      }
      case 'cpu': {
        const script = '"$@" >/dev/null; times';
        const said = run(['/bin/bash', '-ec', script, 'bench', ...argv], cwd, 'pipe');
        const children = said.trim().split('\n').at(-1) ?? '';
        return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
          (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
          0,
        );
      }
      case 'memory': {
        if (!existsSync('/usr/bin/time')) return Number.NaN;
        const note = join(home, 'memory');
        run(['/usr/bin/time', '-f', '%M', '-o', note, ...argv], cwd, 'ignore');
        return Number(readFileSync(note, 'utf8').trim()) / 1024;
      }
      default:
        throw new Error(`no such measure: ${kind}`);
    }
  };
  return { env, take };
}
