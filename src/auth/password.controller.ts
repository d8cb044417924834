import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import { FreshToken } from '../access/fresh-token.decorator.js';
import type { Identity } from '../access/identity.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';
import { PasswordChangeService } from './password-change.service.js';

@ApiTags('account')
@Controller()
export class PasswordController {
  constructor(private readonly passwords: PasswordChangeService) {}

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
}
