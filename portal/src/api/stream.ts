/** One server-sent event. */
export interface ServerEvent {
  id: string;
  name: string;
  data: string;
}

/** Reads the text of an event stream (WHATWG HTML §9.2.6) as it comes in pieces. */
export class EventParser {
  private rest = "";
  private id = "";
  private name = "";
  private data: string[] = [];
  private skipsLineFeed = false;

  /** Behind what a connection goes on; a block without data may carry it alone. */
  lastId = "";

  /** The events that this piece completes. Only the piece is looked through, never what waits. */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    if (piece === "") return events;
    const end = /\r\n?|\n/gu;
    // A line that ended with the former piece's carriage return may go on with its line feed.
    let from = this.skipsLineFeed && piece.startsWith("\n") ? 1 : 0;
    this.skipsLineFeed = piece.endsWith("\r");
    end.lastIndex = from;
    for (let found = end.exec(piece); found !== null; found = end.exec(piece)) {
      const line = this.rest + piece.slice(from, found.index);
      this.rest = "";
      from = end.lastIndex;
      if (line === "") this.dispatch(events);
      else this.field(line);
    }
    this.rest += piece.slice(from);
    return events;
  }

  private dispatch(events: ServerEvent[]): void {
    this.lastId = this.id;
    if (this.data.length > 0) {
      events.push({ id: this.id, name: this.name || "message", data: this.data.join("\n") });
    }
    this.name = "";
    this.data = [];
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /u, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.name = value;
    else if (field === "id") this.id = value;
  }
}

export type StreamState = "connecting" | "open" | "lost";

export interface StreamHandlers {
  /** What came together, in order. */
  onEvents: (events: ServerEvent[]) => void;
  /** `hasGap`: what happened before the connection opened does not come with it. */
  onState: (state: StreamState, hasGap: boolean) => void;
  /** The server says that there is no session. */
  onRefused: () => void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** The server sends a comment every 15 s; a longer silence means that the line is dead. */
const SILENCE_MS = 40_000;

/** How long to wait before the n-th try again: doubling, with a spread so that pages differ. */
export function retryDelay(failures: number, spread: number): number {
  const base = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
  return Math.round(base * (0.75 + spread * 0.5));
}

/**
 * Follows the event stream until it is closed: reconnects by itself and resumes behind the last
 * event that it saw. `fetch` instead of `EventSource`, which can neither resume after an HTTP
 * error nor deliver events of names that it was not told.
 */
export class EventStream {
  private readonly url: string;
  private readonly handlers: StreamHandlers;
  private abort = new AbortController();
  private lastId = "";
  /** Counts connections, so that one that was let go does not try again beside its successor. */
  private round = 0;
  private failures = 0;
  private closed = false;
  private paused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, handlers: StreamHandlers) {
    this.url = url;
    this.handlers = handlers;
    globalThis.addEventListener("online", this.now);
    globalThis.addEventListener("offline", this.drop);
    void this.connect();
  }

  close(): void {
    this.closed = true;
    globalThis.removeEventListener("online", this.now);
    globalThis.removeEventListener("offline", this.drop);
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.abort.abort();
  }

  /** Lets the connection go for a while; what happens meanwhile is caught up with. */
  pause(): void {
    if (this.paused || this.closed) return;
    this.paused = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.timer = undefined;
    this.abort.abort();
  }

  /** Goes on behind the last event that was seen. */
  resume(): void {
    if (!this.paused || this.closed) return;
    this.paused = false;
    void this.connect();
  }

  /** Tries again at once, when the network is said to be back. */
  readonly now = (): void => {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.connect();
  };

  /** The network is said to be gone: waiting for silence would only hide it. */
  private readonly drop = (): void => this.abort.abort();

  private async connect(): Promise<void> {
    this.abort = new AbortController();
    this.round += 1;
    const { round } = this;
    const hasGap = this.lastId === "";
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.lastId) headers["Last-Event-ID"] = this.lastId;
    try {
      this.listen();
      const response = await fetch(this.url, {
        headers,
        signal: this.abort.signal,
        cache: "no-store",
        credentials: "same-origin",
      });
      if (response.status === 401 || response.status === 403) {
        this.close();
        this.handlers.onRefused();
        return;
      }
      if (!response.ok || !response.body) throw new Error(`status ${String(response.status)}`);
      this.failures = 0;
      if (round !== this.round) return;
      this.handlers.onState("open", hasGap);
      await this.read(response.body);
    } catch {
      // Lost or never there: the same to the reader, and tried again below.
    }
    if (round === this.round && !this.closed && !this.paused) this.retry();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body
      .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      .getReader();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.listen();
      const events = parser.push(value);
      if (parser.lastId) this.lastId = parser.lastId;
      if (events.length > 0) this.handlers.onEvents(events);
    }
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.abort.abort(), SILENCE_MS);
  }

  private retry(): void {
    clearTimeout(this.silence);
    this.handlers.onState("lost", false);
    const delay = retryDelay(this.failures, Math.random());
    this.failures += 1;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.connect();
    }, delay);
  }
}
