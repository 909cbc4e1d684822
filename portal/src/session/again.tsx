import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { ApiError } from "../api/client";
import { explain } from "../api/errors";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { TextField } from "../design/fields";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { type Credentials, signIn, useMe } from "./session";

interface AgainProps {
  /** They are back; as somebody else, nothing of this page is theirs. */
  onDone: (isSame: boolean) => void;
  onLeave: () => void;
}

/** Over a page whose session has ended: what was typed under it waits. */
export default function SignInAgain({ onDone, onLeave }: AgainProps) {
  const t = useText();
  const me = useMe();
  const client = useQueryClient();
  const [before] = useState(me.principal.id);
  const [account, setAccount] = useState<Credentials>({
    account_name: me.customer?.account_name ?? "",
    username: me.principal.kind === "conference_manager" ? me.principal.name : (me.email ?? ""),
    password: "",
  });
  const enter = useMutation({
    mutationFn: () =>
      signIn(client, {
        ...account,
        account_name: account.account_name.trim(),
        username: account.username.trim(),
      }),
    onSuccess: (now) => onDone(now.principal.id === before),
    meta: { quiet: true },
  });
  const refused = enter.error instanceof ApiError && enter.error.status === 401;
  return (
    <Dialog
      isOpen
      isDismissable={false}
      hasNoClose
      onClose={onLeave}
      title={t("session-again-title")}
      intro={t("session-again-intro", { name: me.principal.name })}
      footer={
        <>
          <Button onPress={onLeave}>{t("session-again-leave")}</Button>
          <Button type="submit" form="sign-in-again" variant="primary" isPending={enter.isPending}>
            {t("session-sign-in")}
          </Button>
        </>
      }
    >
      <Form
        validationBehavior="aria"
        id="sign-in-again"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!enter.isPending) enter.mutate();
        }}
      >
        {enter.error && (
          <div role="alert">
            <Notice tone="bad">{refused ? t("session-refused") : explain(enter.error, t)}</Notice>
          </div>
        )}
        <AccountFields
          value={account}
          onChange={(part) => setAccount((before) => ({ ...before, ...part }))}
        />
      </Form>
    </Dialog>
  );
}

interface FieldsProps {
  value: Credentials;
  onChange: (part: Partial<Credentials>) => void;
}

function AccountFields({ value, onChange }: FieldsProps) {
  const t = useText();
  return (
    <>
      <TextField
        label={t("session-account-name")}
        autoComplete="organization"
        value={value.account_name}
        onChange={(account_name) => onChange({ account_name })}
      />
      <TextField
        label={t("session-username")}
        autoComplete="username"
        value={value.username}
        onChange={(username) => onChange({ username })}
      />
      <TextField
        label={t("session-password")}
        type="password"
        autoComplete="current-password"
        value={value.password}
        onChange={(password) => onChange({ password })}
        autoFocus
      />
    </>
  );
}
