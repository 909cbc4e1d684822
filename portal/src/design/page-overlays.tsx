import { Trash2, Video } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import { Dialog, Menu, MenuItem, MenuSeparator, SidePanel } from "./overlays";
import { toast } from "./toast";

type Overlay = "dialog" | "wide" | "alert" | "panel" | "dirty";

export function Overlays() {
  const [open, setOpen] = useState<Overlay>();
  const close = () => setOpen(undefined);
  return (
    <div className="row">
      <Button onPress={() => setOpen("dialog")}>Dialog</Button>
      <Button onPress={() => setOpen("alert")}>Decision</Button>
      <Button onPress={() => setOpen("wide")}>Wide dialog</Button>
      <Button onPress={() => setOpen("panel")}>Side panel</Button>
      <Button onPress={() => setOpen("dirty")}>Filled panel</Button>
      <Menu label="Menu" placement="bottom start" trigger={<Button>Menu</Button>}>
        <MenuItem icon={Video} label="Open" end="⏎" />
        <MenuItem label="Disabled" isDisabled />
        <MenuSeparator />
        <MenuItem danger icon={Trash2} label="Delete" />
      </Menu>
      <Button onPress={() => toast({ kind: "ok", text: "It is done.", undo: () => undefined })}>
        Toast with Undo
      </Button>
      <Button onPress={() => toast({ kind: "bad", text: "It was refused, and why." })}>
        Toast of a failure
      </Button>
      <Dialogs open={open} close={close} />
      <Panels open={open} close={close} />
    </div>
  );
}

interface OverlayProps {
  open: Overlay | undefined;
  close: () => void;
}

function Dialogs({ open, close }: OverlayProps) {
  return (
    <>
      <Dialog
        isOpen={open === "dialog"}
        onClose={close}
        title="A dialog"
        intro="With a word on it."
        footer={<Button onPress={close}>Done</Button>}
      >
        <p>Its content.</p>
      </Dialog>
      <Dialog
        role="alertdialog"
        isOpen={open === "alert"}
        onClose={close}
        title="Delete it?"
        footer={
          <>
            <Button onPress={close}>Cancel</Button>
            <Button variant="danger-fill" onPress={close}>
              Delete
            </Button>
          </>
        }
      >
        <p>What will be touched.</p>
      </Dialog>
      <Dialog
        wide
        hasNoClose
        isDirty
        role="dialog"
        isDismissable={false}
        isOpen={open === "wide"}
        onClose={close}
        title="A wide one that only its button closes"
        footer={<Button onPress={close}>Done</Button>}
      >
        <p>Its content.</p>
      </Dialog>
    </>
  );
}

function Panels({ open, close }: OverlayProps) {
  return (
    <>
      <SidePanel
        isDirty
        isDismissable={false}
        isOpen={open === "dirty"}
        onClose={close}
        title="A side panel that asks"
      >
        <p>Closing it asks first.</p>
      </SidePanel>
      <SidePanel
        isOpen={open === "panel"}
        onClose={close}
        title="A side panel"
        intro="With a word on it."
        footer={<Button onPress={close}>Done</Button>}
      >
        <p>A form beside the list.</p>
      </SidePanel>
    </>
  );
}
