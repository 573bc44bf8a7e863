import { Button, Popconfirm } from "antd";
import { type ReactNode, useState } from "react";
import { useSpeech } from "../i18n/language.tsx";

export interface ConfirmButtonProps {
  readonly label: string;
  readonly question: string;
  readonly more: string;
  readonly onConfirm: () => void;
  readonly danger?: boolean;
  readonly primary?: boolean;
  readonly busy?: boolean;
  /** Why it cannot be pressed now; undefined when it can. */
  readonly blocked?: string | undefined;
  readonly icon?: ReactNode;
}

/** A button that acts on a machine: asks first, and says why when it is blocked. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, question, more, onConfirm, danger = false, primary = false, busy = false, blocked, icon } = props;
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  return (
    <Popconfirm
      title={question}
      description={<span className="confirm-more">{more}</span>}
      okText={label}
      cancelText={t("cancel")}
      okButtonProps={{ danger }}
      open={open && blocked === undefined}
      onOpenChange={setOpen}
      onConfirm={onConfirm}
    >
      <Button
        danger={danger}
        type={primary ? "primary" : "default"}
        icon={icon}
        loading={busy}
        disabled={blocked !== undefined}
        title={blocked ?? ""}
      >
        {label}
      </Button>
    </Popconfirm>
  );
}
