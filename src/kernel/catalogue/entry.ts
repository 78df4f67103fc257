/** How the tables of this folder are written down: `entry<Data>({...})`, typed by its data. */
import type { CatalogueEntry } from '../errors.ts';

export function entry<D>(definition: CatalogueEntry<D>): CatalogueEntry<D> {
  return definition;
}

export const nothingChanged = (): string => 'Nothing was changed.';

/** `1 file`, `2 files`. */
export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** What another program said, as the end of a sentence. */
export function said(text: string): string {
  const trimmed = text.trim();
  return /[.!?:)]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Up to ten of `items`, one a line and indented, and how many there are beside them. */
export function listed(items: readonly string[]): string {
  const shown = items.slice(0, 10).map((item) => `\n  ${item}`);
  const rest = items.length - shown.length;
  return shown.join('') + (rest > 0 ? `\n  and ${rest} more` : '');
}

/** The same in one line. */
export function listedInline(items: readonly string[]): string {
  const rest = items.length - 10;
  return items.slice(0, 10).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Who holds something: as much as is known of a process. */
export interface Holder {
  readonly pid: number;
  /** the agent it is, if it said so */
  readonly agent?: string;
  readonly host?: string;
  readonly command?: string;
  readonly since?: string;
}

export function holderText(holder: Holder): string {
  const host = holder.host === undefined ? '' : ` on ${holder.host}`;
  const command = holder.command === undefined ? '' : ` (${holder.command})`;
  const since = holder.since === undefined ? '' : `, since ${holder.since}`;
  const agent = holder.agent === undefined ? '' : `${holder.agent}, `;
  return `${agent}process ${holder.pid}${command}${host}${since}`;
}
