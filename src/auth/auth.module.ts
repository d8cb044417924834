import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { Settings } from '../config/settings.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.service.js';
import { AccountController } from './account.controller.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountExportService } from './account-export.service.js';
import { AccountRevocation } from './account-revocation.service.js';
import { AccountsService } from './accounts.service.js';
import { AdministrationController } from './administration.controller.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BudgetsModule } from './budgets/budgets.module.js';
import { LoginAttempts } from './budgets/login-attempts.service.js';
import { ThrottleCounters } from './budgets/throttle-counters.js';
import { throttlers } from './budgets/throttlers.js';
import { MailModule } from '../mail/mail.module.js';
import { CredentialsService } from './credentials.service.js';
import { EmailController } from './email.controller.js';
import { EmailVerificationService } from './email-verification.service.js';
import { FreshTokenGuard } from './guards/fresh-token.guard.js';
import { JwtAuthGuard } from './guards/jwt-auth.guard.js';
import { JwtRefreshGuard } from './guards/jwt-refresh.guard.js';
import { RateLimitGuard } from './guards/rate-limit.guard.js';
import { RolesGuard } from './guards/roles.guard.js';
import { ThrottleGuard } from './guards/throttle.guard.js';
import { IdentityController } from './identity.controller.js';
import { IdentityService } from './identity.service.js';
import { IntrospectionService } from './introspection.service.js';
import { AccountMails } from './mails/account-mails.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthMetadataController } from './oauth-metadata.controller.js';
import { OAuthTokenService } from './oauth-token.service.js';
import { OneTimeTokensService } from './one-time-tokens/one-time-tokens.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordController } from './password.controller.js';
import { PasswordResetService } from './password-reset.service.js';
import { ProfileChangeService } from './profile-change.service.js';
import { ProfileController } from './profile.controller.js';
import { RegistrationService } from './registration.service.js';
import { SignOutController } from './sign-out.controller.js';
import { JwtRefreshStrategy } from './strategies/jwt-refresh.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import { LocalStrategy } from './strategies/local.strategy.js';
import { TokenRevocationService } from './token-revocation.service.js';

/** Every request meets these, in this order; a route opens itself with `@Public()`. */
const globalGuards = [RateLimitGuard, JwtAuthGuard, RolesGuard, FreshTokenGuard].flatMap((guard) => [
  guard,
  { provide: APP_GUARD, useExisting: guard },
]);

@Module({
  imports: [
    PassportModule,
    BudgetsModule,
    ThrottlerModule.forRootAsync({
      imports: [BudgetsModule],
      inject: [Settings, ThrottleCounters, LoginAttempts],
      useFactory: throttlers,
    }),
    MailModule,
    TokensModule,
    UsersModule,
  ],
  controllers: [
    AccountController,
    AdministrationController,
    AuthController,
    EmailController,
    IdentityController,
    OAuthController,
    OAuthMetadataController,
    PasswordController,
    ProfileController,
    SignOutController,
  ],
  providers: [
    ...globalGuards,
    AccessTokens,
    AccountDeletionService,
    AccountExportService,
    AccountMails,
    AccountRevocation,
    AccountsService,
    AuthService,
    CredentialsService,
    EmailVerificationService,
    IdentityService,
    IntrospectionService,
    JwtRefreshGuard,
    JwtRefreshStrategy,
    JwtStrategy,
    LocalStrategy,
    OAuthTokenService,
    OneTimeTokensService,
    PasswordChangeService,
    PasswordResetService,
    ProfileChangeService,
    RegistrationService,
    ThrottleGuard,
    TokenRevocationService,
  ],
  exports: [
    AccountDeletionService,
    AccountsService,
    AuthService,
    BudgetsModule,
    LocalStrategy,
    RegistrationService,
    TokenRevocationService,
  ],
})
export class AuthModule {}
