import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Form } from "react-aria-components";
import { ApiError } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { TextField } from "../design/fields";
import { useText } from "../design/texts";
import { isExposed, PlainHttp } from "./exposed";
import { type Credentials, signIn } from "./session";
import "./session.css";

/** Only a path of this portal may follow a sign-in. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/u.test(next) && !next.startsWith("/sign-in")
    ? next
    : "/";
}

/** Signs in, and goes where its reader was going. */
function useEntry(next: string | undefined) {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (typed: Credentials) => {
      // What another account has left in this page is not for this one.
      client.clear();
      await signIn(client, {
        ...typed,
        account_name: typed.account_name.trim(),
        username: typed.username.trim(),
      });
    },
    onSuccess: () => navigate({ to: safeNext(next), replace: true }),
    meta: { quiet: true },
  });
}

export function SignInPage() {
  const t = useText();
  const { next, account } = useSearch({ from: "/sign-in" });
  const [typed, setTyped] = useState<Credentials>({
    account_name: account ?? "",
    username: "",
    password: "",
  });

  const entry = useEntry(next);
  const problems = fieldProblems(entry.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  const refused = entry.error instanceof ApiError && entry.error.status === 401;
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="brand">
          <img src="/icon.svg" alt="" width={40} height={40} />
          <h1>{t("session-title")}</h1>
          <p className="dim">{t("session-intro")}</p>
        </div>
        {isExposed() && <PlainHttp />}
        <Form
          validationBehavior="aria"
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (!entry.isPending) entry.mutate(typed);
          }}
        >
          {entry.error && problems.length === 0 && (
            <div role="alert">
              <Notice tone="bad">{refused ? t("session-refused") : explain(entry.error, t)}</Notice>
            </div>
          )}
          <AccountFields
            value={typed}
            onChange={(part) => setTyped((before) => ({ ...before, ...part }))}
            errorOf={errorOf}
          />
          <Button type="submit" variant="primary" isPending={entry.isPending}>
            {t("session-sign-in")}
          </Button>
        </Form>
      </div>
      <p className="sign-in-foot dim small">{t("session-forgotten")}</p>
    </main>
  );
}

interface FieldsProps {
  value: Credentials;
  onChange: (part: Partial<Credentials>) => void;
  /** What the server finds wrong with a field. */
  errorOf: (field: string) => string | undefined;
}

function AccountFields({ value, onChange, errorOf }: FieldsProps) {
  const t = useText();
  return (
    <>
      <TextField
        label={t("session-account-name")}
        help={t("session-account-name-help")}
        name="account_name"
        autoComplete="organization"
        autoFocus
        value={value.account_name}
        onChange={(account_name) => onChange({ account_name })}
        error={errorOf("account_name")}
      />
      <TextField
        label={t("session-username")}
        name="username"
        autoComplete="username"
        value={value.username}
        onChange={(username) => onChange({ username })}
        error={errorOf("username")}
      />
      <TextField
        label={t("session-password")}
        name="password"
        type="password"
        autoComplete="current-password"
        value={value.password}
        onChange={(password) => onChange({ password })}
        error={errorOf("password")}
      />
    </>
  );
}
