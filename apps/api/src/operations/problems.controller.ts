import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../http/access.js';
import { problemKinds } from '../http/problem.js';

/** The page that the `type` of a problem points into. */
@ApiTags('Operations')
@Public()
@Controller('problems')
export class ProblemsController {
  /**
   * Explain the problems
   * @remarks What each `code` of an error means. The `type` of an error points here.
   */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @ApiProduces('text/html')
  @ApiOkResponse({
    description: 'A page.',
    content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>' } },
  })
  read(): string {
    return page;
  }
}

// Nothing in it comes from a request.
const rows = Object.entries(problemKinds)
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(
    ([code, { status, title, source, retrySafe = false }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td><td>${source}</td><td>${retrySafe ? 'yes' : 'no'}</td></tr>`,
  )
  .join('\n');
const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Problems</title>
<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:60rem}td,th{padding:.3rem .8rem;text-align:left}tr:target{background:#ffe9a8}</style>
</head><body><h1>Problems</h1>
<p>Every error of this API is a problem document (RFC 9457). Its <code>code</code> is one of these; new ones may be added.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Who can change it</th><th>Same request again?</th></tr></thead>
<tbody>
${rows}
</tbody></table></body></html>
`;
