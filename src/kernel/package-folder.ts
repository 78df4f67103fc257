/**
 * Where this package is installed: templates are files of it and no part of the bundle, so that
 * they can be read by people too.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlightError } from './errors.ts';

/**
 * The package's `templates` folder, found upwards from this module: it lies deeper in the sources
 * than in the bundle.
 * @throws FlightError `bug` if the package is not whole
 */
export function templatesFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const templates = join(folder, 'templates');
    if (existsSync(join(folder, 'package.json')) && existsSync(templates)) return templates;
    if (dirname(folder) === folder) break;
  }
  throw new FlightError('bug', { what: `the package's templates are not above ${start}.` });
}
