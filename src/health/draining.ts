import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Settings } from '../config/settings.js';

/** The way out: first whoever sends requests here is told to stop, then they have time to, then the server closes. */
@Injectable()
export class Draining implements OnModuleDestroy {
  isOn = false;

  constructor(private readonly settings: Settings) {}

  async onModuleDestroy(): Promise<void> {
    this.isOn = true;
    await sleep(this.settings.shutdownDelay * 1000);
  }
}
