import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.js';
import { requiredRoles } from '../../access/route-access.js';
import { AppError } from '../../errors/app-error.js';

/** Enforces `@Roles()`; what the handler says goes before what its class says. */
@Injectable()
export class RolesGuard implements CanActivate {
  /** @throws AppError forbidden */
  canActivate(context: ExecutionContext): boolean {
    const due = requiredRoles(context);
    if (due === undefined) return true;
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: Identity }>();
    if (due.some((role) => user?.roles.includes(role))) return true;
    throw new AppError('forbidden');
  }
}
