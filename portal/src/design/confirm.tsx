import { useMutation } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { explain } from "../api/errors";
import { Button } from "./button";
import { Notice } from "./display";
import { Dialog } from "./overlays";
import { useText } from "./texts";

interface ConfirmProps<R> {
  title: string;
  /** What will be touched; false while that is not known. */
  text: ReactNode;
  /** The words of the button that does it. */
  action: string;
  icon?: LucideIcon;
  danger?: boolean;
  isDisabled?: boolean;
  act: () => Promise<R>;
  onDone: (result: R) => void;
  onClose: () => void;
  /** What a refusal says beyond its words. */
  detail?: (error: unknown) => ReactNode;
  /** What must be filled in first. */
  children?: ReactNode;
}

/** A second, deliberate step, with what it will touch, and why it was refused. */
export function Confirm<R>(props: ConfirmProps<R>) {
  const t = useText();
  const act = useMutation({
    mutationFn: props.act,
    onSuccess: props.onDone,
    meta: { quiet: true },
  });
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={props.onClose}
      title={props.title}
      footer={
        <>
          <Button onPress={props.onClose}>{t("design-cancel")}</Button>
          <Button
            variant={props.danger ? "danger-fill" : "primary"}
            icon={props.icon}
            isPending={act.isPending}
            isDisabled={props.isDisabled ?? false}
            onPress={() => act.mutate()}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="stack">
        {props.text !== false && <p>{props.text}</p>}
        {props.children}
        {act.error && (
          <Notice tone="bad">
            <p>{explain(act.error, t)}</p>
            {props.detail?.(act.error)}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
