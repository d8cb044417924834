/** Which sessions a cut ends: one, all of a user's, or all of them but one. */
export interface CutScope {
  readonly userId: string;
  readonly sessionId?: string;
  readonly exceptSessionId?: string;
}

/** How many of each a cut has ended. */
export interface CutCounts {
  readonly sessions: number;
  readonly refreshTokens: number;
  readonly accessTokens: number;
}

export const noCut: CutCounts = { sessions: 0, refreshTokens: 0, accessTokens: 0 };

export function sumOfCuts(one: CutCounts, other: CutCounts): CutCounts {
  return {
    sessions: one.sessions + other.sessions,
    refreshTokens: one.refreshTokens + other.refreshTokens,
    accessTokens: one.accessTokens + other.accessTokens,
  };
}
