// Exit status 0 when the process in this container answers /healthz. The slim image has neither curl nor wget.
const port = process.env.NOWCAST_PORT || '8080';
try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) });
  await response.body?.cancel();
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
