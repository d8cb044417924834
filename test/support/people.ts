export interface Person {
  readonly username: string;
  readonly password: string;
  readonly email?: string;
}

export const ada: Person = { username: 'ada', password: 'correct horse battery staple' };
export const grace: Person = {
  username: 'grace',
  password: 'a ship in harbour is safe',
  email: 'grace@example.org',
};
