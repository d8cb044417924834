import { Module } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { InstancesModule } from '../../instances/instances.module.js';
import { Instances } from '../../instances/instances.service.js';
import { Telemetry } from '../../telemetry/telemetry.js';
import { Clock } from '../../time/clock.js';
import { TokensModule } from '../../tokens/tokens.module.js';
import { UsersModule } from '../../users/users.module.js';
import { DefaultLimits } from './default-limits.js';
import { LocalThrottleCounters } from './local-throttle-counters.js';
import { LoginAttempts } from './login-attempts.service.js';
import { RedisThrottleCounters } from './redis-throttle-counters.js';
import { RefusalRecords } from './refusal-records.js';
import { ThrottleCounters } from './throttle-counters.js';

/** Who has how many attempts left. */
@Module({
  imports: [InstancesModule, TokensModule, UsersModule],
  providers: [
    DefaultLimits,
    LoginAttempts,
    RefusalRecords,
    {
      provide: ThrottleCounters,
      inject: [Settings, UnitOfWork, Instances, Telemetry, Clock],
      useFactory: async (
        { redisUrl }: Settings,
        work: UnitOfWork,
        instances: Instances,
        telemetry: Telemetry,
        clock: Clock,
      ): Promise<ThrottleCounters> => {
        const local = new LocalThrottleCounters(work, instances, clock);
        if (redisUrl === undefined) return local;
        // Loaded where it is set: the client costs every start.
        const { RedisWindows } = await import('./redis-windows.js');
        return new RedisThrottleCounters(new RedisWindows(redisUrl, telemetry), local, instances, clock);
      },
    },
  ],
  exports: [DefaultLimits, LoginAttempts, RefusalRecords, ThrottleCounters],
})
export class BudgetsModule {}
