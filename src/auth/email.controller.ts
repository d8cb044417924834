import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { OneTimeTokenDto } from './dto/one-time-token.dto.js';
import { EmailVerificationService } from './email-verification.service.js';

@ApiTags('account')
@Controller('email/verify')
export class EmailController {
  constructor(private readonly verification: EmailVerificationService) {}

  /** Mails a link to the caller's address, that proves it is theirs. */
  @Throttle('mail')
  @ApiAccessToken()
  @ApiAcceptedResponse()
  @HttpCode(202)
  @Post('request')
  request(@CurrentUser() { userId }: Identity): Promise<void> {
    return this.verification.ask(userId);
  }

  /** Takes the token of the link: the address is verified, and in force if it was to come. */
  @Public()
  @ApiNoContentResponse()
  @ApiErrors('one_time_token_invalid', 'user_exists')
  @HttpCode(204)
  @Post()
  verify(@Body() { token }: OneTimeTokenDto): Promise<void> {
    return this.verification.verify(token);
  }
}
