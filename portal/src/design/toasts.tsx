import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect } from "react";
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as AriaToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
  Text,
} from "react-aria-components";
import { Button, IconButton } from "./button";
import { useText } from "./texts";
import { type ToastContent, showToasts } from "./toast";

const queue = new ToastQueue<ToastContent>({ maxVisibleToasts: 4 });

const icons = { ok: CircleCheck, bad: CircleAlert, info: Info };

function show(content: ToastContent): void {
  const lifetime = content.kind === "bad" ? {} : { timeout: content.undo ? 10_000 : 5_000 };
  queue.add(content, lifetime);
}

/** Where toasts appear; once in the page. */
export default function Toasts() {
  const t = useText();
  useEffect(() => showToasts(show), []);
  return (
    <ToastRegion queue={queue} className="toasts" aria-label={t("design-notifications")}>
      {({ toast: item }) => {
        const Icon = icons[item.content.kind];
        const { undo } = item.content;
        return (
          <AriaToast toast={item} className={`toast ${item.content.kind}`}>
            <Icon aria-hidden />
            <AriaToastContent className="words">
              {/* It names the toast. */}
              <Text slot="title">{item.content.text}</Text>
            </AriaToastContent>
            {undo && (
              <Button
                small
                variant="quiet"
                onPress={() => {
                  queue.close(item.key);
                  undo();
                }}
              >
                {t("design-undo")}
              </Button>
            )}
            <IconButton small slot="close" icon={X} label={t("design-close")} />
          </AriaToast>
        );
      }}
    </ToastRegion>
  );
}
