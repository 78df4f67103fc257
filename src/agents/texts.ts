/** Reads the texts of the package that are installed into projects. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../kernel/errno.ts';
import { loadCommands } from './catalogue.ts';
import type { PackageTexts } from './desired.ts';

/** Templates of documents; the others in the folder are no part of what a project may copy. */
const docTemplates = ['session-log.md', 'progress-entry.md'];

/** @param templates the package's `templates` folder */
export async function packageTexts(templates: string): Promise<PackageTexts> {
  const [commands, block, hooks, documents] = await Promise.all([
    loadCommands(templates),
    readFile(join(templates, 'agents-block.md'), 'utf8'),
    readAll(join(templates, 'hooks')),
    readAll(templates, docTemplates),
  ]);
  return { commands, block, hooks, docTemplates: documents };
}

async function readAll(
  folder: string,
  only: readonly string[] | null = null,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const name of only ?? (await readdir(folder)).toSorted()) {
    try {
      texts.set(name, await readFile(join(folder, name), 'utf8'));
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  return texts;
}
