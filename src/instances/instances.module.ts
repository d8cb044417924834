import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Bell, SilentBell } from './bell.js';
import { Instances } from './instances.service.js';
import { RedisBell } from './redis-bell.js';

/** Who else serves from this database, and how they are waited for. */
@Module({
  providers: [
    Instances,
    {
      provide: Bell,
      inject: [Settings],
      useFactory: ({ redisUrl }: Settings): Bell =>
        redisUrl === undefined ? new SilentBell() : new RedisBell(redisUrl),
    },
  ],
  exports: [Bell, Instances],
})
export class InstancesModule {}
