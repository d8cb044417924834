import { CreateSchema1764000000000 } from './1764000000000-create-schema.js';

/** Every migration in order. A generated one is added at the end. */
export const migrations = [CreateSchema1764000000000];
