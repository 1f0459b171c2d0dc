/** What a caller may do: read what is served, export in bulk, operate models and trainings, administer keys. */
export const SCOPES = ['read', 'export', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a route asks for: a scope, or nothing. */
export type Access = Scope | 'open';

/** `admin` implies every scope; no other scope implies another. */
export function grants(held: ReadonlySet<Scope>, wanted: Scope): boolean {
  return held.has('admin') || held.has(wanted);
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
