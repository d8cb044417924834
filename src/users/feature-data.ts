import { Injectable } from '@nestjs/common';

type DataOf = (userId: string) => Promise<object[]>;

/** What features keep of users beside their accounts. Each names itself here, so that an export is of everything. */
@Injectable()
export class FeatureData {
  private readonly features = new Map<string, DataOf>();

  /** @throws Error where another feature has that name */
  add(feature: string, dataOf: DataOf): void {
    if (this.features.has(feature)) throw new Error(`${feature} are exported by another feature already`);
    this.features.set(feature, dataOf);
  }

  /** Fails where a feature does: an export that has not everything must not look as if it had. */
  async of(userId: string): Promise<Record<string, object[]>> {
    const data = new Map<string, object[]>();
    for (const [feature, dataOf] of this.features) data.set(feature, await dataOf(userId));
    return Object.fromEntries(data);
  }
}
