import type { Variables } from './child-process.js';

/** What npm needs to know of the machine, and nothing of the run that it was started in. */
export const npmEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD|NODE_ENV)/.test(name),
  ),
) as Variables;
