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

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/u);
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.data.length > 0) {
          events.push({ id: this.id, name: this.name || "message", data: this.data.join("\n") });
        }
        this.name = "";
        this.data = [];
      } else {
        this.field(line);
      }
    }
    return events;
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
  onEvent: (event: ServerEvent) => void;
  onState: (state: StreamState) => void;
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
  private failures = 0;
  private closed = false;
  private paused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, handlers: StreamHandlers) {
    this.url = url;
    this.handlers = handlers;
    globalThis.addEventListener("online", this.now);
    void this.connect();
  }

  close(): void {
    this.closed = true;
    globalThis.removeEventListener("online", this.now);
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

  private async connect(): Promise<void> {
    this.abort = new AbortController();
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
      this.handlers.onState("open");
      await this.read(response.body);
    } catch {
      // Lost or never there: the same to the reader, and tried again below.
    }
    if (!this.closed && !this.paused) this.retry();
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
      for (const event of parser.push(value)) {
        if (event.id) this.lastId = event.id;
        this.handlers.onEvent(event);
      }
    }
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.abort.abort(), SILENCE_MS);
  }

  private retry(): void {
    clearTimeout(this.silence);
    this.handlers.onState("lost");
    const delay = retryDelay(this.failures, Math.random());
    this.failures += 1;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.connect();
    }, delay);
  }
}
