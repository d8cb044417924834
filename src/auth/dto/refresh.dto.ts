import { IsOptional, IsString } from 'class-validator';

export class RefreshDto {
  /** In place of the Authorization header */
  @IsOptional()
  @IsString({ message: 'must be a text' })
  refresh_token?: string;
}
