import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { explain } from "../api/errors";
import { ErrorState, SkeletonLines } from "../design/display";
import { useText } from "../design/texts";
import { signOut } from "./session";

/**
 * Signs out. A page of its own, so that the way to it asks about unsaved edits before the session
 * is over, not after.
 */
export function SignOutPage() {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isHere = true;
    signOut(client).then(
      () => void navigate({ to: "/sign-in", replace: true }),
      (reason: unknown) => {
        if (isHere) setError(reason);
      },
    );
    return () => {
      isHere = false;
    };
  }, [client, navigate, round]);
  return (
    <main className="page">
      <h1>{t("session-leaving")}</h1>
      {error === undefined ? (
        <SkeletonLines lines={2} />
      ) : (
        <ErrorState
          message={explain(error, t)}
          onRetry={() => {
            setError(undefined);
            setRound(round + 1);
          }}
        />
      )}
    </main>
  );
}
