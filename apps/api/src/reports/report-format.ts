export const reportFormats = ['json', 'csv'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Which of the two an Accept header prefers (RFC 9110, section 12.5.1); JSON without a preference. */
export function preferredFormat(accept: string | undefined): ReportFormat {
  const ranges = (accept ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
  });
  const qualityOf = (main: string, sub: string) =>
    [`${main}/${sub}`, `${main}/*`, '*/*']
      .map((wanted) => ranges.find(({ type }) => type === wanted)?.quality)
      .find((quality) => quality !== undefined) ?? 0;
  return qualityOf('text', 'csv') > qualityOf('application', 'json') ? 'csv' : 'json';
}
