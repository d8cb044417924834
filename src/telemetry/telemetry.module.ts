import { Global, Module } from '@nestjs/common';
import { Telemetry } from './telemetry.js';

@Global()
@Module({ providers: [Telemetry], exports: [Telemetry] })
export class TelemetryModule {}
