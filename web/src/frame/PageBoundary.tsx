import { Component, type ReactNode } from "react";
import { ErrorState } from "../shared/states.tsx";

interface PageBoundaryProps {
  children: ReactNode;
}

/**
 * Says what went wrong where a page cannot be drawn: its code could not be fetched, or has a fault. The frame around it
 * stays. Give it a new `key` for a new page.
 */
export class PageBoundary extends Component<PageBoundaryProps, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(thrown: unknown): { error: Error } {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <ErrorState error={error} onRetry={() => location.reload()} />;
  }
}
