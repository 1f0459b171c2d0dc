import type { FeedSubscription } from './session.js';

/** Who listens to which zone, so that a nowcast costs its listeners and not all clients. */
export class Audience<Client> {
  private readonly everywhere = new Map<Client, Set<string>>();
  private readonly byZone = new Map<string, Map<Client, Set<string>>>();

  add(client: Client, subscription: FeedSubscription): void {
    if (subscription.zones === null) {
      addTo(this.everywhere, client, subscription.id);
      return;
    }
    for (const zone of subscription.zones) {
      const clients = this.byZone.get(zone) ?? new Map<Client, Set<string>>();
      this.byZone.set(zone, clients);
      addTo(clients, client, subscription.id);
    }
  }

  remove(client: Client, subscription: FeedSubscription): void {
    if (subscription.zones === null) {
      removeFrom(this.everywhere, client, subscription.id);
      return;
    }
    for (const zone of subscription.zones) {
      const clients = this.byZone.get(zone);
      if (clients === undefined) continue;
      removeFrom(clients, client, subscription.id);
      if (clients.size === 0) this.byZone.delete(zone);
    }
  }

  /** Calls once for each client that listens to the zone. */
  forEach(zone: string, visit: (client: Client) => void): void {
    const local = this.byZone.get(zone);
    for (const client of this.everywhere.keys()) visit(client);
    if (local === undefined) return;
    for (const client of local.keys()) if (!this.everywhere.has(client)) visit(client);
  }
}

function addTo<Client>(clients: Map<Client, Set<string>>, client: Client, id: string): void {
  const ids = clients.get(client);
  if (ids === undefined) clients.set(client, new Set([id]));
  else ids.add(id);
}

function removeFrom<Client>(clients: Map<Client, Set<string>>, client: Client, id: string): void {
  const ids = clients.get(client);
  if (ids === undefined) return;
  ids.delete(id);
  if (ids.size === 0) clients.delete(client);
}
