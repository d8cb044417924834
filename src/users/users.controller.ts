import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { UserProfile } from './user-profile.js';
import { UserReader } from './user-reader.js';

@ApiTags('account')
@ApiAccessToken()
@Controller('users')
export class UsersController {
  constructor(private readonly users: UserReader) {}

  /** The caller's account, as it is stored now. */
  @ApiOkResponse({ type: UserProfile })
  @Get('me')
  async me(@CurrentUser() { userId }: Identity): Promise<UserProfile> {
    return UserProfile.from(await this.users.require(userId));
  }
}
