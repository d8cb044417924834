import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { AppError } from '../errors/app-error.js';

class Health {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

const RETRY_SECONDS = 1;

/** For whoever runs the service: is the process alive, and can it do its work? */
@Public()
@Throttle('none')
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  /** The process answers. */
  @ApiOkResponse({ type: Health })
  @Get('live')
  live(): Health {
    return { status: 'ok' };
  }

  /** The database answers too. */
  @ApiOkResponse({ type: Health })
  @Get('ready')
  async ready(): Promise<Health> {
    await this.dataSource.query('SELECT 1').catch(rejectUnready);
    return { status: 'ok' };
  }
}

function rejectUnready(cause: unknown): never {
  throw new AppError('overloaded', {
    retryAfter: RETRY_SECONDS,
    cause,
    detail: 'the database does not answer',
  });
}
