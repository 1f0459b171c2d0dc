import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import {
  OPEN_DOOR,
  showsToken,
  subprotocolToken,
  type FeedAdmission,
  type FeedCaller,
  type FeedDoor,
} from './admission.js';
import { Audience } from './audience.js';
import { FeedConnection } from './connection.js';
import { Dispatcher } from './dispatcher.js';
import { drainClients } from './drain.js';
import { DEFAULT_FEED_LIMITS, type FeedLimits, type FeedServerOptions } from './feed-options.js';
import { HeartbeatBuilder } from './heartbeat.js';
import { readMessageSchemas } from './message-schemas.js';
import { isOriginAllowed } from './origin.js';
import {
  CLOSE_CODES,
  createClientMessageParser,
  encodeError,
  encodePong,
  FEED_SUBPROTOCOL,
  type CloseCode,
} from './protocol.js';
import { FeedSession, type SessionAction } from './session.js';
import { Subscriber } from './subscriber.js';

/** Serves /v1/feed on sockets that an HTTP server hands over; see docs/feed-protocol.md. */
export class FeedServer {
  private readonly limits: FeedLimits;
  private readonly parser = createClientMessageParser(readMessageSchemas('client'));
  private readonly sockets: WebSocketServer;
  private readonly clients = new Set<FeedConnection>();
  private readonly audience = new Audience<FeedConnection>();
  private readonly dispatcher = new Dispatcher(this.audience);
  private readonly subscriber: Subscriber;
  private readonly stopFollowing: () => void;
  private readonly ticker: NodeJS.Timeout;
  private readonly nowMs: () => number;
  private readonly clientNowMs: () => number;
  private readonly door: FeedDoor;
  private closing = false;

  constructor(private readonly options: FeedServerOptions) {
    this.limits = { ...DEFAULT_FEED_LIMITS, ...options.limits };
    this.nowMs = options.nowMs ?? Date.now;
    this.clientNowMs = options.clientNowMs ?? this.nowMs;
    this.door = options.door ?? OPEN_DOOR;
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // The session refuses what is above its limit with a sentence; this is for what nobody should even buffer.
      maxPayload: this.limits.maxMessageBytes * 2,
      handleProtocols: (offered) => (offered.has(FEED_SUBPROTOCOL) ? FEED_SUBPROTOCOL : false),
    });
    const { log, codec, view } = options;
    const onError = options.onError ?? (() => undefined);
    this.subscriber = new Subscriber(
      { log, codec, view, limits: this.limits.resume, onError },
      this.audience,
    );
    this.stopFollowing = view.onBatch((batch) => {
      const now = this.clientNowMs();
      const touched = this.dispatcher.dispatch(batch, view.state.seq, now);
      for (const client of touched) this.checkLoad(client, now);
      return this.roomForNext(touched);
    });
    this.ticker = setInterval(() => {
      this.tick();
    }, this.limits.tickMs).unref();
  }

  get clientCount(): number {
    return this.clients.size;
  }

  /** Clients that are not being closed. */
  get connectedAndOpen(): number {
    let open = 0;
    for (const client of this.clients) if (client.open) open += 1;
    return open;
  }

  /** Takes over an HTTP upgrade of /v1/feed. */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => undefined);
      const { origin, host } = request.headers;
      if (!isOriginAllowed(origin, host, this.options.allowedOrigins)) {
        this.turnAway(socket, CLOSE_CODES.originRefused, 'pages of this origin may not open the feed');
      } else if (this.closing) {
        this.turnAway(socket, CLOSE_CODES.restarting, 'restarting');
      } else if (this.clients.size >= this.limits.maxClients) {
        this.turnAway(socket, CLOSE_CODES.tryLater, 'too many clients; try again later');
      } else {
        this.accept(socket, stream, callerOf(request));
      }
    });
  }

  /**
   * Sends every client away with 1012, spread over the drain time, and waits until they are gone. Who comes meanwhile is
   * sent away at once; who is still here is served.
   */
  async close(drainMs: number = this.limits.drainMs): Promise<void> {
    this.closing = true;
    const sendAway = (client: FeedConnection): void => {
      this.drop(client, CLOSE_CODES.restarting, 'restarting');
    };
    await drainClients(this.clients, { drainMs, random: this.options.random ?? Math.random, sendAway });
    this.stopFollowing();
    clearInterval(this.ticker);
    this.sockets.close();
  }

  private accept(socket: WebSocket, stream: Duplex, caller: FeedCaller): void {
    const session = new FeedSession(this.parser, this.options.catalog, this.limits, this.clientNowMs());
    const { metrics } = this.options;
    const client: FeedConnection = new FeedConnection(
      socket,
      stream,
      caller,
      session,
      this.limits,
      (messages) => {
        metrics.feedMessagesTotal.inc(messages);
      },
    );
    this.clients.add(client);
    metrics.feedClients.set(this.clients.size);
    socket.on('pong', () => {
      session.heard(this.clientNowMs());
    });
    socket.on('message', (data, isBinary) => {
      const bytes = asBuffer(data);
      this.perform(
        client,
        session.receive(isBinary ? null : bytes.toString(), bytes.length, this.clientNowMs()),
      );
    });
    socket.on('close', () => {
      this.subscriber.leave(client);
      this.clients.delete(client);
      metrics.feedClients.set(this.clients.size);
      metrics.feedConflatedTotal.inc(client.outbox.takeConflated());
    });
    void this.admit(client, caller);
  }

  /** What the client says meanwhile is held by its session. */
  private async admit(client: FeedConnection, caller: FeedCaller): Promise<void> {
    client.session.ask(this.clientNowMs());
    let admission: FeedAdmission;
    try {
      admission = await this.door.admit(caller);
    } catch (error) {
      this.options.onError?.(error);
      const reason = 'whether you may read could not be found out; try again later';
      admission = { admitted: false, reason, tryLater: true };
    }
    if (admission.admitted) client.stillValid = () => admission.stillValid();
    const refusal = admission.admitted ? null : { ...admission, final: showsToken(caller) };
    this.perform(client, client.session.answer(refusal, this.clientNowMs()));
  }

  private perform(client: FeedConnection, actions: readonly SessionAction[], beat?: HeartbeatBuilder): void {
    for (const action of actions) {
      switch (action.type) {
        case 'subscribe':
          this.subscriber.subscribe(client, action.subscription, action.resume);
          break;
        case 'unsubscribe':
          this.subscriber.unsubscribe(client, action.id);
          break;
        case 'pong':
          client.sendNow(encodePong(client.completeSeq(this.options.view.state.seq), action.id));
          break;
        case 'error':
          client.sendNow(encodeError(action.code, action.message, action.id));
          break;
        case 'authenticate':
          void this.admit(client, { ...client.caller, credential: action.token });
          break;
        case 'heartbeat':
          if (beat !== undefined) this.heartbeat(client, beat);
          break;
        case 'close':
          this.drop(client, action.code, action.reason);
          break;
        case 'terminate':
          client.socket.terminate();
          break;
      }
    }
  }

  /**
   * Gives clients that keep up a moment to take a large batch before the next one comes, so that a fast replay is
   * not conflated for them. A client that already is conflated is not waited for.
   */
  private async roomForNext(touched: ReadonlySet<FeedConnection>): Promise<void> {
    const { softBytes, batchPauseMs } = this.limits;
    const full = [...touched].filter((client) => {
      return client.open && !client.outbox.congested && client.socket.bufferedAmount > softBytes;
    });
    if (full.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => (timer = setTimeout(resolve, batchPauseMs)));
    await Promise.race([Promise.all(full.map((client) => client.drain())), pause]);
    clearTimeout(timer);
  }

  private heartbeat(client: FeedConnection, beat: HeartbeatBuilder): void {
    if (!client.stillValid()) {
      this.drop(client, CLOSE_CODES.unauthorised, 'the token has expired or was revoked');
      return;
    }
    // Who does not keep up gets the data first; a heartbeat would only make its backlog longer.
    if (client.outbox.congested) return;
    client.sendNow(beat.build(client.completeSeq(this.options.view.state.seq), client.zones()));
    client.socket.ping();
  }

  private tick(): void {
    const now = this.clientNowMs();
    const beat = new HeartbeatBuilder(this.options.view.state, this.nowMs());
    for (const client of this.clients) {
      client.flush();
      this.checkLoad(client, now);
      this.perform(client, client.session.tick(now), beat);
    }
  }

  private checkLoad(client: FeedConnection, now: number): void {
    this.options.metrics.feedConflatedTotal.inc(client.outbox.takeConflated());
    if (!client.open) return;
    const reason = client.outbox.overload(now);
    if (reason !== null) this.drop(client, CLOSE_CODES.tooSlow, reason);
  }

  /** Nothing more is sent to a client that is being closed. */
  private drop(client: FeedConnection, code: CloseCode, reason: string): void {
    client.session.stop();
    this.subscriber.leave(client);
    client.close(code, reason);
    this.options.metrics.feedClosedTotal.inc({ code: String(code) });
  }

  private turnAway(socket: WebSocket, code: CloseCode, reason: string): void {
    socket.close(code, reason);
    this.options.metrics.feedClosedTotal.inc({ code: String(code) });
  }
}

function callerOf(request: IncomingMessage): FeedCaller {
  const credential = subprotocolToken(request.headers['sec-websocket-protocol']);
  const address = request.socket.remoteAddress ?? '';
  return { headers: request.headers, address, ...(credential === null ? {} : { credential }) };
}

function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
