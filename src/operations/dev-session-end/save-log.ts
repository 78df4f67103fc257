/** `--save-log`: the log also into the main checkout, where a kept or abandoned one would not come. */
import { readFile } from 'node:fs/promises';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { bytesOf, readCheckoutFile, writeCheckoutFile } from '../../workflow/checkout-file.ts';
import { endUsage } from './input.ts';

/** @throws FlightError `usage` in a bare repository, `odd-file` */
export async function checkSaving(main: AbsolutePath | null, log: string): Promise<void> {
  if (main === null) throw endUsage('--save-log: this repository has no main checkout.');
  await readCheckoutFile(main, log);
}

/**
 * Never over another file: a name that is taken gets `-2`. The same log is not copied twice.
 * @returns where it is
 */
export async function saveLog(
  main: AbsolutePath,
  checkout: AbsolutePath,
  log: string,
  room: AbsolutePath,
): Promise<AbsolutePath> {
  const bytes = await readFile(below(checkout, ...log.split('/')));
  for (let nth = 1; ; nth += 1) {
    const path = nth === 1 ? log : log.replace(/(?:-\d+)?\.md$/u, `-${nth}.md`);
    const file = await readCheckoutFile(main, path);
    if (file.text !== null && !bytesOf(file, file.text).equals(bytes)) continue;
    if (file.text === null) {
      const text = bytes.toString('latin1');
      await writeCheckoutFile({ ...file, encoding: 'latin1' }, text, room, 'saved-log');
    }
    return below(main, ...path.split('/'));
  }
}
