/** The form in which usernames and email addresses are unique: compared without case. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
