import { useEffect, useState } from 'react';

/** Whether something has been so without a break for some time, in milliseconds. */
export function useLasting(is: boolean, time: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!is) return undefined;
    const timer = setTimeout(() => setLasts(true), time);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [is, time]);
  return is && lasts;
}
