import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./overlays";
import { Progress } from "./progress";
import { useText } from "./texts";
import type { Batch } from "./use-batch";

interface ConfirmSeveralProps<T> {
  batch: Batch<T>;
  title: string;
  /** What will be touched; false while that is not known. */
  text: ReactNode;
  /** The words of the button that does it. */
  action: string;
  icon: LucideIcon;
  isDisabled?: boolean;
  act: () => Promise<void>;
  nameOf: (item: T) => string;
  /** What a refusal says beyond its words. */
  detail?: (error: unknown) => ReactNode;
  onClose: () => void;
  /** What must be decided first. */
  children?: ReactNode;
}

/**
 * A second, deliberate step before what cannot be had back is done to several: how far it is, the
 * way to stop it, and afterwards for which it did not work.
 */
export function ConfirmSeveral<T>(props: ConfirmSeveralProps<T>) {
  const t = useText();
  const { batch } = props;
  const close = () => {
    batch.stop();
    props.onClose();
  };
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={close}
      title={props.title}
      footer={
        <>
          <Button onPress={close}>{t(batch.isBusy ? "design-stop" : "design-cancel")}</Button>
          <Button
            variant="danger-fill"
            icon={props.icon}
            isPending={batch.isBusy}
            isDisabled={props.isDisabled ?? false}
            onPress={() => void props.act()}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="stack">
        {props.text !== false && <p>{props.text}</p>}
        {props.children}
        <Progress
          progress={batch.progress}
          failed={batch.failed}
          nameOf={props.nameOf}
          detail={props.detail}
        />
      </div>
    </Dialog>
  );
}
