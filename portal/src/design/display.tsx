import {
  ArrowLeft,
  Check,
  CircleAlert,
  Copy,
  Info,
  Lock,
  type LucideIcon,
  TriangleAlert,
  User,
} from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, IconButton } from "./button";
import { useText } from "./texts";

export type Tone = "idle" | "ok" | "warn" | "bad" | "accent" | "outline";

/** A state in one or two words. The point repeats the colour for those who scan. */
export function Pill(props: {
  tone?: Tone;
  icon?: LucideIcon;
  point?: boolean;
  bare?: boolean;
  children: ReactNode;
}) {
  const { tone = "idle", icon: Icon, point, bare, children } = props;
  return (
    <span className={`pill ${tone}${bare ? " bare" : ""}`}>
      {point && <span className="point" aria-hidden />}
      {Icon && <Icon aria-hidden />}
      {children}
    </span>
  );
}

/** The first letters of a name, in any script: two for names of several words. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/u)
    .filter((word) => /^\p{L}/u.test(word));
  const first = words[0];
  if (first === undefined) return "";
  const letter = firstLetter(first);
  // One ideograph says as much as two letters.
  if (/\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(letter))
    return letter;
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return (letter + (last ? firstLetter(last) : "")).toUpperCase();
}

/** As people count letters: with the marks that belong to it. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  return first?.segment ?? "";
}

function hueOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return (sum % 6) + 1;
}

/** Who it is, at a glance; decoration beside a name. */
export function Avatar({ name, size }: { name: string; size?: "small" | "large" }) {
  const letters = initials(name);
  return (
    <span
      className={`avatar ${letters ? `hue-${String(hueOf(name))}` : ""} ${size ?? ""}`}
      // Drawn by the style sheet: decoration, never part of what is read or copied.
      data-letters={letters}
      aria-hidden
    >
      {letters ? null : <User />}
    </span>
  );
}

/** The page's head: where back to, what it is, what can be done. */
export function PageHead(props: {
  title: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  /** A link to the list that this page belongs to. */
  back?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Tabs of the browser are told apart by what they show.
    document.title = `${heading.current?.textContent ?? ""} · Convoke`;
  }, [props.title]);
  return (
    <div className="page-head">
      <div className="titles">
        {props.back}
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        {props.sub && <div className="sub">{props.sub}</div>}
      </div>
      {props.actions && <div className="actions">{props.actions}</div>}
    </div>
  );
}

export function BackArrow() {
  return <ArrowLeft aria-hidden />;
}

/** A surface with a small heading. */
export function Card(props: {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`card ${props.className ?? ""}`}>
      {(props.title || props.actions) && (
        <div className="card-head">
          {props.title && <h2>{props.title}</h2>}
          {props.actions}
        </div>
      )}
      <div className="card-body">{props.children}</div>
    </section>
  );
}

/** What the thing is for, and the first step. */
export function EmptyState(props: {
  icon: LucideIcon;
  title: string;
  text: string;
  actions?: ReactNode;
  bad?: boolean;
}) {
  const Icon = props.icon;
  return (
    <div className={props.bad ? "empty bad" : "empty"}>
      <span className="mark" aria-hidden>
        <Icon />
      </span>
      <h2>{props.title}</h2>
      <p>{props.text}</p>
      {props.actions && <div className="actions">{props.actions}</div>}
    </div>
  );
}

/** Something went wrong while loading; what to do is a button. */
export function ErrorState({ message, onRetry }: { message: string; onRetry?: () => void }) {
  const t = useText();
  return (
    <div role="alert">
      <EmptyState
        bad
        icon={TriangleAlert}
        title={t("design-error-title")}
        text={message}
        actions={onRetry && <Button onPress={onRetry}>{t("design-try-again")}</Button>}
      />
    </div>
  );
}

/** Not this reader's to see. */
export function ForbiddenState() {
  const t = useText();
  return (
    <EmptyState icon={Lock} title={t("design-forbidden-title")} text={t("design-forbidden-text")} />
  );
}

/** Holds the place of what is loading, in its size. */
export function Skeleton({ width, height }: { width?: string; height?: string }) {
  return <span className="skeleton" style={{ width: width ?? "100%", height }} aria-hidden />;
}

/** Lines of a form or card that is loading. */
export function SkeletonLines({ lines = 4 }: { lines?: number }) {
  const t = useText();
  return (
    <div className="stack" aria-busy="true" aria-label={t("design-loading")} role="status">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height="18px" width={`${String(92 - ((index * 17) % 45))}%`} />
      ))}
    </div>
  );
}

/** How far something is, with the number for those who cannot see it. */
export function ProgressBar(props: { label: string; value: number; max: number; warn?: boolean }) {
  const share = props.max === 0 ? 0 : Math.min(1, props.value / props.max);
  return (
    <div
      className={props.warn ? "progress warn" : "progress"}
      role="progressbar"
      aria-label={props.label}
      aria-valuenow={props.value}
      aria-valuemin={0}
      aria-valuemax={props.max}
    >
      <i style={{ width: `${String(share * 100)}%` }} />
    </div>
  );
}

/** A remark in its place. */
export function Notice({ tone, children }: { tone?: "warn" | "bad"; children: ReactNode }) {
  const Icon = tone === "bad" ? CircleAlert : tone === "warn" ? TriangleAlert : Info;
  return (
    <div className={`notice ${tone ?? ""}`}>
      <Icon aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** Copies without the clipboard permission where the page is not served over HTTPS. */
async function copyText(value: string, near: Element | null): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(value);
    return;
  }
  const area = document.createElement("textarea");
  area.value = value;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  // Inside the dialog, whose focus trap would otherwise take the selection away.
  (near?.closest("[role=dialog],[role=alertdialog]") ?? document.body).append(area);
  area.select();
  // The only way where the page is not served over HTTPS.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand("copy");
  area.remove();
}

/** Copies a value and says so for a moment. */
export function CopyButton(props: {
  value: string;
  label: string;
  /** Its name stands on it. */
  isWide?: boolean;
}) {
  const { value, label } = props;
  const t = useText();
  const holder = useRef<HTMLSpanElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const icon = copied ? Check : Copy;
  const words = copied ? t("design-copied") : label;
  const copy = () => void copyText(value, holder.current).then(() => setCopied(true));
  return (
    <span ref={holder}>
      {props.isWide ? (
        <Button small icon={icon} onPress={copy}>
          {words}
        </Button>
      ) : (
        <IconButton small icon={icon} label={words} onPress={copy} />
      )}
      <span className="visually-hidden" role="status">
        {copied ? t("design-copied") : ""}
      </span>
    </span>
  );
}

/** Secrets that the server shows only now, each with Copy, and a word on where to use them. */
export function SecretOnce(props: { items: { label: string; value: string }[]; use: ReactNode }) {
  const t = useText();
  const all = props.items.map(({ label, value }) => `${label}: ${value}`).join("\n");
  return (
    <div className="stack">
      <Notice tone="warn">{t("design-secret-once")}</Notice>
      <dl className="secret">
        {props.items.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <span>{value}</span>
              <CopyButton value={value} label={t("design-copy", { what: label })} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="spread">
        <p className="help">{props.use}</p>
        {props.items.length > 1 && <CopyButton isWide value={all} label={t("design-copy-all")} />}
      </div>
    </div>
  );
}
