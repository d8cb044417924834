import type { FastifyReply, FastifyRequest } from 'fastify';
import { finished } from 'node:stream';
import { Ambient } from '../ambient/ambient.js';
import { clientOf, type Client } from './client.decorator.js';
import type { Identity } from './identity.js';

/** Where something that is done comes from. */
export interface Origin extends Client {
  readonly requestId: string;
  /** The user whose access token came with the request, once it was accepted. */
  readonly callerId: string | null;
}

type AskingRequest = FastifyRequest & { readonly user?: Partial<Identity> };

const current = new Ambient<AskingRequest>();

/** Lets all that follows from `next` know the request, without being handed it, until it is answered. */
export function enterRequest(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  void withRequest(request, () => {
    next();
    return new Promise<void>((resolve) => {
      finished(reply.raw, () => {
        resolve();
      });
    });
  });
}

/** Lets all that `work` does know the request, without being handed it. */
export function withRequest<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  return current.run(request, work);
}

/**
 * The {@link Origin} of the request that is being answered.
 * @returns undefined where no request asked, as on the command line
 */
export function currentOrigin(): Origin | undefined {
  const request = current.get();
  return request && { ...clientOf(request), requestId: request.id, callerId: request.user?.userId ?? null };
}
