import { forgetToken, token, tokenWanted } from './token';

/** The daemon answered, and what it answered is a refusal in a sentence. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT';
  body?: string;
  signal?: AbortSignal;
}

const patienceMilliseconds = 15_000;

/** The raw answer, for the stream. Errors: Refusal, or whatever fetch throws without a connection. */
export async function request(path: string, options: Request = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  const sent = token.value;
  if (sent) headers.Authorization = `Bearer ${sent}`;
  const response = await fetch(`api/${path}`, { ...options, headers, cache: 'no-store' });
  if (response.ok) return response;
  if (response.status === 401 && token.value === sent) {
    // else somebody has given another meanwhile
    forgetToken();
    if ((options.method ?? 'GET') === 'GET') {
      tokenWanted.value = 'This daemon tells what it knows only to those who have its token.';
    }
  }
  const body = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Refusal(response.status, body.error ?? `The daemon answered ${response.status}.`);
}

/** An answer of JSON, in time. */
export async function ask<T>(path: string, options: Request = {}): Promise<T> {
  const late = AbortSignal.timeout(patienceMilliseconds);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  const response = await request(path, { ...options, signal });
  return (await response.json()) as T;
}

/** A query string of those parameters that say something. */
export function query(parameters: Record<string, string | number | undefined>): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') said.set(name, String(value));
  }
  return said.size > 0 ? `?${said}` : '';
}

export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return 'The daemon cannot be reached.';
}
