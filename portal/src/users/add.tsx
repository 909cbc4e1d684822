import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { set } from "../api/lists";
import type { CreatedUser } from "../api/resources";
import { Button, LinkButton } from "../design/button";
import { Select, TextField } from "../design/fields";
import { type FormState, useForm } from "../design/form";
import { FormPanel, useSubmit } from "../design/form-dialog";
import { SidePanel } from "../design/overlays";
import { type Text, useText } from "../design/texts";
import { PROVIDER_ROLE, roleName, useRoles } from "../session/profiles";
import { useCustomerId, useIsAll } from "../shell/customer";
import { SipSecret } from "./sip-secret";
import { ProviderRole } from "./provider-role";
import { SitePicker } from "./site-picker";
import { useHasSites } from "./sites";
import { type NewUser, createUser, nextExtensionQuery } from "./queries";

const EMPTY = {
  first_name: "",
  last_name: "",
  email: "",
  username: "",
  password: "",
  role: "user",
  site_id: "",
  extension: "",
  "device.mac": "",
  "device.model": "",
};

type Values = typeof EMPTY;

/** One of the provider's own people: of no customer, and without a phone. */
const PROVIDERS: Values = { ...EMPTY, role: PROVIDER_ROLE };

function labels(t: Text): Record<string, string> {
  return {
    first_name: t("users-first-name"),
    last_name: t("users-last-name"),
    email: t("users-email"),
    username: t("users-username"),
    password: t("users-password"),
    role: t("users-role"),
    site_id: t("users-site"),
    extension: t("users-extension"),
    "device.mac": t("users-phone-mac"),
    "device.model": t("users-phone-model"),
  };
}

function bodyOf(values: Values, customer_id: string | undefined): NewUser {
  const device = set({ mac: values["device.mac"].trim(), model: values["device.model"].trim() });
  return {
    email: values.email.trim(),
    first_name: values.first_name.trim(),
    ...set({
      customer_id,
      last_name: values.last_name.trim(),
      username: values.username.trim(),
      password: values.password,
      role: values.role,
      site_id: values.site_id,
      extension: values.extension.trim(),
    }),
    ...(Object.keys(device).length > 0 ? { device } : {}),
  };
}

/** Adds a person beside the list, and shows the phone's credentials once. */
export default function AddUser({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [created, setCreated] = useState<CreatedUser>();
  const [round, setRound] = useState(0);
  if (created === undefined)
    return <AddForm key={round} onClose={onClose} onCreated={setCreated} />;
  return (
    <SidePanel
      isOpen
      isDismissable={created.device === null}
      onClose={onClose}
      title={t("users-created-title", { name: created.name })}
      intro={
        created.device ? t("users-created-intro") : t("users-created-plain", { name: created.name })
      }
      footer={
        <>
          <Button
            onPress={() => {
              setCreated(undefined);
              setRound(round + 1);
            }}
          >
            {t("users-created-another")}
          </Button>
          <Button
            onPress={() => void navigate({ to: "/users/$userId", params: { userId: created.id } })}
          >
            {t("users-created-open")}
          </Button>
          <Button variant="primary" onPress={onClose}>
            {t("users-created-done")}
          </Button>
        </>
      }
    >
      {created.device && <SipSecret device={created.device} />}
    </SidePanel>
  );
}

/** The next free number, offered once: what the reader typed or emptied stays. */
function useOfferedExtension(
  form: FormState<Values>,
  customer_id: string | undefined,
  hasPhones: boolean,
) {
  const next = useQuery({ ...nextExtensionQuery(customer_id), enabled: hasPhones });
  const offered = useRef<string>(undefined);
  const { values, set: setValue } = form;
  useEffect(() => {
    // An answer from before may be taken.
    if (offered.current === undefined && next.data && next.isFetchedAfterMount) {
      offered.current = next.data.extension;
      if (values.extension === "") setValue("extension", next.data.extension);
    }
  }, [next.data, next.isFetchedAfterMount, values.extension, setValue]);
  return next.data?.extension;
}

function AddForm(props: { onClose: () => void; onCreated: (user: CreatedUser) => void }) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const isProviders = useIsAll();
  const form = useForm("add-user", isProviders ? PROVIDERS : EMPTY);
  const offered = useOfferedExtension(form, customer_id, !isProviders);
  const names = labels(t);
  const submit = useSubmit(
    form,
    () => createUser(bodyOf(form.values, customer_id)),
    (user) => {
      void client.invalidateQueries({ queryKey: ["users", "list"] });
      props.onCreated(user);
    },
  );
  return (
    <FormPanel
      form={form}
      submit={submit}
      labelOf={(field) => names[field] ?? field}
      // The number that was offered is nobody's work.
      isDirty={form.changed.some(
        (name) => name !== "extension" || form.values.extension !== offered,
      )}
      title={t(isProviders ? "users-add-provider" : "users-add-title")}
      intro={t(isProviders ? "users-add-provider-intro" : "users-add-intro")}
      action={t(isProviders ? "users-add-provider" : "users-add")}
      onClose={props.onClose}
    >
      <Person form={form} />
      {isProviders ? (
        <ProviderRole />
      ) : (
        <>
          <Phone form={form} />
          <Place form={form} customer_id={customer_id} />
        </>
      )}
      <SignIn
        form={form}
        passwordHelp={t(isProviders ? "users-provider-password-help" : "users-password-help")}
      />
    </FormPanel>
  );
}

function Person({ form }: { form: FormState<Values> }) {
  const t = useText();
  return (
    <>
      <div className="pair">
        <TextField
          {...form.field("first_name")}
          label={t("users-first-name")}
          autoFocus
          maxLength={100}
        />
        <TextField
          {...form.field("last_name")}
          label={t("users-last-name")}
          optional
          maxLength={100}
        />
      </div>
      <TextField
        {...form.field("email")}
        type="email"
        label={t("users-email")}
        help={t("users-email-help")}
        autoComplete="off"
      />
    </>
  );
}

/** The extension and, where there is one, the phone for it. */
function Phone({ form }: { form: FormState<Values> }) {
  const t = useText();
  const [withPhone, setWithPhone] = useState(false);
  return (
    <>
      <TextField
        {...form.field("extension")}
        label={t("users-extension")}
        help={t("users-extension-help")}
        inputMode="numeric"
        optional
      />
      {form.values.extension !== "" && !withPhone && (
        <div>
          <LinkButton onPress={() => setWithPhone(true)}>{t("users-add-phone-details")}</LinkButton>
        </div>
      )}
      {form.values.extension !== "" && withPhone && (
        <div className="pair">
          <TextField
            {...form.field("device.model")}
            label={t("users-phone-model")}
            help={t("users-phone-model-help")}
            optional
          />
          <TextField
            {...form.field("device.mac")}
            label={t("users-phone-mac")}
            help={t("users-phone-mac-help")}
            optional
          />
        </div>
      )}
    </>
  );
}

/** Where they belong and what they may. */
function Place(props: { form: FormState<Values>; customer_id: string | undefined }) {
  const t = useText();
  const { form, customer_id } = props;
  const hasSites = useHasSites(customer_id);
  const roles = useRoles(customer_id) ?? [{ id: "user", label: roleName("user", t) }];
  return (
    <>
      {hasSites && (
        <SitePicker
          {...form.field("site_id")}
          customer_id={customer_id}
          placeholder={t("users-site-default")}
        />
      )}
      <Select
        {...form.field("role")}
        label={t("users-role")}
        help={t("users-role-help")}
        choices={roles}
      />
    </>
  );
}

/** How they come in. */
function SignIn({ form, passwordHelp }: { form: FormState<Values>; passwordHelp: string }) {
  const t = useText();
  return (
    <>
      <TextField
        {...form.field("username")}
        label={t("users-username")}
        help={t("users-username-help")}
        autoComplete="off"
        optional
      />
      <TextField
        {...form.field("password")}
        type="password"
        label={t("users-password")}
        help={passwordHelp}
        autoComplete="new-password"
        optional
      />
    </>
  );
}
