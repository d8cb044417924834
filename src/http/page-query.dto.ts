import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const MOST_ITEMS = 100;
const LONGEST_CURSOR = 512;
const bounds = { message: `must be a whole number from 1 to ${String(MOST_ITEMS)}` };

/** Which page of a list is asked for. */
export class PageQueryDto {
  /** How many items at most */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ITEMS, default: 50 })
  @Transform(({ value }) => toInteger(value))
  @IsInt(bounds)
  @Min(1, bounds)
  @Max(MOST_ITEMS, bounds)
  limit = 50;

  /** The `next_cursor` of the page before */
  @IsOptional()
  @IsString({ message: 'must be sent once' })
  @MaxLength(LONGEST_CURSOR, { message: `must be at most ${String(LONGEST_CURSOR)} characters` })
  cursor?: string;
}

/** What is no plain number stays as it is, to be refused: `Number` would take `1e1`, ` 5` and nothing at all. */
function toInteger(value: unknown): unknown {
  return typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : value;
}
