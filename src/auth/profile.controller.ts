import { Body, Controller, Delete, HttpCode, Patch } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import { FreshToken } from '../access/fresh-token.decorator.js';
import type { Identity } from '../access/identity.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { UserProfile } from '../users/user-profile.js';
import { ChangeProfileDto } from './dto/change-profile.dto.js';
import { ProfileChangeService } from './profile-change.service.js';

@ApiTags('account')
@Controller('users/me')
export class ProfileController {
  constructor(private readonly profiles: ProfileChangeService) {}

  /** Changes the caller's username or email address; where mail is set up, the address once it is verified. */
  @FreshToken()
  @ApiAccessToken()
  @ApiOkResponse({ type: UserProfile })
  @ApiErrors('fresh_token_required', 'user_exists')
  @Patch()
  async change(@CurrentUser() { userId }: Identity, @Body() changes: ChangeProfileDto): Promise<UserProfile> {
    return UserProfile.from(await this.profiles.change(userId, changes));
  }

  /** Keeps the email address in force: the one that is to be verified is forgotten. */
  @ApiAccessToken()
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete('pending-email')
  async cancelEmail(@CurrentUser() { userId }: Identity): Promise<void> {
    await this.profiles.cancelEmail(userId);
  }
}
