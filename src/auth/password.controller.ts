import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import { FreshToken } from '../access/fresh-token.decorator.js';
import type { Identity } from '../access/identity.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { Public } from '../access/public.decorator.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';
import { ForgotPasswordDto } from './dto/forgot-password.dto.js';
import { ResetPasswordDto } from './dto/reset-password.dto.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordResetService } from './password-reset.service.js';

@ApiTags('account')
@Controller()
export class PasswordController {
  constructor(
    private readonly passwords: PasswordChangeService,
    private readonly resets: PasswordResetService,
  ) {}

  /** Changes the password, and ends every other session of the caller. */
  @FreshToken()
  @Throttle('login')
  @ApiAccessToken()
  @ApiNoContentResponse()
  @ApiErrors('fresh_token_required', 'invalid_credentials', 'account_disabled')
  @HttpCode(204)
  @Post('users/me/password')
  async change(@CurrentUser() caller: Identity, @Body() passwords: ChangePasswordDto): Promise<void> {
    await this.passwords.change(caller, passwords);
  }

  /** Mails a link to set another password, if this is somebody's address: the answer does not tell. */
  @Public()
  @Throttle('mail')
  @ApiAcceptedResponse()
  @HttpCode(202)
  @Post('password/forgot')
  forgot(@Body() { email }: ForgotPasswordDto): Promise<void> {
    return this.resets.ask(email);
  }

  /** Sets another password with the token of the link, and ends every session. */
  @Public()
  @ApiNoContentResponse()
  @ApiErrors('one_time_token_invalid', 'overloaded')
  @HttpCode(204)
  @Post('password/reset')
  async reset(@Body() { token, new_password }: ResetPasswordDto): Promise<void> {
    await this.resets.reset(token, new_password);
  }
}
