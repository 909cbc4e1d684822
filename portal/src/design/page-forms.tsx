import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import { Confirm } from "./confirm";
import { TextField } from "./fields";
import { Switch } from "./switch";
import { SaveBar, Section, useForm } from "./form";
import { FormBody, FormDialog, FormPanel } from "./form-dialog";

export function Forms() {
  const bar = { labelOf: () => "Name", onSave: () => undefined, onDiscard: () => undefined };
  const [isSaving, setSaving] = useState(false);
  return (
    <div className="design-columns">
      <Section title="A section" help="With a word on it.">
        <p>Its fields.</p>
      </Section>
      <Switch label="Saving" isSelected={isSaving} onChange={setSaving} />
      <SaveBar {...bar} changed={["name"]} isSaving={isSaving} />
    </div>
  );
}

const PERSON = { name: "" };

/** What most dialogs are: a form, or a decision. */
export function ShortForms() {
  const [open, setOpen] = useState<"dialog" | "panel" | "confirm">();
  const close = () => setOpen(undefined);
  const shown = useForm("design-form", PERSON);
  const opened = useForm("design-opened", PERSON);
  const refused = { mutate: close, isPending: false, error: new Error("away") };
  const common = {
    labelOf: () => "Name",
    submit: refused,
    title: "A person",
    intro: "With a word on it.",
    action: "Add",
    isDirty: true,
    detail: () => "What stands in its way.",
    onClose: close,
  };
  return (
    <>
      <FormBody {...common} form={shown}>
        <TextField {...shown.field("name")} label="Name in a form" />
      </FormBody>
      <div className="row">
        <Button onPress={() => setOpen("dialog")}>Form</Button>
        <Button onPress={() => setOpen("panel")}>Form beside</Button>
        <Button onPress={() => setOpen("confirm")}>Second step</Button>
      </div>
      {open === "dialog" && (
        <FormDialog {...common} form={opened}>
          <TextField {...opened.field("name")} label="Name" />
        </FormDialog>
      )}
      {open === "panel" && (
        <FormPanel {...common} form={opened}>
          <TextField {...opened.field("name")} label="Name" />
        </FormPanel>
      )}
      {open === "confirm" && (
        <Confirm
          danger
          icon={Trash2}
          isDisabled={false}
          title="Delete it?"
          text="What will be touched."
          action="Delete"
          act={() => Promise.reject(new Error("away"))}
          onDone={close}
          onClose={close}
          detail={common.detail}
        >
          <p>What must be filled in first.</p>
        </Confirm>
      )}
    </>
  );
}
