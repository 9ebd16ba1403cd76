import type { ConnectionPerformance } from '@tributary/banking';

const head =
  'date,connectionId,provider,environment,name,uptimePercent,averageMs,errorPercent,calls,errors,downSeconds';

/** The report as CSV (RFC 4180): a row for each connection and day; an average that does not exist is empty. */
export function performanceCsv(connections: readonly ConnectionPerformance[]): string {
  const rows = connections.flatMap(({ connection: { id, provider, environment, name }, days }) =>
    days.map(({ date, uptimePercent, averageMs, errorPercent, calls, errors, downSeconds }) => [
      date,
      id,
      provider,
      environment,
      name,
      uptimePercent.toFixed(4),
      averageMs ?? '',
      errorPercent.toFixed(4),
      calls,
      errors,
      downSeconds,
    ]),
  );
  return [head, ...rows.map((row) => row.map(cell).join(','))].map((line) => `${line}\r\n`).join('');
}

/** A text that a spreadsheet would take for a formula gets an apostrophe in front. */
function cell(value: string | number): string {
  const text = String(value);
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
