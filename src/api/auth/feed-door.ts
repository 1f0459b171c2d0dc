import { NowcastError } from '../../contracts/errors.js';
import type { FeedAdmission, FeedCaller, FeedDoor } from '../../feed/admission.js';
import type { AccessControl } from './access-control.js';
import type { AddressResolver } from './client-address.js';

/** Lets callers with the scope `read` into the feed, by the same keys, tokens and open access as REST. */
export class AccessFeedDoor implements FeedDoor {
  constructor(
    private readonly access: AccessControl,
    private readonly addressOf: AddressResolver,
  ) {}

  async admit(caller: FeedCaller): Promise<FeedAdmission> {
    const address = this.addressOf(caller.address, caller.headers);
    try {
      const principal = await this.access.admit({ ...caller, address }, 'read');
      return { admitted: true, stillValid: () => this.access.stillValid(principal) };
    } catch (error) {
      if (!(error instanceof NowcastError)) throw error;
      const tryLater = error.code === 'AUTH_UNAVAILABLE' || error.code === 'TOO_MANY_REQUESTS';
      return { admitted: false, reason: error.message, tryLater };
    }
  }
}
