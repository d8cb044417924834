import { Module } from '@nestjs/common';
import { TokensModule } from '../../tokens/tokens.module.js';
import { UsersModule } from '../../users/users.module.js';
import { LoginAttempts } from './login-attempts.service.js';
import { ThrottleCounters } from './throttle-counters.js';

/** Who has how many attempts left. */
@Module({
  imports: [TokensModule, UsersModule],
  providers: [LoginAttempts, ThrottleCounters],
  exports: [LoginAttempts, ThrottleCounters],
})
export class BudgetsModule {}
