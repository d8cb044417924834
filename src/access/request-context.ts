import type { FastifyRequest } from 'fastify';
import { AsyncLocalStorage } from 'node:async_hooks';
import { clientOf, type Client } from './client.decorator.js';
import type { Identity } from './identity.js';

/** Where something that is done comes from. */
export interface Origin extends Client {
  readonly requestId: string;
  /** The user whose access token came with the request, once it was accepted. */
  readonly callerId: string | null;
}

type AskingRequest = FastifyRequest & { readonly user?: Partial<Identity> };

const current = new AsyncLocalStorage<AskingRequest>();

/** Lets all that follows from `next` know the request, without being handed it. */
export function enterRequest(request: FastifyRequest, next: () => void): void {
  current.run(request, next);
}

/**
 * The {@link Origin} of the request that is being answered.
 * @returns undefined where no request asked, as on the command line
 */
export function currentOrigin(): Origin | undefined {
  const request = current.getStore();
  return request && { ...clientOf(request), requestId: request.id, callerId: request.user?.userId ?? null };
}
