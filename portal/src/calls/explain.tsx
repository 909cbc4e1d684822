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

/** Who calls whom, as it was typed; when, if it is not now. */
const EMPTY = { from: "", to: "", at: "" };

type Asked = typeof EMPTY;

function useExplanation() {
  const customer_id = useCustomerId();
  return useMutation({
    mutationFn: ({ from, to, at }: Asked) =>
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
}

/** What happens when one number calls another, now or at another time. */
export function ExplainTab() {
  const t = useText();
  const ask = useExplanation();
  return (
    <div className="explain">
      <Card>
        <Question ask={ask} />
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

function Question({ ask }: { ask: ReturnType<typeof useExplanation> }) {
  const t = useText();
  const [asked, setAsked] = useState(EMPTY);
  const problems = fieldProblems(ask.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  return (
    <Form
      validationBehavior="aria"
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate(asked);
      }}
    >
      <p className="dim">{t("calls-explain-intro")}</p>
      {ask.error && problems.length === 0 && <Notice tone="bad">{explain(ask.error, t)}</Notice>}
      <div className="explain-fields">
        <TextField
          label={t("calls-explain-from")}
          value={asked.from}
          onChange={(from) => setAsked((before) => ({ ...before, from }))}
          error={errorOf("from")}
          inputMode="tel"
          placeholder="201"
        />
        <TextField
          label={t("calls-explain-to")}
          value={asked.to}
          onChange={(to) => setAsked((before) => ({ ...before, to }))}
          error={errorOf("to")}
          inputMode="tel"
          placeholder="202"
        />
        <TextField
          label={t("calls-explain-at")}
          type="datetime-local"
          value={asked.at}
          onChange={(at) => setAsked((before) => ({ ...before, at }))}
          error={errorOf("at")}
          help={t("calls-explain-at-help")}
        />
        <Button type="submit" variant="primary" isPending={ask.isPending}>
          {t("calls-explain-ask")}
        </Button>
      </div>
    </Form>
  );
}
