import { dictionary } from '@zxcvbn-ts/language-common';
import { validate } from 'class-validator';
import { IsNewPassword } from './password-policy.js';

class Choice {
  @IsNewPassword()
  password!: string;
}

const faultsOf = async (password: string) => {
  const faults = await validate(Object.assign(new Choice(), { password }));
  return faults.flatMap(({ constraints }) => Object.keys(constraints ?? {}));
};

describe('IsNewPassword', () => {
  it('refuses the 3000 most common passwords that are long enough', async () => {
    // The list has the most common first.
    const common = dictionary['passwords-common'].filter((password) => password.length >= 8).slice(0, 3000);
    expect(common).toHaveLength(3000);
    for (const password of common)
      expect([password, await faultsOf(password)]).toEqual([password, ['passwordUncommon']]);
    expect(await faultsOf('correct horse battery staple')).toEqual([]);
  });
});
