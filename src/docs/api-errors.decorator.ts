import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from '../errors/error-catalogue.js';

/** What {@link ApiErrors} leaves in the API description, for `describeErrors` to replace by responses. */
export const ERRORS_EXTENSION = 'x-errors';

/** Says in the API description which refusals a route has of its own, beside those that follow from its description. */
export const ApiErrors = (...codes: ErrorCode[]): MethodDecorator => ApiExtension(ERRORS_EXTENSION, codes);
