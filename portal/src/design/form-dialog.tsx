import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Form } from "react-aria-components";
import { explain, fieldProblems } from "../api/errors";
import { Button } from "./button";
import { Notice } from "./display";
import { type FormState, FormSummary, useSaveKey, type Values } from "./form";
import { Dialog, SidePanel } from "./overlays";
import { useText } from "./texts";

/** A form on its way to the server. */
interface Submit {
  mutate: () => void;
  isPending: boolean;
  error: unknown;
}

/** Sends a form; what the server finds wrong with it goes to its fields. */
export function useSubmit<V extends Values, R>(
  form: FormState<V>,
  send: () => Promise<R>,
  onDone: (result: R) => void,
): Submit {
  return useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onError: (error) => form.setProblems(fieldProblems(error)),
    meta: { quiet: true },
  });
}

interface FormBodyProps<V extends Values> {
  form: FormState<V>;
  submit: Submit;
  /** The words of its fields, in the summary of what is wrong. */
  labelOf: (field: string) => string;
  /** What a refusal says beyond its words. */
  detail?: ((error: unknown) => ReactNode) | undefined;
  children: ReactNode;
}

/** The fields, over them what is wrong; Enter or Ctrl-S sends them once. */
export function FormBody<V extends Values>(props: FormBodyProps<V>) {
  const t = useText();
  const { form, submit } = props;
  // What fields are told of is theirs: once they are changed, nothing is left to be said.
  const isOfFields = fieldProblems(submit.error).length > 0;
  return (
    <Form
      ref={useSaveKey()}
      validationBehavior="aria"
      id={form.name}
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!submit.isPending) submit.mutate();
      }}
    >
      <FormSummary form={form.name} problems={form.problems} labelOf={props.labelOf} />
      {submit.error !== null && !isOfFields && (
        <Notice tone="bad">
          <p>{explain(submit.error, t)}</p>
          {props.detail?.(submit.error)}
        </Notice>
      )}
      {props.children}
    </Form>
  );
}

interface FormDialogProps<V extends Values> extends FormBodyProps<V> {
  title: string;
  intro?: ReactNode;
  /** The words of the button that sends it. */
  action: string;
  /** Where something is filled in by itself, what is not the reader's work. */
  isDirty?: boolean;
  onClose: () => void;
}

function frameOf<V extends Values>(props: FormDialogProps<V>, cancel: string) {
  return {
    isOpen: true,
    isDirty: props.isDirty ?? props.form.changed.length > 0,
    onClose: props.onClose,
    title: props.title,
    intro: props.intro,
    children: <FormBody {...props} />,
    footer: (
      <>
        <Button onPress={props.onClose}>{cancel}</Button>
        <Button
          type="submit"
          form={props.form.name}
          variant="primary"
          isPending={props.submit.isPending}
        >
          {props.action}
        </Button>
      </>
    ),
  };
}

/** A short form, alone. */
export function FormDialog<V extends Values>(props: FormDialogProps<V>) {
  return <Dialog {...frameOf(props, useText()("design-cancel"))} />;
}

/** A form beside the list that it adds to. */
export function FormPanel<V extends Values>(props: FormDialogProps<V>) {
  return <SidePanel {...frameOf(props, useText()("design-cancel"))} />;
}
