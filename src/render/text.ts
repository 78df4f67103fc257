/**
 * Text in columns. Names, goals and paths come from repositories and file systems and are data:
 * they pass `visible` (kernel) on their way.
 */
import { visible } from '../kernel/visible.ts';
import { width } from './widths.ts';

/** As `visible`, with line breaks and tabs as they are: for messages of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** `text` filled with spaces to `columns`; a longer one as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** `text` in lines of at most `columns`, broken at spaces; a longer word has a line of its own. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    if (width(paragraph) <= columns) {
      lines.push(paragraph);
      continue;
    }
    const indent = /^ */u.exec(paragraph)?.[0] ?? '';
    let line = '';
    for (const word of paragraph.trim().split(/ +/u)) {
      if (line === '') line = indent + word;
      else if (width(line) + 1 + width(word) <= columns) line += ` ${word}`;
      else {
        lines.push(line);
        line = indent + word;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Each line further in by `by` columns. */
export function indent(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
}

/**
 * `label` and something that must not be cut: on one line if `columns` hold both, else below it.
 * @param label ends with the spaces that part them
 */
export function beside(label: string, whole: string, columns: number): readonly string[] {
  if (width(label) + width(whole) <= columns) return [label + whole];
  const margin = /^ */u.exec(label)?.[0].length ?? 0;
  const under = ' '.repeat(margin + 2);
  if (width(label.trimEnd()) <= columns) return [label.trimEnd(), under + whole];
  const [first = '', ...more] = wrap(label.trim(), columns - margin - 2);
  return [' '.repeat(margin) + first, ...more.map((line) => under + line), under + whole];
}

/** Cells in columns, two spaces apart, the last one not padded. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, width(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
