import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Bell, SilentBell } from './bell.js';
import { Instances } from './instances.service.js';

/** Who else serves from this database, and how they are waited for. */
@Module({
  providers: [
    Instances,
    {
      provide: Bell,
      inject: [Settings],
      useFactory: async ({ redisUrl }: Settings): Promise<Bell> => {
        if (redisUrl === undefined) return new SilentBell();
        // Loaded where it is set: the client costs every start.
        const { RedisBell } = await import('./redis-bell.js');
        return new RedisBell(redisUrl);
      },
    },
  ],
  exports: [Bell, Instances],
})
export class InstancesModule {}
