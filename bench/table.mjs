// Medians, and the table they end in.

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param rows measured values with their budgets */
export function table(rows) {
  const head = ['operation', 'unit', 'ratio', 'own share', 'floor', 'budget', 'verdict'];
  const body = rows.map(({ operation, unit, ratio, share, against, budget }) => [
    operation,
    unit,
    ratio.toFixed(2),
    share === undefined ? '-' : share.toFixed(2),
    against ?? '-',
    String(budget),
    ratio <= budget ? 'within' : '**over**',
  ]);
  const lines = [head, head.map(() => '---'), ...body];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}
