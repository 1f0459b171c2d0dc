import { readFileSync } from 'node:fs';
import type { Server, ServerOptions, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { HttpSettings } from '../config/http-settings.js';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';
import { fileStamp } from './auth/keys/key-file.js';

type TlsFiles = NonNullable<HttpSettings['tls']>;

/** Certificates are renewed weeks before they end. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Makes the HTTPS server that Fastify serves through. A renewed certificate is taken over without a restart; one that
 * cannot be used is told, and the one before it stays.
 * @throws NowcastError CONFIG_INVALID when certificate or key cannot be used at the start
 */
export function tlsServerFactory(
  files: TlsFiles,
  onProblem: (error: unknown) => void,
): (handler: RequestListener, options: ServerOptions) => Server {
  return (handler) => {
    const server = serverOf(files, handler);
    let stamp = stampOf(files);
    const timer = setInterval(() => {
      const current = stampOf(files);
      if (current === stamp) return;
      stamp = current;
      try {
        server.setSecureContext(read(files));
      } catch (error) {
        onProblem(error);
      }
    }, LOOK_AGAIN_MS).unref();
    server.on('close', () => {
      clearInterval(timer);
    });
    // It is a server like the other, but for the socket below it.
    return server;
  };
}

function serverOf(files: TlsFiles, handler: RequestListener): ReturnType<typeof createServer> {
  const pair = read(files);
  try {
    return createServer({ ...pair, minVersion: 'TLSv1.2' }, handler);
  } catch (error) {
    const text = `http.tls: ${files.certFile} and ${files.keyFile} cannot be used together: ${messageOf(error)}`;
    throw new NowcastError('CONFIG_INVALID', text, { cause: error });
  }
}

function read({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  return { cert: readPem('certFile', certFile), key: readPem('keyFile', keyFile) };
}

function readPem(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new NowcastError('CONFIG_INVALID', `http.tls.${name} ${file}: ${fileProblem(error)}`, {
      cause: error,
    });
  }
}

function stampOf({ certFile, keyFile }: TlsFiles): string {
  return `${String(fileStamp(certFile))} ${String(fileStamp(keyFile))}`;
}
