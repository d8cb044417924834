import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';

/**
 * Refuses what a page of another origin asks for: a browser would send the cookie along from a sibling domain, which
 * is the same site. A client that says nothing of where it asks from is no browser, and has no cookie of anybody's.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  /** @throws AppError cross_origin_request */
  canActivate(context: ExecutionContext): boolean {
    if (this.isOurs(context.switchToHttp().getRequest<FastifyRequest>())) return true;
    throw new AppError('cross_origin_request');
  }

  /** Older browsers, and all of them over plain HTTP, tell the origin alone. */
  private isOurs({ headers, host }: FastifyRequest): boolean {
    const { origin, 'sec-fetch-site': site } = headers;
    if (site !== undefined) return site === 'same-origin';
    if (origin === undefined) return true;
    // A proxy that asks for another host than the browser did leaves the issuer to compare with.
    return [host, hostOf(this.settings.issuer)].includes(hostOf(origin));
  }
}

/** @returns an empty text for what is no address, such as the origin `null` */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : '';
}
