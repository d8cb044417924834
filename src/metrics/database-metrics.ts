import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DataSource, type EntitySubscriberInterface } from 'typeorm';

// TypeORM tells whole milliseconds.
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const OPERATIONS = ['select', 'insert', 'update', 'delete', 'commit'];

type AfterQuery = NonNullable<EntitySubscriberInterface['afterQuery']>;

/** How long statements take, how many fail, and the connections of PostgreSQL. */
@Injectable()
export class DatabaseMetrics {
  private readonly durations: Histogram;
  private readonly failures: Counter;

  constructor(registry: Registry, dataSource: DataSource) {
    const registers = [registry];
    this.durations = new Histogram({
      name: 'gatehouse_database_statement_duration_seconds',
      help: 'Statements that the database has answered',
      labelNames: ['operation'],
      buckets: SECONDS,
      registers,
    });
    this.failures = new Counter({
      name: 'gatehouse_database_failures_total',
      help: 'Statements that failed',
      labelNames: ['operation'],
      registers,
    });
    new Gauge({
      name: 'gatehouse_database_pool_clients',
      help: 'Connections to PostgreSQL that are busy and idle, and units of work that wait for one',
      labelNames: ['state'],
      registers,
      collect() {
        for (const [state, clients] of Object.entries(poolOf(dataSource))) this.set({ state }, clients);
      },
    });
    dataSource.subscribers.push({
      afterQuery: (event) => {
        this.count(event);
      },
    });
  }

  private count({ query, success, executionTime = 0 }: Parameters<AfterQuery>[0]): void {
    const word = /^\w+/.exec(query)?.[0].toLowerCase() ?? '';
    const operation = OPERATIONS.includes(word) ? word : 'other';
    if (success) this.durations.observe({ operation }, executionTime / 1000);
    else this.failures.inc({ operation });
  }
}

/** Empty for SQLite, which has one connection. */
function poolOf({ driver }: DataSource): Record<string, number> {
  const { master } = driver as { master?: Pool };
  if (!master) return {};
  const { totalCount, idleCount, waitingCount } = master;
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}
