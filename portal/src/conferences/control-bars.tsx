import {
  Circle,
  CircleStop,
  Ellipsis,
  Lock,
  LockOpen,
  Mic,
  MicOff,
  Phone,
  Settings,
  UserPlus,
} from "lucide-react";
import type { Conference, Participant } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Menu, MenuItem, MenuSeparator } from "../design/overlays";
import { useText } from "../design/texts";
import { allMuted } from "./participants";
import type { Actions } from "./use-actions";

export type Asking =
  { what: "invite" } | { what: "end" } | { what: "kick"; people: Participant[]; isAll?: boolean };

interface BarProps {
  conference: Conference;
  actions: Actions;
  /** Where the room forbids it, there is nothing to press. */
  canRecord: boolean;
  chosen: string[];
  ask: (asking: Asking) => void;
  onSettings: (() => void) | undefined;
}

/** Beside the name of the conference. */
export function HeadActions({ conference, actions, canRecord, ask, onSettings }: BarProps) {
  const t = useText();
  return (
    <>
      <Button variant="primary" icon={UserPlus} onPress={() => ask({ what: "invite" })}>
        {t("conferences-invite-more-short")}
      </Button>
      <Button
        icon={conference.locked ? LockOpen : Lock}
        variant={conference.locked ? "on" : undefined}
        onPress={() => actions.setLocked(!conference.locked)}
      >
        {t(conference.locked ? "conferences-unlock" : "conferences-lock")}
      </Button>
      {canRecord && (
        <Button
          icon={conference.recording ? CircleStop : Circle}
          variant={conference.recording ? "on" : undefined}
          onPress={() => actions.setRecording(!conference.recording)}
        >
          {t(conference.recording ? "conferences-stop-recording" : "conferences-record-now")}
        </Button>
      )}
      {onSettings && (
        <IconButton icon={Settings} label={t("conferences-tab-settings")} onPress={onSettings} />
      )}
      <Button variant="danger" className="end-button" onPress={() => ask({ what: "end" })}>
        {t("conferences-end")}
      </Button>
    </>
  );
}

/** The same within reach of a thumb. */
export function ThumbBar({ conference, actions, canRecord, chosen, ask, onSettings }: BarProps) {
  const t = useText();
  const isAllMuted = allMuted(conference.participants);
  const some = chosen.length > 0;
  return (
    <div className="thumb-bar" role="toolbar" aria-label={t("conferences-controls")}>
      <Button className="thumb" icon={UserPlus} onPress={() => ask({ what: "invite" })}>
        {t("conferences-invite-more-short")}
      </Button>
      <Button
        className="thumb"
        icon={!some && isAllMuted ? Mic : MicOff}
        onPress={() =>
          some ? actions.mute(chosen) : isAllMuted ? actions.unmute("all") : actions.mute("all")
        }
      >
        {some
          ? t("conferences-mute-count", { count: chosen.length })
          : t(isAllMuted ? "conferences-unmute-all" : "conferences-mute-all-short")}
      </Button>
      <Button
        className="thumb"
        variant={conference.locked ? "on" : undefined}
        icon={conference.locked ? LockOpen : Lock}
        onPress={() => actions.setLocked(!conference.locked)}
      >
        {t(conference.locked ? "conferences-unlock" : "conferences-lock")}
      </Button>
      <Menu
        label={t("shell-more")}
        placement="top end"
        trigger={
          <Button className="thumb" icon={Ellipsis}>
            {t("shell-more")}
          </Button>
        }
      >
        {canRecord && (
          <MenuItem
            icon={conference.recording ? CircleStop : Circle}
            label={t(
              conference.recording ? "conferences-stop-recording" : "conferences-record-now",
            )}
            onAction={() => actions.setRecording(!conference.recording)}
          />
        )}
        {onSettings && (
          <MenuItem icon={Settings} label={t("conferences-tab-settings")} onAction={onSettings} />
        )}
        <MenuSeparator />
        <MenuItem
          danger
          icon={Phone}
          label={t("conferences-end")}
          onAction={() => ask({ what: "end" })}
        />
      </Menu>
    </div>
  );
}
