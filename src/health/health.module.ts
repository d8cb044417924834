import { Module } from '@nestjs/common';
import { InstancesModule } from '../instances/instances.module.js';
import { Draining } from './draining.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.service.js';
import { StrictCluster } from './strict-cluster.js';

@Module({
  imports: [InstancesModule],
  controllers: [HealthController],
  providers: [Draining, Readiness, StrictCluster],
})
export class HealthModule {}
