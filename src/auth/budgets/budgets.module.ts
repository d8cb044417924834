import { Module } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Telemetry } from '../../telemetry/telemetry.js';
import { Clock } from '../../time/clock.js';
import { TokensModule } from '../../tokens/tokens.module.js';
import { UsersModule } from '../../users/users.module.js';
import { LocalThrottleCounters } from './local-throttle-counters.js';
import { LoginAttempts } from './login-attempts.service.js';
import { RedisThrottleCounters } from './redis-throttle-counters.js';
import { RedisWindows } from './redis-windows.js';
import { RefusalRecords } from './refusal-records.js';
import { ThrottleCounters } from './throttle-counters.js';

/** Who has how many attempts left. */
@Module({
  imports: [TokensModule, UsersModule],
  providers: [
    LoginAttempts,
    RefusalRecords,
    {
      provide: ThrottleCounters,
      inject: [Settings, UnitOfWork, Telemetry, Clock],
      useFactory: (
        { redisUrl }: Settings,
        work: UnitOfWork,
        telemetry: Telemetry,
        clock: Clock,
      ): ThrottleCounters => {
        const local = new LocalThrottleCounters(work, clock);
        return redisUrl === undefined
          ? local
          : new RedisThrottleCounters(new RedisWindows(redisUrl, telemetry), local, clock);
      },
    },
  ],
  exports: [LoginAttempts, RefusalRecords, ThrottleCounters],
})
export class BudgetsModule {}
