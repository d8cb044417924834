import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { MetricsToken } from './metrics-token.js';

/** For Prometheus. Without a limit: it must not be kept out by the flood that it is to show. */
@Public()
@Throttle('none')
@UseGuards(MetricsToken)
@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  /** What the service measures of itself, in Prometheus' text format. `METRICS_TOKEN` is due as bearer token. */
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiErrors('token_missing', 'token_invalid')
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Get()
  read(): Promise<string> {
    return this.registry.metrics();
  }
}
