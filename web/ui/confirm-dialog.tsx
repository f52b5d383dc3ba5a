import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Notice } from "./notice.tsx";

interface ConfirmDialogProps {
  title: string;
  text: string;
  /** The word on the button that does it. */
  action: string;
  busy: boolean;
  problem?: string | undefined;
  onConfirm(): void;
  onClose(): void;
}

/** Asks once more before something that can't be undone. */
export function ConfirmDialog({
  title,
  text,
  action,
  busy,
  problem,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  return (
    <Dialog
      title={title}
      subtitle={text}
      onClose={onClose}
      footer={
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      }
    >
      {problem && <Notice tone="danger">{problem}</Notice>}
    </Dialog>
  );
}
