import type { InstanceFacts } from '../instances/instance.entity.js';

/** Why these instances do not hold the promises that one alone holds, in words for whoever runs them. */
export function reasonsToDegrade(own: InstanceFacts, others: readonly InstanceFacts[]): string[] {
  const all = [own, ...others];
  const fault = own['limits_fault'];
  const alone = all.filter(({ limits }) => limits === 'process').length;
  return [
    ...(fault === undefined ? [] : [`attempts are counted by this instance alone: ${fault}`]),
    ...(others.length > 0 && alone > 0
      ? [
          `${String(alone)} of ${String(all.length)} instances count attempts each for itself, so that limits are wider ` +
            'than set: give all of them the same REDIS_URL',
        ]
      : []),
    ...(others.some((other) => !shareKeys(own, other))
      ? [
          'another instance signs with keys that are not known here: give all of them the same JWT_KEYS_FILE or JWT_SECRET',
        ]
      : []),
  ];
}

function shareKeys({ keys: own = '' }: InstanceFacts, { keys: other = '' }: InstanceFacts): boolean {
  const known = new Set(own.split(' '));
  return own === '' || other === '' || other.split(' ').some((kid) => known.has(kid));
}
