import type { LucideIcon } from "lucide-react";
import type { ReactNode, Ref } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";

export type Variant = "primary" | "danger" | "danger-fill" | "quiet" | "on";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  variant?: Variant | undefined;
  small?: boolean | undefined;
  icon?: LucideIcon | undefined;
  children?: ReactNode;
  className?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

/** The one button. `isPending` keeps it in place and announces that work is under way. */
export function Button({ variant, small, icon: Icon, children, className, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={classes("button", variant, small && "small", className)}>
      {rest.isPending ? <span className="spinner" aria-hidden /> : Icon && <Icon aria-hidden />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  /** Its accessible name, shown on hover and focus. */
  label: string;
  icon: LucideIcon;
}

/** A button that is only an icon; its name shows as a tooltip. */
export function IconButton({
  label,
  icon: Icon,
  variant,
  small,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={classes("button icon", variant ?? "quiet", small && "small", className)}
      >
        {rest.isPending ? <span className="spinner" aria-hidden /> : <Icon aria-hidden />}
      </AriaButton>
      <Tip>{label}</Tip>
    </TooltipTrigger>
  );
}

/** The small text beside what is hovered or focused. */
export function Tip({ children }: { children: ReactNode }) {
  return (
    <Tooltip className="tooltip" offset={6}>
      {children}
    </Tooltip>
  );
}

/** Something that acts but reads like a link. */
export function LinkButton({
  className,
  children,
  ...rest
}: Omit<ButtonProps, "icon" | "variant" | "small">) {
  return (
    <AriaButton {...rest} className={classes("link", className)}>
      {children}
    </AriaButton>
  );
}

/** A key or a chord: `⇧M`. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="kbd">{children}</kbd>;
}
