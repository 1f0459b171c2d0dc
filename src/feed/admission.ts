import type { IncomingHttpHeaders } from 'node:http';

/** What is known of a client that asks to be let in. */
export interface FeedCaller {
  /** Headers of the upgrade, the Authorization header among them if there is one. */
  readonly headers: IncomingHttpHeaders;
  /** Address of the peer. */
  readonly address: string;
  /** A token that came another way: as a subprotocol or in an `auth` message. */
  readonly credential?: string;
}

export type FeedAdmission =
  | {
      readonly admitted: true;
      /** Asked at every heartbeat: false once the token has expired or was revoked. */
      stillValid(): boolean;
    }
  | {
      readonly admitted: false;
      /** A sentence for the client; it goes into the close reason. Never carries the token. */
      readonly reason: string;
      /** True when nothing is said about the token, for example because it cannot be checked now. */
      readonly tryLater: boolean;
    };

/** Decides who may read the feed. The keys, tokens and scopes behind it are another part's business. */
export interface FeedDoor {
  /** Whether this caller may read. A token that is shown and refused must be refused even where none is needed. */
  admit(caller: FeedCaller): Promise<FeedAdmission>;
}

/** Lets everybody in, whatever token is shown. */
export const OPEN_DOOR: FeedDoor = {
  admit: () => Promise.resolve({ admitted: true, stillValid: () => true }),
};

/** Prefix of the subprotocol that carries a token. */
const TOKEN_SUBPROTOCOL = 'bearer.';

/**
 * The token among the offered subprotocols (`nowcast.v1, bearer.TOKEN`), for browsers, which can set no header.
 * @param offered Sec-WebSocket-Protocol header
 */
export function subprotocolToken(offered: string | undefined): string | null {
  const found = offered
    ?.split(',')
    .map((one) => one.trim())
    .find((one) => one.startsWith(TOKEN_SUBPROTOCOL));
  const token = found?.slice(TOKEN_SUBPROTOCOL.length) ?? '';
  return token === '' ? null : token;
}

/** Whether a token came with the upgrade: who shows one is refused when it is not good, not asked for another. */
export function showsToken({ headers, credential }: FeedCaller): boolean {
  return headers.authorization !== undefined || credential !== undefined;
}
