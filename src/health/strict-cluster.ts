import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import type { Instance } from '../instances/instance.entity.js';
import { BEAT_EVERY_MS, Instances } from '../instances/instances.service.js';
import { reasonsToDegrade } from './cluster-check.js';

const LOOK_EVERY_MS = 250;

/** Thrown at start, for whoever starts the service. */
export class StrictClusterError extends Error {
  constructor(reasons: readonly string[]) {
    super(
      [
        'Gatehouse cannot start beside the instances that run already, as STRICT_CLUSTER is on:',
        ...reasons.map((reason) => `  ${reason}`),
      ].join('\n'),
    );
    this.name = 'StrictClusterError';
  }
}

/** `STRICT_CLUSTER`: no instance starts beside another with which it would not hold every promise. */
@Injectable()
export class StrictCluster implements OnApplicationBootstrap {
  constructor(
    private readonly settings: Settings,
    private readonly instances: Instances,
  ) {}

  /** @throws StrictClusterError */
  async onApplicationBootstrap(): Promise<void> {
    await this.instances.beat();
    if (!this.settings.strictCluster) return;
    const elders = await this.instances.findElders();
    if (this.reasons(elders).length === 0) return;
    const reasons = this.reasons(await this.stillAlive(elders));
    if (reasons.length === 0) return;
    await this.instances.leave();
    throw new StrictClusterError(reasons);
  }

  /** None for who starts first. */
  private reasons(elders: readonly Instance[]): string[] {
    if (elders.length === 0) return [];
    return reasonsToDegrade(
      this.instances.own,
      elders.map(({ facts }) => facts),
    );
  }

  /** Those that are heard of again. A crash leaves a row behind: its instance must not keep the next one from starting. */
  private async stillAlive(elders: readonly Instance[]): Promise<Instance[]> {
    const lastSeen = new Map(elders.map(({ id, seenAt }) => [id, seenAt.getTime()]));
    let found: Instance[] = [];
    for (
      let waited = 0;
      waited < 2 * BEAT_EVERY_MS && found.length < elders.length;
      waited += LOOK_EVERY_MS
    ) {
      await sleep(LOOK_EVERY_MS);
      const now = await this.instances.findElders();
      found = now.filter(({ id, seenAt }) => seenAt.getTime() !== lastSeen.get(id));
    }
    return found;
  }
}
