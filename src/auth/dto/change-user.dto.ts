import { IsOptional, ValidateIf } from 'class-validator';
import type { Role } from '../../access/role.js';
import { IsEmailAddress } from '../../users/text-rules.js';
import { IsFlag, IsListOfRoles } from '../../users/transfer/record-rules.js';

/** May be left out, and is not null. */
const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

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
