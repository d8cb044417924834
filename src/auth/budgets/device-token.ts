import type { FastifyRequest } from 'fastify';

export const DEVICE_COOKIE = 'gatehouse_device';
/** For clients without cookies: in answers, and back in requests. */
export const DEVICE_HEADER = 'X-Device-Token';

/** The device token that a request brings, in the header or in the cookie. */
export function presentedDeviceToken({ headers, cookies }: FastifyRequest): string | undefined {
  const header = headers[DEVICE_HEADER.toLowerCase()];
  return typeof header === 'string' ? header : cookies[DEVICE_COOKIE];
}
