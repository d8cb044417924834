import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Public } from '../access/public.decorator.js';
import { JwtRefreshGuard } from './guards/jwt-refresh.guard.js';

/** Wants a refresh token where every other route wants an access token. */
export const WithRefreshToken = (): MethodDecorator =>
  applyDecorators(Public(), UseGuards(JwtRefreshGuard), ApiBearerAuth('refresh'));
