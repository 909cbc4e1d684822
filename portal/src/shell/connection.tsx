import { reconnect, useLostSince } from "../api/live";
import { LinkButton } from "../design/button";
import { useNow } from "../design/hooks";
import { useText } from "../design/texts";
import { duration } from "../design/time";

/** Blinks of the network pass unsaid. */
const QUIET_MS = 2000;

function LostBar({ since }: { since: number }) {
  const t = useText();
  const now = useNow();
  if (now - since < QUIET_MS) return null;
  return (
    <div className="connection" role="status">
      <span className="spinner" aria-hidden />
      <span>{t("api-lost")}</span>
      {/* Counts for those who look; read aloud, it would never stop. */}
      <span aria-hidden>{t("api-lost-since", { age: duration(now - since) })}</span>
      <LinkButton onPress={reconnect}>{t("api-reconnect")}</LinkButton>
    </div>
  );
}

/** A quiet bar while the server is away; what is shown stays, with its age. */
export function ConnectionBar() {
  const since = useLostSince();
  return since === undefined ? null : <LostBar since={since} />;
}
