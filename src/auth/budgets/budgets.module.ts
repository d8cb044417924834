import { Module } from '@nestjs/common';
import { TokensModule } from '../../tokens/tokens.module.js';
import { UsersModule } from '../../users/users.module.js';
import { LoginAttempts } from './login-attempts.service.js';
import { RefusalRecords } from './refusal-records.js';
import { ThrottleCounters } from './throttle-counters.js';

/** Who has how many attempts left. */
@Module({
  imports: [TokensModule, UsersModule],
  providers: [LoginAttempts, RefusalRecords, ThrottleCounters],
  exports: [LoginAttempts, RefusalRecords, ThrottleCounters],
})
export class BudgetsModule {}
