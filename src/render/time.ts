/** Times as people say them. */

const units = [
  { name: 'days', seconds: 86_400, from: 2 * 86_400 },
  { name: 'h', seconds: 3_600, from: 3_600 },
  { name: 'min', seconds: 60, from: 60 },
] as const;

/** How long before `now` that was: `12 min`, `3 h`, `2 days`; `a moment` below a minute. */
export function ago(iso: string, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return 'unknown';
  const unit = units.find(({ from }) => seconds >= from);
  return unit === undefined ? 'a moment' : `${Math.floor(seconds / unit.seconds)} ${unit.name}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `29 Nov`, in local time; with the year if it is not `now`'s. */
export function day(iso: string, now: Date): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return 'unknown';
  const text = `${date.getDate()} ${months[date.getMonth()] ?? ''}`;
  return date.getFullYear() === now.getFullYear() ? text : `${text} ${date.getFullYear()}`;
}

/** `14:02`, in local time. */
export function clock(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return 'unknown';
  return [date.getHours(), date.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':');
}

/** Bytes as `212 MB`. */
export function size(bytes: number): string {
  const names = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < names.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${names[at] ?? ''}`;
}
