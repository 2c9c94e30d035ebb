import type { ComponentChildren } from 'preact';

/** Line drawings of 16 by 16 in the current text colour. */
function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const icons = {
  network: (
    <Icon>
      <path d="M8 1.8 10.6 3.3v3L8 7.8 5.4 6.3v-3zM4.2 8.4l2.6 1.5v3l-2.6 1.5-2.6-1.5v-3zM11.8 8.4l2.6 1.5v3l-2.6 1.5-2.6-1.5v-3z" />
    </Icon>
  ),
  activity: (
    <Icon>
      <path d="M1.5 8.5h3l2-5.5 3 10 2-4.5h3" />
    </Icon>
  ),
  sessions: (
    <Icon>
      <path d="M2 3h12v8H7l-3 2.5V11H2zM5 6h6M5 8.3h4" />
    </Icon>
  ),
  hosts: (
    <Icon>
      <path d="M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.01M4.5 11h.01" />
    </Icon>
  ),
  audit: (
    <Icon>
      <circle cx="7" cy="7" r="4.5" />
      <path d="M10.3 10.3 14 14M5 7l1.5 1.5L9 5.5" />
    </Icon>
  ),
  configuration: (
    <Icon>
      <path d="M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M9 2.8v3.4h4V2.8zM3 9.8v3.4h4V9.8z" />
    </Icon>
  ),
  light: (
    <Icon>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
    </Icon>
  ),
  dark: (
    <Icon>
      <path d="M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z" />
    </Icon>
  ),
  system: (
    <Icon>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
    </Icon>
  ),
  play: (
    <Icon>
      <path d="M4.5 2.5v11l9-5.5z" fill="currentColor" />
    </Icon>
  ),
  pause: (
    <Icon>
      <path d="M4.5 3v10M11.5 3v10" stroke-width="2.5" />
    </Icon>
  ),
  close: (
    <Icon>
      <path d="m3.5 3.5 9 9M12.5 3.5l-9 9" />
    </Icon>
  ),
  plus: (
    <Icon>
      <path d="M8 3v10M3 8h10" />
    </Icon>
  ),
  minus: (
    <Icon>
      <path d="M3 8h10" />
    </Icon>
  ),
  fit: (
    <Icon>
      <path d="M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5" />
    </Icon>
  ),
  folded: (
    <Icon>
      <path d="m6 3.5 4.5 4.5L6 12.5" />
    </Icon>
  ),
  unfolded: (
    <Icon>
      <path d="M3.5 6 8 10.5 12.5 6" />
    </Icon>
  ),
};
