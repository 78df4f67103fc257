/**
 * Templates are data: Markdown in the package's `templates/`, and the project's own in
 * `.flight-rules/doc-templates/<same name>`, which win. A project's file comes with the repository,
 * so it may be hostile: it is only text with a few `{{words}}`, of bounded size, never a link out.
 */
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlightError } from '../kernel/errors.ts';
import type { Warning } from '../kernel/outcome.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { readWithin } from './bounded-read.ts';

export type TemplateName = 'session-log.md' | 'progress-entry.md';

/** Bytes of a template; a longer one is none. */
const limit = 64 * 1024;

export interface Template {
  readonly text: string;
  /** a template of the project's that could not be used */
  readonly warnings: readonly Warning[];
}

/**
 * @param checkouts where the project's own is looked for, the first that has one wins; real paths
 * @throws FlightError `disk-failed` if the package itself is damaged
 */
export async function readTemplate(
  name: TemplateName,
  checkouts: readonly AbsolutePath[],
): Promise<Template> {
  const warnings: Warning[] = [];
  for (const checkout of new Set(checkouts)) {
    const path = below(checkout, '.flight-rules', 'doc-templates', name);
    const read = await readWithin(checkout, path, limit);
    if (read.kind === 'text' && !read.cut) return { text: read.text, warnings };
    if (read.kind === 'none') continue;
    const why = read.kind === 'text' ? `it is larger than ${limit} bytes` : read.why;
    const message = `The template ${path} is not used: ${why}.`;
    warnings.push({ code: 'template-ignored', message });
  }
  return { text: await packaged(name), warnings };
}

/** The template of that name in the package this program belongs to. */
async function packaged(name: TemplateName): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = await packageFolder(here);
  const path = join(folder ?? here, 'templates', name);
  try {
    return await readRegularText(path);
  } catch (cause) {
    const reason = 'the package of flight-rules is not whole';
    throw new FlightError('disk-failed', { what: 'read the template', path, reason }, { cause });
  }
}

/** The program is `dist/chunks/…` in the package and `src/workflow/…` in its sources. */
async function packageFolder(from: string): Promise<string | null> {
  for (const folder of [from, join(from, '..'), join(from, '..', '..')]) {
    const found = await access(join(folder, 'templates', 'session-log.md')).then(
      () => true,
      () => false,
    );
    if (found) return folder;
  }
  return null;
}
