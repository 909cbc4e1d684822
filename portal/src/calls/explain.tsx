import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { answer, api } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { set } from "../api/lists";
import { Button } from "../design/button";
import { Card, Notice } from "../design/display";
import { TextField } from "../design/fields";
import { useText } from "../design/texts";
import { useCustomerId } from "../shell/customer";
import { Steps } from "./steps";

/** What happens when one number calls another, now or at another time. */
export function ExplainTab() {
  const t = useText();
  const customer_id = useCustomerId();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [at, setAt] = useState("");
  const ask = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/calls/explain", {
          body: {
            from: from.trim(),
            to: to.trim(),
            ...set({ customer_id, at: at ? new Date(at).toISOString() : undefined }),
          },
        }),
      ),
    meta: { quiet: true },
  });
  const problems = fieldProblems(ask.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  return (
    <div className="explain">
      <Card>
        <Form
          validationBehavior="aria"
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate();
          }}
        >
          <p className="dim">{t("calls-explain-intro")}</p>
          {ask.error && problems.length === 0 && (
            <Notice tone="bad">{explain(ask.error, t)}</Notice>
          )}
          <div className="explain-fields">
            <TextField
              label={t("calls-explain-from")}
              value={from}
              onChange={setFrom}
              error={errorOf("from")}
              inputMode="tel"
              placeholder="201"
            />
            <TextField
              label={t("calls-explain-to")}
              value={to}
              onChange={setTo}
              error={errorOf("to")}
              inputMode="tel"
              placeholder="202"
            />
            <TextField
              label={t("calls-explain-at")}
              type="datetime-local"
              value={at}
              onChange={setAt}
              error={errorOf("at")}
              help={t("calls-explain-at-help")}
            />
            <Button type="submit" variant="primary" isPending={ask.isPending}>
              {t("calls-explain-ask")}
            </Button>
          </div>
        </Form>
      </Card>
      <div role="status">
        {ask.data && (
          <Card title={t("calls-explain-answer")}>
            <Steps steps={ask.data.steps} />
            <p className="help explain-foot">{t("calls-explain-foot")}</p>
          </Card>
        )}
      </div>
    </div>
  );
}
