import { Injectable } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

/** The process: the lag of its event loop, memory, CPU, garbage collection, under the names that all of Node.js has. */
@Injectable()
export class ProcessMetrics {
  constructor(registry: Registry) {
    collectDefaultMetrics({ register: registry });
    new Gauge({
      name: 'gatehouse_build_info',
      help: 'Always 1; the label tells the version of the service',
      labelNames: ['version'],
      registers: [registry],
      collect() {
        this.set({ version }, 1);
      },
    });
  }
}
