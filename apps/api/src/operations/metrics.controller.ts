import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { METRICS, type Metrics } from '@tributary/banking';
import { Public } from '../http/access.js';

@ApiTags('Operations')
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  /**
   * Read the measurements of this process
   * @remarks Prometheus text format. Keep it from the public at your proxy.
   */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'The measurements.',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'tributary_http_request_seconds_count 1' } },
  })
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
