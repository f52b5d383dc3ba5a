import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useOrganization } from "../../api/active-organization.ts";
import { packagesQuery } from "../../api/queries.ts";
import { Button, type ButtonProps } from "../../ui/button.tsx";

/** Opens the packages. Who is not the Owner sees why not, and whom to ask. */
export function AddCreditsButton({ ownerName, size, className }: AddCreditsButtonProps) {
  const { id, role } = useOrganization();
  const client = useQueryClient();
  const navigate = useNavigate();
  const open = () =>
    navigate({
      to: "/billing",
      search: (now: object) => ({ ...now, add: true as const }),
      state: { overPage: true },
      resetScroll: false,
    });
  const prepare = () => {
    void loadDialog();
    if (role === "owner") void client.prefetchQuery(packagesQuery(id));
  };
  const ask = ownerName ? ` Ask ${ownerName}.` : "";
  return (
    <Button
      look="add"
      size={size ?? "large"}
      icon={Plus}
      onClick={open}
      onPointerEnter={prepare}
      onFocus={prepare}
      blockedReason={role === "owner" ? null : `Only the Owner can buy credits.${ask}`}
      className={className ?? ""}
    >
      Add Credits
    </Button>
  );
}

type AddCreditsButtonProps = Pick<ButtonProps, "size" | "className"> & { ownerName: string | null };

/** The dialog's code, fetched when it is about to be needed. */
export function loadDialog() {
  return import("./add-credits-dialog.tsx");
}
