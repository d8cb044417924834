import { Controller, Get, Header, Headers, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/public.decorator.js';
import { Throttle } from '../../access/throttle.decorator.js';
import { ApiErrors } from '../../docs/api-errors.decorator.js';
import { RevocationFeed } from './revocation-feed.js';
import { RevocationStreams } from './revocation-streams.js';
import { RevocationsQueryDto } from './revocations-query.dto.js';
import { RevocationsToken } from './revocations-token.guard.js';

/** For services that verify tokens. Without a limit: a flood must not keep them from what was revoked. */
@Public()
@Throttle('none')
@UseGuards(RevocationsToken)
@ApiTags('revocations')
@ApiBearerAuth('service')
@Controller('revocations')
export class RevocationsController {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly streams: RevocationStreams,
  ) {}

  /** What is revoked and has not expired, as a signed page. `REVOCATIONS_TOKEN` is due as bearer token. */
  @ApiProduces('application/jwt')
  @ApiOkResponse({ description: 'A JWT of the type `revocations+jwt`', schema: { type: 'string' } })
  @ApiErrors('validation_failed')
  @Header('Content-Type', 'application/jwt')
  @Get()
  page(@Query() { since }: RevocationsQueryDto): Promise<string> {
    return this.feed.read(since);
  }

  /** What is revoked, and then whatever is, as it happens: signed pages as server-sent events. */
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Goes before `since`' })
  @ApiOkResponse({ description: 'Each event is a page, its id the cursor', schema: { type: 'string' } })
  @ApiErrors('validation_failed')
  // nginx would hold events back until its buffer is full.
  @Header('X-Accel-Buffering', 'no')
  @Get('stream')
  async stream(
    @Query() { since }: RevocationsQueryDto,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.streams.follow(lastEventId ?? since), { type: 'text/event-stream' });
  }
}
