import { askForToken, forgetToken, token, tokenTaken } from './token';

/** An error response of the daemon, with its sentence. */
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

/** The raw response, for the stream. Errors: Refusal, or what fetch throws without a connection. */
export async function request(path: string, options: Request = {}): Promise<Response> {
  await tokenTaken;
  const headers: Record<string, string> = {};
  const sent = token.value;
  if (sent) headers.Authorization = `Bearer ${sent}`;
  const response = await fetch(`api/${path}`, { ...options, headers, cache: 'no-store' });
  if (response.ok) return response;
  if (response.status === 401 && token.value === sent) {
    // else the token has changed meanwhile
    forgetToken();
    askForToken('This daemon requires a token.');
  }
  const body = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Refusal(response.status, body.error ?? `The daemon answered ${response.status}.`);
}

/** A JSON response, with a timeout. */
export async function ask<T>(path: string, options: Request = {}): Promise<T> {
  const late = AbortSignal.timeout(patienceMilliseconds);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  const response = await request(path, { ...options, signal });
  return (await response.json()) as T;
}

/** A query string of the non-empty parameters. */
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
