import { Body, Controller, Delete, Get, HttpCode, StreamableFile } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import { FreshToken } from '../access/fresh-token.decorator.js';
import type { Identity } from '../access/identity.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { RecordedRead } from '../http/route-config.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountExport } from './account-export.js';
import { AccountExportService } from './account-export.service.js';
import { DeleteAccountDto } from './dto/delete-account.dto.js';

const EXPORTED_FILE = {
  type: 'application/json; charset=utf-8',
  disposition: 'attachment; filename="account.json"',
};

@ApiTags('account')
@ApiAccessToken()
@Controller('users/me')
export class AccountController {
  constructor(
    private readonly deletion: AccountDeletionService,
    private readonly exports: AccountExportService,
  ) {}

  /** Deletes the caller's account and ends all of its sessions. */
  @FreshToken()
  @Throttle('login')
  @ApiNoContentResponse()
  @ApiErrors('fresh_token_required', 'invalid_credentials', 'account_disabled', 'last_admin')
  @HttpCode(204)
  @Delete()
  async delete(@CurrentUser() caller: Identity, @Body() { password }: DeleteAccountDto): Promise<void> {
    await this.deletion.deleteOwn(caller, password);
  }

  /** Everything that is kept about the caller, as one document to keep. */
  @FreshToken()
  @ApiOkResponse({ type: AccountExport })
  @ApiErrors('fresh_token_required')
  @RecordedRead()
  @Get('export')
  async export(@CurrentUser() { userId }: Identity): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.export(userId), EXPORTED_FILE);
  }
}
