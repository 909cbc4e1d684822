import { answer, api } from "../api/client";
import { TextField } from "../design/fields";
import { useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { useText } from "../design/texts";
import { toast } from "../design/toast";

const EMPTY = { current_password: "", new_password: "" };

/** Changes one's own password. */
export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const form = useForm("password", EMPTY);
  const submit = useSubmit(
    form,
    () => answer(api.POST("/api/v1/me/password", { body: form.values })),
    () => {
      toast({ kind: "ok", text: t("session-password-changed") });
      onClose();
    },
  );
  const labels: Record<string, string> = {
    current_password: t("session-current-password"),
    new_password: t("session-new-password"),
  };
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t("session-change-password")}
      intro={t("session-change-password-intro")}
      action={t("session-change-password")}
      onClose={onClose}
    >
      <TextField
        {...form.field("current_password")}
        label={t("session-current-password")}
        type="password"
        autoComplete="current-password"
        autoFocus
      />
      <TextField
        {...form.field("new_password")}
        label={t("session-new-password")}
        help={t("session-new-password-help")}
        type="password"
        autoComplete="new-password"
      />
    </FormDialog>
  );
}
