/**
 * How many columns a text takes. Plain ASCII is counted here; for everything else the libraries
 * that know Unicode are loaded, when the first such text turns up: they cost a third of Node's own
 * start, and most answers are ASCII.
 *
 * Rendering is synchronous, so a text that needs them ends it with `WidthsMissing`;
 * `withWidths` loads them and renders anew.
 */
import type stringWidth from 'string-width';
import type cliTruncate from 'cli-truncate';

/** A text needs the libraries and they are not loaded. Never leaves `withWidths`. */
export class WidthsMissing extends Error {
  constructor() {
    super('the libraries that count columns are not loaded');
    this.name = 'WidthsMissing';
  }
}

interface Libraries {
  readonly stringWidth: typeof stringWidth;
  readonly cliTruncate: typeof cliTruncate;
}

let loaded: Libraries | null = null;

const ellipsis = '...';

/** Loads what counts columns of any text. */
export async function loadWidths(): Promise<void> {
  if (loaded !== null) return;
  const [width, truncate] = await Promise.all([import('string-width'), import('cli-truncate')]);
  loaded = { stringWidth: width.default, cliTruncate: truncate.default };
}

/** What `render` answers, having loaded the libraries if it turned out to need them. */
export async function withWidths<T>(render: () => T): Promise<T> {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof WidthsMissing)) throw error;
    await loadWidths();
    return render();
  }
}

/** Columns that `text` takes; colours take none. */
export function width(text: string): number {
  // eslint-disable-next-line no-control-regex -- the colours of our own theme
  const plain = text.includes('\u001b') ? text.replace(/\u001b\[[\d;]*m/gu, '') : text;
  return isAscii(plain) ? plain.length : libraries().stringWidth(text);
}

/** `text` cut to `columns`, with an ellipsis. Never for paths and commands. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  if (isAscii(text) && columns > ellipsis.length) {
    return text.slice(0, columns - ellipsis.length) + ellipsis;
  }
  const { cliTruncate: shorten } = libraries();
  return shorten(text, Math.max(columns, 1), { truncationCharacter: ellipsis });
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/u.test(text);
}

function libraries(): Libraries {
  if (loaded === null) throw new WidthsMissing();
  return loaded;
}
