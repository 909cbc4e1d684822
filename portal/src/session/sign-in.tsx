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
import { signIn } from "./session";
import "./session.css";

/** Only a path of this portal may follow a sign-in. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/u.test(next) && !next.startsWith("/sign-in")
    ? next
    : "/";
}

export function SignInPage() {
  const t = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { next, account } = useSearch({ from: "/sign-in" });
  const [accountName, setAccountName] = useState(account ?? "");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");

  const entry = useMutation({
    mutationFn: async () => {
      // What another account has left in this page is not for this one.
      client.clear();
      await signIn(client, {
        account_name: accountName.trim(),
        username: username.trim(),
        password,
      });
    },
    onSuccess: () => navigate({ to: safeNext(next), replace: true }),
    meta: { quiet: true },
  });

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
            if (!entry.isPending) entry.mutate();
          }}
        >
          {entry.error && problems.length === 0 && (
            <div role="alert">
              <Notice tone="bad">{refused ? t("session-refused") : explain(entry.error, t)}</Notice>
            </div>
          )}
          <TextField
            label={t("session-account-name")}
            help={t("session-account-name-help")}
            name="account_name"
            autoComplete="organization"
            autoFocus
            value={accountName}
            onChange={setAccountName}
            error={errorOf("account_name")}
          />
          <TextField
            label={t("session-username")}
            name="username"
            autoComplete="username"
            value={username}
            onChange={setUsername}
            error={errorOf("username")}
          />
          <TextField
            label={t("session-password")}
            name="password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
            error={errorOf("password")}
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
