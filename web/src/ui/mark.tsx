/** Sfera's mark: a globe of board green with a raised hand's yellow beside it. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#12705a" />
      <circle cx="16" cy="16" r="8.5" fill="none" stroke="#fff" stroke-width="2.5" />
      <path d="M7.6 16c3.2 3.4 13.6 3.4 16.8 0" fill="none" stroke="#fff" stroke-width="2.5" />
      <circle cx="24" cy="8.5" r="4" fill="#ffc845" stroke="#12705a" stroke-width="1.5" />
    </svg>
  );
}
