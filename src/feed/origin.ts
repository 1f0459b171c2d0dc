/**
 * Whether a page of this origin may open the feed. Same origin always may; so may a client that sends no Origin
 * (not a browser). The header is compared as a whole, never by suffix.
 * @param origin Origin header, if any
 * @param host Host header, if any
 * @param allowed origins such as https://dashboard.example.org, or "*" for any
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes('*') || allowed.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}
