import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.js';
import type { Role } from '../../access/role.js';
import { RequiredRoles } from '../../access/roles.decorator.js';
import { AppError } from '../../errors/app-error.js';

/** Enforces `@Roles()`; what the handler says goes before what its class says. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws AppError forbidden */
  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    const due = this.reflector.getAllAndOverride<readonly Role[] | undefined>(RequiredRoles.KEY, places);
    if (due === undefined) return true;
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: Identity }>();
    if (due.some((role) => user?.roles.includes(role))) return true;
    throw new AppError('forbidden');
  }
}
