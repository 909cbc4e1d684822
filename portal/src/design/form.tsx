import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button, Kbd } from "./button";
import { isBelowOverlay } from "./hooks";
import { isKey, keyOf } from "./keys";
import { Dialog } from "./overlays";
import { listOf, useText } from "./texts";

/** One thing that the server says is wrong. */
export interface FieldProblem {
  field: string;
  message: string;
}

export type Values = Record<string, unknown>;

export interface FormState<V extends Values> {
  /** Names the form on its page, and its fields. */
  name: string;
  values: V;
  set: <K extends keyof V>(name: K, value: V[K]) => void;
  /** What to spread on a field. */
  field: <K extends keyof V & string>(
    name: K,
  ) => {
    id: string;
    name: K;
    value: V[K];
    onChange: (value: V[K]) => void;
    error: string | undefined;
  };
  /** Names whose value differs from what was loaded. */
  changed: (keyof V & string)[];
  problems: FieldProblem[];
  setProblems: (problems: FieldProblem[]) => void;
  reset: () => void;
  /** Forgets the edits that were saved; what was typed meanwhile stays. */
  saved: (sent: Partial<V>) => void;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The id of a field's element, so that the summary can link to it. */
export function fieldId(form: string, name: string): string {
  return `${form}-${name.replaceAll(".", "-")}`;
}

/**
 * The state of a form over what the server said. Fields that the reader has not touched follow
 * `loaded` when it changes; touched ones stay.
 */
export function useForm<V extends Values>(formName: string, loaded: V): FormState<V> {
  const [edits, setEdits] = useState<Partial<V>>({});
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const values = useMemo(() => ({ ...loaded, ...edits }), [loaded, edits]);
  const changed = useMemo(
    () => Object.keys(edits).filter((name) => !same(edits[name], loaded[name])),
    [edits, loaded],
  );
  const set = useCallback(<K extends keyof V>(name: K, value: V[K]) => {
    setEdits((before) => ({ ...before, [name]: value }));
    setProblems((before) => before.filter((problem) => problem.field !== name));
  }, []);
  const reset = useCallback(() => {
    setEdits({});
    setProblems([]);
  }, []);
  const saved = useCallback((sent: Partial<V>) => {
    setEdits(
      (before) =>
        Object.fromEntries(
          Object.entries(before).filter(
            ([name, value]) => !(name in sent) || !same(sent[name], value),
          ),
        ) as Partial<V>,
    );
    setProblems([]);
  }, []);
  return {
    name: formName,
    values,
    set,
    field: (name) => ({
      id: fieldId(formName, name),
      name,
      value: values[name],
      onChange: (value) => set(name, value),
      error: problems.find((problem) => problem.field === name)?.message,
    }),
    changed,
    problems,
    setProblems,
    reset,
    saved,
  };
}

/** `{"features.ring_time": 20}` becomes `{features: {ring_time: 20}}`: the shape of a PATCH. */
export function nest(flat: Values): Values {
  const out: Values = {};
  for (const [path, value] of Object.entries(flat)) {
    const parts = path.split(".");
    const last = parts.pop() ?? path;
    let at = out;
    for (const part of parts) {
      const inner = (at[part] as Values | undefined) ?? {};
      at[part] = inner;
      at = inner;
    }
    at[last] = value;
  }
  return out;
}

function focusField(id: string): void {
  const found = document.getElementById(id);
  const inside = found?.querySelector<HTMLElement>("input, textarea, button");
  (found?.matches("input, textarea, button") ? found : inside)?.focus();
}

/** Everything that is wrong, each a way to its field; takes focus when it appears. */
export function FormSummary(props: {
  form: string;
  problems: FieldProblem[];
  /** The words of a field, and what to do before its element exists (open its tab). */
  labelOf: (field: string) => string;
  onGo?: (field: string) => void;
}) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const count = props.problems.length;
  useEffect(() => {
    if (count > 0) box.current?.focus();
  }, [count]);
  if (count === 0) return null;
  return (
    <div className="summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("design-form-problems", { count })}</h2>
      <ul>
        {props.problems.map((problem) => (
          <li key={problem.field + problem.message}>
            <a
              href={`#${fieldId(props.form, problem.field)}`}
              onClick={(event) => {
                event.preventDefault();
                props.onGo?.(problem.field);
                requestAnimationFrame(() => {
                  focusField(fieldId(props.form, problem.field));
                });
              }}
            >
              {props.labelOf(problem.field)}
            </a>
            : {problem.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

const OVERLAY = "[role=dialog], [role=alertdialog]:not([aria-modal=false])";

/** Whether no other dialog has opened over the one that this is in. */
function isOnTop(element: Element): boolean {
  const own = element.closest(OVERLAY);
  return own === null ? !isBelowOverlay() : [...document.querySelectorAll(OVERLAY)].at(-1) === own;
}

/** For a form's `ref`: Ctrl-S submits it, unless something is open over it. */
export function useSaveKey() {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isKey(event, "save")) return;
      event.preventDefault();
      if (form.current && isOnTop(form.current)) form.current.requestSubmit();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return form;
}

/** Appears when something is changed: what, Discard, Save (Ctrl-S); leaving asks. */
export function SaveBar(props: {
  changed: string[];
  labelOf: (field: string) => string;
  isSaving: boolean;
  onSave: () => void;
  onDiscard: () => void;
}) {
  const t = useText();
  const { changed, isSaving, onSave } = props;
  const dirty = changed.length > 0;
  useEffect(() => {
    if (!dirty) return;
    const onKey = (event: KeyboardEvent) => {
      if (isKey(event, "save")) {
        event.preventDefault();
        if (!isSaving && !isBelowOverlay()) onSave();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [dirty, isSaving, onSave]);
  const leaving = useBlocker({
    // Another tab of the same page keeps the edits.
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  if (!dirty) return null;
  const names = listOf(changed.map(props.labelOf));
  return (
    <div className="save-bar" role="region" aria-label={t("design-unsaved")}>
      <div className="what truncate">
        {t("design-changed")} <b>{names}</b>
      </div>
      <Button variant="quiet" onPress={props.onDiscard} isDisabled={isSaving}>
        {t("design-discard")}
      </Button>
      <Button variant="primary" onPress={onSave} isPending={isSaving}>
        {t("design-save")} <Kbd>{keyOf("save")}</Kbd>
      </Button>
      <Dialog
        role="alertdialog"
        isOpen={leaving.status === "blocked"}
        onClose={() => leaving.reset?.()}
        title={t("design-leave-title")}
        footer={
          <>
            <Button onPress={() => leaving.reset?.()}>{t("design-leave-stay")}</Button>
            <Button variant="danger" onPress={() => leaving.proceed?.()}>
              {t("design-leave-go")}
            </Button>
          </>
        }
      >
        <p>{t("design-leave-text", { names })}</p>
      </Dialog>
    </div>
  );
}

/** A group of fields with a heading. */
export function Section({
  title,
  help,
  children,
}: {
  title?: string;
  help?: string;
  children: ReactNode;
}) {
  return (
    <section className="section">
      {title && (
        <header>
          <h2>{title}</h2>
          {help && <p>{help}</p>}
        </header>
      )}
      {children}
    </section>
  );
}
