import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The process answers. */
export class Live {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** Where what instances have to share lives: in the process of each, in Redis, or in the database. */
export class Stores {
  @ApiProperty({ enum: ['sqlite', 'postgres'] })
  database!: string;

  /** Counters of attempts. */
  @ApiProperty({ enum: ['process', 'redis'] })
  limits!: string;

  /** Revocations: durable in the database, looked up in memory. */
  @ApiProperty({ enum: ['database'] })
  denylist!: string;

  @ApiProperty({ enum: ['database'] })
  mail_queue!: string;

  /** Passwords that wait to be hashed. */
  @ApiProperty({ enum: ['process'] })
  hash_queue!: string;
}

/** Requests can be sent here. */
export class Ready {
  /** `degraded`: requests are answered, but not every promise holds. */
  @ApiProperty({ enum: ['ok', 'degraded'] })
  status!: 'ok' | 'degraded';

  /** Why it is degraded. */
  @ApiPropertyOptional({ type: [String] })
  reasons?: string[];

  /** How many serve from this database, as far as is known. */
  @ApiProperty({ type: 'integer' })
  instances!: number;

  @ApiProperty()
  stores!: Stores;
}
