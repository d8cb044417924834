import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { Live, Ready } from './health.dto.js';
import { Readiness } from './readiness.service.js';

/** For whoever runs the service: is the process alive, and can it do its work? */
@Public()
@Throttle('none')
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process answers. */
  @ApiOkResponse({ type: Live })
  @Get('live')
  live(): Live {
    return { status: 'ok' };
  }

  /** The database answers too, and the service is not about to stop. */
  @ApiOkResponse({ type: Ready })
  @Get('ready')
  ready(): Promise<Ready> {
    return this.readiness.describe();
  }
}
