/** Parses text/event-stream (HTML standard), as far as the daemon uses it. */
export class MessageReader {
  private decoder = new TextDecoder();
  private rest = '';
  private name = '';
  private data = '';

  constructor(private readonly onMessage: (name: string, data: string) => void) {}

  /** Starts a new stream: drops the rest of the old one. */
  begin(): void {
    this.decoder = new TextDecoder();
    this.rest = this.name = this.data = '';
  }

  read(chunk: Uint8Array): void {
    const text = this.rest + this.decoder.decode(chunk, { stream: true });
    let begin = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
      this.readLine(text.slice(begin, text[end - 1] === '\r' ? end - 1 : end));
      begin = end + 1;
    }
    this.rest = text.slice(begin);
  }

  private readLine(line: string): void {
    if (line === '') {
      if (this.data) this.onMessage(this.name, this.data);
      this.name = this.data = '';
    } else if (line.startsWith('data:')) {
      this.data += (this.data && '\n') + line.slice(5).trimStart();
    } else if (line.startsWith('event:')) {
      this.name = line.slice(6).trim();
    }
  }
}
