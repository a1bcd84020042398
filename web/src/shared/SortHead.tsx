import type { ReactNode } from "react";
import "./sort-head.css";

/** The head of a column that sorts when it is pressed. `order` is set while the table is sorted by it. */
export function SortHead({
  name,
  className,
  order,
  onPress,
  children,
}: {
  name: string;
  className?: string | undefined;
  order: "asc" | "desc" | undefined;
  onPress: () => void;
  children?: ReactNode;
}) {
  const direction = order && (order === "desc" ? "descending" : "ascending");
  return (
    <th className={className} scope="col" aria-sort={direction ?? "none"}>
      <button type="button" className="sort-head" onClick={onPress}>
        {name}
        {order && <span aria-hidden="true">{order === "desc" ? " ↓" : " ↑"}</span>}
      </button>
      {children}
    </th>
  );
}
