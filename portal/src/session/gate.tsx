import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Button } from "../design/button";
import { lazyPart, useAhead } from "../design/lazy";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { forgetSession, onOtherAccount, renewal, useIsAsking } from "./session";

const SignInAgain = lazyPart(() => import("./again"));

/** What happens to a page whose session ends, or becomes another's, under it. */
export function SessionGate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const isAsking = useIsAsking();
  const [isOther, setOther] = useState(false);
  // Whoever is signed out cannot fetch much any more.
  useAhead(SignInAgain);
  useEffect(() => onOtherAccount(() => setOther(true)), []);
  const leave = async () => {
    const next = router.state.location.href;
    // They were told, and chose: unsaved edits do not hold them back.
    await navigate({ to: "/sign-in", search: { next }, ignoreBlocker: true });
    forgetSession(client);
    renewal.settle(false);
  };
  return (
    <>
      {isAsking && (
        <SignInAgain
          onLeave={() => void leave()}
          onDone={(isSame) => {
            renewal.settle(isSame);
            if (!isSame) setOther(true);
          }}
        />
      )}
      {isOther && <OtherAccount />}
    </>
  );
}

/** The session is another's: what is shown here is not theirs, and cannot be saved by them. */
function OtherAccount() {
  const t = useText();
  return (
    <Dialog
      role="alertdialog"
      isOpen
      isDismissable={false}
      onClose={() => undefined}
      title={t("session-other-title")}
      footer={
        <Button variant="primary" onPress={() => window.location.assign("/")}>
          {t("session-other-reload")}
        </Button>
      }
    >
      <p>{t("session-other-text")}</p>
    </Dialog>
  );
}
