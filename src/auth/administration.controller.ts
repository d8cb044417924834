import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import { FreshToken } from '../access/fresh-token.decorator.js';
import type { Identity } from '../access/identity.js';
import { Roles } from '../access/roles.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { UserDirectory } from '../users/user-directory.service.js';
import { UserPage, UserProfile } from '../users/user-profile.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountsService } from './accounts.service.js';
import { ChangeUserDto } from './dto/change-user.dto.js';
import { ListUsersDto } from './dto/list-users.dto.js';

/** What admins do with the accounts of others. */
@ApiTags('administration')
@ApiAccessToken()
@Roles('admin')
@Controller('users')
export class AdministrationController {
  constructor(
    private readonly directory: UserDirectory,
    private readonly accounts: AccountsService,
    private readonly deletion: AccountDeletionService,
  ) {}

  /** The users, by name, a page at a time. */
  @ApiOkResponse({ type: UserPage })
  @ApiErrors('validation_failed')
  @Get()
  list(@Query() page: ListUsersDto): Promise<UserPage> {
    return this.directory.page(page);
  }

  /** One user. */
  @ApiOkResponse({ type: UserProfile })
  @Get(':id')
  async get(@Param('id') id: string): Promise<UserProfile> {
    return UserProfile.from(await this.directory.require(id));
  }

  /** Changes a user. Disabling, and taking a role away, ends all of the user's sessions. */
  @FreshToken()
  @ApiOkResponse({ type: UserProfile })
  @ApiErrors('fresh_token_required', 'user_exists', 'last_admin')
  @Patch(':id')
  async change(
    @CurrentUser() { userId: by }: Identity,
    @Param('id') id: string,
    @Body() change: ChangeUserDto,
  ): Promise<UserProfile> {
    return UserProfile.from((await this.accounts.change(id, change, by)).user);
  }

  /** Deletes a user, and ends all of the user's sessions. */
  @FreshToken()
  @ApiNoContentResponse()
  @ApiErrors('fresh_token_required', 'last_admin')
  @HttpCode(204)
  @Delete(':id')
  async delete(@CurrentUser() { userId: by }: Identity, @Param('id') id: string): Promise<void> {
    await this.deletion.delete(id, by);
  }

  /** Ends all sessions of a user. */
  @FreshToken()
  @ApiNoContentResponse()
  @ApiErrors('fresh_token_required')
  @HttpCode(204)
  @Delete(':id/sessions')
  async endSessions(@CurrentUser() { userId: by }: Identity, @Param('id') id: string): Promise<void> {
    await this.accounts.endSessions(id, by);
  }
}
