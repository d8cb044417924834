import { applyDecorators } from '@nestjs/common';
import { IsEmail, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { IsVerifiedText } from '../http/request-fields.js';

const says = (message: string) => ({ message });

/** May be left out, and is not null. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** 3–64 of `[A-Za-z0-9._-]`. */
export const IsUsername = (): PropertyDecorator =>
  Matches(/^[A-Za-z0-9._-]{3,64}$/, says('must be 3 to 64 of the characters A-Z a-z 0-9 . _ -'));

export const IsEmailAddress = (): PropertyDecorator =>
  applyDecorators(
    MaxLength(254, says('must be at most 254 characters')),
    IsEmail({}, says('must be an email address')),
  );

/** A text that is only compared with what is known here. */
export const IsBoundedText = (most: number): PropertyDecorator =>
  applyDecorators(
    IsString(says('must be a text')),
    MaxLength(most, says(`must be at most ${String(most)} characters`)),
  );

/** A token as somebody presents it: whether it is one, the verifier says, which reads none over 4 KiB. */
export const IsPresentedToken = (): PropertyDecorator =>
  applyDecorators(IsVerifiedText(), IsBoundedText(16_384));

/** A username, an email or a password as somebody gives it to sign in: bounded, not judged. */
export const IsCredential = (): PropertyDecorator =>
  applyDecorators(
    IsString(says('must be a text')),
    Matches(/^.{1,512}$/su, says('must be 1 to 512 characters')),
  );
