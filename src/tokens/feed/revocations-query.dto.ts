import { IsOptional, IsString, MaxLength } from 'class-validator';

const LONGEST_CURSOR = 512;

export class RevocationsQueryDto {
  /** The `cursor` of the page before; absent for the beginning */
  @IsOptional()
  @IsString({ message: 'must be sent once' })
  @MaxLength(LONGEST_CURSOR, { message: `must be at most ${String(LONGEST_CURSOR)} characters` })
  since?: string;
}
