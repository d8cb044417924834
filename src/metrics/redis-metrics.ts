import { Injectable } from '@nestjs/common';
import { Histogram, Registry } from 'prom-client';
import { Telemetry } from '../telemetry/telemetry.js';

const SECONDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** How long Redis takes to count an attempt, and how often it cannot. */
@Injectable()
export class RedisMetrics {
  constructor(registry: Registry, telemetry: Telemetry) {
    const durations = new Histogram({
      name: 'gatehouse_redis_command_duration_seconds',
      help: 'Commands to Redis, by whether they were answered',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers: [registry],
    });
    telemetry.on('redisAsked', (outcome, seconds) => {
      durations.observe({ outcome }, seconds);
    });
  }
}
