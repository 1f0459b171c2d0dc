/** Topic names of the product (`demand.observed`) and of the cluster (with the installation's prefix). */
export class TopicNames {
  constructor(private readonly prefix: string) {}

  full(name: string): string {
    return this.prefix + name;
  }

  short(fullName: string): string {
    return fullName.slice(this.prefix.length);
  }
}
