import { IsOptional } from 'class-validator';
import type { Role } from '../../access/role.js';
import { IsEmailAddress, MayBeAbsent } from '../../users/text-rules.js';
import { IsFlag, IsListOfRoles } from '../../users/transfer/record-rules.js';

/** At least one field */
export class ChangeUserDto {
  @MayBeAbsent()
  @IsListOfRoles()
  roles?: Role[];

  @MayBeAbsent()
  @IsFlag()
  disabled?: boolean;

  /** Unique without case; null for none */
  @IsOptional()
  @IsEmailAddress()
  email?: string | null;
}
