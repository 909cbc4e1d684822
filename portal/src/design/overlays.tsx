import { X } from "lucide-react";
import type { ReactNode } from "react";
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
import { IconButton } from "./button";
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
}

interface FrameProps extends OverlayProps {
  role?: "dialog" | "alertdialog";
}

function Frame({ title, intro, children, footer, onClose, role }: FrameProps) {
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
        {role !== "alertdialog" && (
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
  return (
    <ModalOverlay
      className="scrim"
      isOpen={props.isOpen}
      isDismissable={props.isDismissable ?? props.role !== "alertdialog"}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Modal className={props.wide ? "modal wide" : "modal"}>
        <Frame {...props} />
      </Modal>
    </ModalOverlay>
  );
}

/** A form beside the list that it adds to. */
export function SidePanel(props: OverlayProps) {
  return (
    <ModalOverlay
      className="scrim side"
      isOpen={props.isOpen}
      isDismissable={props.isDismissable ?? true}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Modal className="side-panel">
        <Frame {...props} />
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
