import type { Capability } from './port/index.js';
import { capabilitiesOfDefinition, providerDefinitions, type RegisteredProvider } from './registry.js';

/** The text of docs/providers.md: what each upstream can do and what its status words mean, side by side. */
export function renderProvidersDoc(definitions: readonly RegisteredProvider[] = providerDefinitions): string {
  return [
    '# Providers',
    'Generated from the catalogue (`npm run generate`); do not edit.',
    '## Capabilities',
    capabilityTable(definitions),
    '## Payment status words',
    'The ISO 20022 code that each word of an upstream becomes. Other words are kept verbatim, reported, and change nothing.',
    statusTable(definitions),
    '## Settings of a connection',
    ...definitions.flatMap((definition) => [
      `### ${definition.label} (\`${definition.id}\`)`,
      settingsTable(definition),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

function capabilityTable(definitions: readonly RegisteredProvider[]): string {
  const columns = definitions.map((definition) => new Set(capabilitiesOfDefinition(definition)));
  const names = new Set<Capability>(columns.flatMap((column) => [...column]));
  return table(
    ['Capability', ...definitions.map(({ label }) => label)],
    [...names].map((name) => [name, ...columns.map((column) => (column.has(name) ? 'yes' : '-'))]),
  );
}

function statusTable(definitions: readonly RegisteredProvider[]): string {
  return table(
    ['Provider', 'Upstream word', 'ISO 20022', 'Note'],
    definitions.flatMap(({ label, statuses }) =>
      statuses.map(({ upstream, iso, note }) => [label, upstream, iso ?? '-', note ?? '']),
    ),
  );
}

function settingsTable({ settings }: RegisteredProvider): string {
  return table(['Setting', 'Required', 'Meaning'], settingRows(settings, ''));
}

/** Settings of a group come below it, by their whole names; whether they are required is said within the group. */
function settingRows(group: Readonly<Record<string, unknown>>, prefix: string): readonly (readonly string[])[] {
  const required = new Set(stringsOf(group['required']));
  return Object.entries(recordOf(group['properties'])).flatMap(([name, schema]) => {
    const { title, description, ...rest } = recordOf(schema);
    const meaning = [title, description].filter((part) => typeof part === 'string').join('. ');
    const row = [`\`${prefix}${name}\``, required.has(name) ? 'yes' : '', meaning];
    return [row, ...settingRows(rest, `${prefix}${name}.`)];
  });
}

/** A Markdown table with padded columns, which is how prettier writes them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(3, name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').replaceAll('|', '\\|').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
