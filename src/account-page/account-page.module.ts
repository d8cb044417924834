import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AccountPageController } from './account-page.controller.js';
import { PageFiles } from './page-files.js';
import { SessionCookie } from './session-cookie.js';
import { SessionController } from './session.controller.js';

/** A page for people, and the routes that keep it signed in by a cookie. */
@Module({
  imports: [AuthModule, TokensModule],
  controllers: [AccountPageController, SessionController],
  providers: [PageFiles, SessionCookie],
})
export class AccountPageModule {}
