import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { answer, api } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { TextField } from "../design/fields";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";

/** Changes one's own password. */
export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/me/password", {
          body: { current_password: current, new_password: fresh },
        }),
      ),
    onSuccess: () => {
      toast({ kind: "ok", text: t("session-password-changed") });
      onClose();
    },
    meta: { quiet: true },
  });
  const problems = fieldProblems(change.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("session-change-password")}
      intro={t("session-change-password-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button type="submit" form="password-form" variant="primary" isPending={change.isPending}>
            {t("session-change-password")}
          </Button>
        </>
      }
    >
      <Form
        validationBehavior="aria"
        id="password-form"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        {change.error && problems.length === 0 && (
          <Notice tone="bad">{explain(change.error, t)}</Notice>
        )}
        <TextField
          label={t("session-current-password")}
          type="password"
          autoComplete="current-password"
          autoFocus
          value={current}
          onChange={setCurrent}
          error={errorOf("current_password")}
        />
        <TextField
          label={t("session-new-password")}
          help={t("session-new-password-help")}
          type="password"
          autoComplete="new-password"
          value={fresh}
          onChange={setFresh}
          error={errorOf("new_password")}
        />
      </Form>
    </Dialog>
  );
}
