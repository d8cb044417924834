import { Global, Module } from '@nestjs/common';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEvents } from './audit-events.service.js';
import { AuditTrail } from './audit-trail.js';
import { AuditVerifier } from './audit-verifier.js';

@Global()
@Module({
  controllers: [AuditEventsController],
  providers: [AuditEvents, AuditTrail, AuditVerifier],
  exports: [AuditEvents, AuditTrail, AuditVerifier],
})
export class AuditModule {}
