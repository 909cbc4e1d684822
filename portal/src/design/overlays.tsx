import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import {
  Dialog as AriaDialog,
  Heading,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  type MenuItemProps as AriaMenuItemProps,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Popover,
  type PopoverProps,
  Separator,
} from "react-aria-components";
import type { LucideIcon } from "lucide-react";
import { Button, IconButton } from "./button";
import { useText } from "./texts";

interface OverlayProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** One line under the title. */
  intro?: ReactNode;
  children: ReactNode;
  /** Buttons, the primary one last. */
  footer?: ReactNode;
  /** False while something must be decided or copied first. */
  isDismissable?: boolean;
  /** Something is filled in: closing asks first, and nothing outside closes it. */
  isDirty?: boolean;
}

interface FrameProps extends OverlayProps {
  role?: "dialog" | "alertdialog";
  /** There is nothing to go back to: only the buttons lead on. */
  hasNoClose?: boolean;
}

/** Closing, with the question before it where something would be lost. */
function useClosing({ isDirty, onClose }: OverlayProps) {
  const [isAsking, setAsking] = useState(false);
  return {
    isAsking,
    stay: () => setAsking(false),
    close: isDirty ? () => setAsking(true) : onClose,
  };
}

function AskToLeave({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const t = useText();
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={onStay}
      title={t("design-drop-title")}
      footer={
        <>
          <Button onPress={onStay}>{t("design-leave-stay")}</Button>
          <Button variant="danger" onPress={onLeave}>
            {t("design-drop-go")}
          </Button>
        </>
      }
    >
      <p>{t("design-drop-text")}</p>
    </Dialog>
  );
}

function Frame({ title, intro, children, footer, onClose, role, hasNoClose }: FrameProps) {
  const t = useText();
  return (
    <AriaDialog className="dialog" role={role ?? "dialog"}>
      <header>
        <div>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {intro && <p className="dim">{intro}</p>}
        </div>
        {role !== "alertdialog" && !hasNoClose && (
          <IconButton small icon={X} label={t("design-close")} onPress={onClose} />
        )}
      </header>
      <div className="dialog-body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </AriaDialog>
  );
}

/** For a decision, and only for that. */
export function Dialog(props: FrameProps & { wide?: boolean }) {
  const closing = useClosing(props);
  const isDismissable = props.isDismissable ?? props.role !== "alertdialog";
  return (
    <ModalOverlay
      className="scrim"
      isOpen={props.isOpen}
      isDismissable={isDismissable && !props.isDirty}
      // What must be copied or decided first does not go with one key either.
      isKeyboardDismissDisabled={props.isDismissable === false}
      onOpenChange={(open) => {
        if (!open) closing.close();
      }}
    >
      <Modal className={props.wide ? "modal wide" : "modal"}>
        <Frame {...props} onClose={closing.close} />
        {closing.isAsking && <AskToLeave onStay={closing.stay} onLeave={props.onClose} />}
      </Modal>
    </ModalOverlay>
  );
}

/** A form beside the list that it adds to. */
export function SidePanel(props: OverlayProps) {
  const closing = useClosing(props);
  return (
    <ModalOverlay
      className="scrim side"
      isOpen={props.isOpen}
      isDismissable={(props.isDismissable ?? true) && !props.isDirty}
      isKeyboardDismissDisabled={props.isDismissable === false}
      onOpenChange={(open) => {
        if (!open) closing.close();
      }}
    >
      <Modal className="side-panel">
        <Frame {...props} onClose={closing.close} />
        {closing.isAsking && <AskToLeave onStay={closing.stay} onLeave={props.onClose} />}
      </Modal>
    </ModalOverlay>
  );
}

/** A button and the menu that it opens. */
export function Menu(props: {
  trigger: ReactNode;
  children: ReactNode;
  label: string;
  placement?: PopoverProps["placement"];
}) {
  return (
    <MenuTrigger>
      {props.trigger}
      <Popover className="popover" placement={props.placement ?? "bottom end"} offset={4}>
        <AriaMenu className="menu" aria-label={props.label}>
          {props.children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

export interface MenuItemProps extends Omit<AriaMenuItemProps, "className" | "children"> {
  icon?: LucideIcon | undefined;
  label: string;
  /** At the right: a shortcut, a check mark. */
  end?: ReactNode;
  danger?: boolean;
}

export function MenuItem({ icon: Icon, label, end, danger, ...rest }: MenuItemProps) {
  return (
    <AriaMenuItem {...rest} textValue={label} className={danger ? "menu-item danger" : "menu-item"}>
      {Icon && <Icon aria-hidden />}
      <span>{label}</span>
      {end && <span className="end">{end}</span>}
    </AriaMenuItem>
  );
}

export function MenuSeparator() {
  return <Separator className="menu-separator" />;
}
